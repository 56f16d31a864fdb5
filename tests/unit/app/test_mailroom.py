"""Which moments are offered to somebody already, and what earlier passes said of their drafts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.app.mailroom import Mailroom
from crmlink.ledger.store import Ledger
from crmlink.model.draft import DraftState, Position
from tests.ledger_examples import NOW, draft, verdict
from tests.unit.demo.week_in_memory import Week

TAKEN = {
    DraftState.INTENT: True,
    DraftState.UNKNOWN: True,
    DraftState.PLACED: True,
    DraftState.EDITED: True,
    DraftState.SENT: True,
    DraftState.PARKED: False,
    DraftState.DISCARDED: False,
    DraftState.OVERTAKEN: False,
}


def _adopt(ledger: Ledger, account: str, state: DraftState, *, reason: str = "Gemist.") -> None:
    ledger.lapses.record(account, [replace(verdict(), reason=reason)], NOW)
    assert ledger.drafts.adopt(account, draft(), Position("Drafts"), state, NOW)


@pytest.mark.parametrize(("state", "taken"), TAKEN.items())
def test_a_moment_is_taken_as_long_as_somebody_may_come_back_to_it(state: DraftState, taken: bool) -> None:  # noqa: FBT001  a table column
    with Week(NOW).house(NOW) as house:
        _adopt(house.ledger, house.account, state)
        assert Mailroom(house, NOW, Position("Drafts")).taken() == (draft().options if taken else ())


@pytest.mark.parametrize("state", [DraftState.PLACED, DraftState.UNKNOWN, DraftState.EDITED, DraftState.DISCARDED])
def test_what_was_said_of_an_untouched_draft_is_kept(state: DraftState) -> None:
    with Week(NOW).house(NOW) as house:
        _adopt(house.ledger, house.account, state, reason="Gemist; the draft offers no dates: no calendar is set")
        kept = Mailroom(house, NOW, Position("Drafts")).reasons()
        untouched = state in {DraftState.PLACED, DraftState.UNKNOWN}
        assert [*kept.values()] == (["Gemist; the draft offers no dates: no calendar is set"] if untouched else [])
