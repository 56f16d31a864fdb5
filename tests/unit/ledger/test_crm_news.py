"""What a CRM is told follows from what the ledger holds: nothing twice, nothing lost, in order, whenever one looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.ledger.crm_news import DraftRow, LapseRow, Noted, news

ME = "marleen@veen.example"
NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAPSE = LapseRow("een", "draft", NOW, NOW, None, None)
DRAFT = DraftRow("<een@veen.example>", "een", "placed", NOW, None, None)
INTENT = replace(DRAFT, state="intent", placed_at=None)
SENT = replace(DRAFT, state="sent", closed_at=NOW + HOUR)
ACCEPTED = replace(SENT, state="accepted", accepted_at=NOW + 2 * HOUR)
REPAIRED = replace(LAPSE, repaired_at=NOW + 3 * HOUR)


def told(lapse: LapseRow, *drafts: DraftRow, before: list[Noted] | None = None, now: datetime = NOW) -> list[str]:
    return [one.outcome or one.type.value for one in news(ME, [lapse], drafts, before or [], now)]


@pytest.mark.parametrize(
    ("lapse", "drafts", "expected"),
    [
        pytest.param(LAPSE, [], ["lapse.found"], id="a lapse is found"),
        pytest.param(replace(LAPSE, decision="hold"), [], ["lapse.found"], id="a lapse that must wait is told"),
        pytest.param(replace(LAPSE, decision="skip"), [], [], id="a lapse that is left alone is not"),
        pytest.param(replace(LAPSE, dismissed_at=NOW), [DRAFT], [], id="nor a dismissed one"),
        pytest.param(replace(LAPSE, last_seen_at=NOW - timedelta(days=8)), [DRAFT], [], id="nor one of long ago"),
        pytest.param(LAPSE, [INTENT], ["lapse.found"], id="a draft on its way is no news"),
        pytest.param(LAPSE, [DRAFT], ["lapse.found", "placed"], id="a draft is placed"),
        pytest.param(LAPSE, [SENT], ["lapse.found", "placed", "sent"], id="and sent"),
        pytest.param(LAPSE, [ACCEPTED], ["lapse.found", "placed", "sent", "accepted"], id="and accepted"),
        pytest.param(
            REPAIRED, [ACCEPTED], ["lapse.found", "placed", "sent", "accepted", "repaired"], id="and made good"
        ),
        pytest.param(
            LAPSE,
            [replace(DRAFT, state="sent", closed_at=NOW - HOUR)],
            ["lapse.found", "placed", "sent"],
            id="a server whose clock is behind changes no order",
        ),
    ],
)
def test_what_is_told_of_a_lapse(lapse: LapseRow, drafts: list[DraftRow], expected: list[str]) -> None:
    assert told(lapse, *drafts) == expected


def test_what_was_told_once_is_followed_to_its_end() -> None:
    before = news(ME, [LAPSE], [DRAFT], [], NOW)
    left_alone = replace(LAPSE, decision="skip", last_seen_at=NOW - timedelta(days=30))
    assert told(left_alone, SENT, before=before) == ["sent"]


def test_an_outcome_that_is_taken_back_is_told_with_another_identifier() -> None:
    before = news(ME, [LAPSE], [ACCEPTED], [], NOW)
    back = news(ME, [LAPSE], [SENT], before, NOW)
    assert [one.outcome for one in back] == ["sent"]
    assert back[0].id not in {one.id for one in before}
    assert told(LAPSE, SENT, before=before + back) == []


WAYS = [
    [INTENT, DRAFT, SENT, ACCEPTED, SENT],
    [DRAFT, replace(DRAFT, state="discarded", closed_at=NOW + HOUR), DRAFT, SENT],
    [INTENT, replace(DRAFT, state="edited", closed_at=NOW + HOUR), SENT, ACCEPTED],
    [DRAFT, replace(DRAFT, state="overtaken", closed_at=NOW + HOUR)],
]


@given(way=st.sampled_from(WAYS), looks=st.lists(st.booleans(), min_size=5, max_size=5), repaired=st.booleans())
def test_whenever_one_looks_the_last_word_is_right_and_nothing_is_said_twice(
    way: list[DraftRow], looks: list[bool], *, repaired: bool
) -> None:
    noted: list[Noted] = []
    lapse = LAPSE
    for draft, look in zip(way, looks, strict=False):
        if look:
            noted += news(ME, [lapse], [draft], noted, NOW)
            assert news(ME, [lapse], [draft], noted, NOW) == []
    lapse = REPAIRED if repaired else LAPSE
    noted += news(ME, [lapse], [way[-1]], noted, NOW)
    assert len({one.id for one in noted}) == len(noted)
    assert noted[0].type.value == "lapse.found"
    assert noted[-1].outcome == ("repaired" if repaired else way[-1].state)
    assert all(one.outcome != later.outcome for one, later in pairwise(noted))
