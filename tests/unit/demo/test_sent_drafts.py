"""The drafts of the week, sent as they are: they make amends, whether crmlink still knows them or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crmlink.demo.stage import ZONE
from crmlink.model.lapse import Decision, LapseKind
from tests.unit.demo.week_in_memory import Week

NOW = datetime(2026, 3, 11, 10, 30, tzinfo=ZONE)


def send_all(week: Week, at: datetime) -> int:
    """The owner sends every draft; how many there were."""
    drafts = week.mailbox.mails("Drafts")
    for draft in drafts:
        week.mailbox.deliver(draft.raw, received_at=at, folder="Sent", flags=("\\seen",))
        week.mailbox.remove("Drafts", draft.uid)
    return len(drafts)


@pytest.mark.parametrize("lost", [False, True], ids=["the ledger is there", "the ledger is lost"])
def test_a_sent_draft_ends_the_matter_for_now(lost: bool) -> None:  # noqa: FBT001 - a row of a table
    week = Week(NOW)
    first = week.scan(NOW)
    written_to = {one.lapse.agreement.contact.address for one in first.verdicts if one.decision is Decision.DRAFT}
    assert send_all(week, NOW + timedelta(hours=1)) == len(written_to)
    if lost:
        week.lose_ledger()

    second = week.scan(NOW + timedelta(hours=20))

    told = {one.lapse.agreement.contact.address: one for one in second.verdicts}
    assert not written_to & told.keys(), [told[one] for one in sorted(written_to & told.keys())]


def test_who_was_warned_in_time_was_not_let_down() -> None:
    week = Week(NOW)
    week.scan(NOW)
    send_all(week, NOW + timedelta(hours=1))

    later = week.scan(NOW + timedelta(days=14))

    assert {one.lapse.kind for one in later.verdicts} & {LapseKind.MISSED, LapseKind.CLASH} == set()
