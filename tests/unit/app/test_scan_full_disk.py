"""A ledger that can no longer be written from some step of a pass on: no draft goes out unnoted, none goes out twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from crmlink.model.draft import DraftState
from crmlink.model.errors import LedgerError
from tests.life_world import ASKERS, DRAFTS, LifeWorld
from tests.outbox_world import Steps

GIJS = ASKERS[0]
ACCOUNT = "marleen@veen.example"
FULL, ROOM = "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"
READ_ONLY, WRITABLE = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"


@contextmanager
def asked() -> Iterator[LifeWorld]:
    with LifeWorld() as world:
        world.asks(GIJS)
        with closing(sqlite3.connect(":memory:")) as small:  # so small pages that every row needs a new one
            small.execute("PRAGMA page_size = 512")
            small.executescript("\n".join(world.dump()))
            world.restore(small.serialize())
        yield world


def steps_of_a_pass() -> list[str]:
    with asked() as world:
        steps = Steps()
        world.one_pass(steps)
        return steps.names


STEPS = steps_of_a_pass()
# A transaction that was begun while there was room ends well; the disk fills up between two.
MOMENTS = [(at, name) for at, name in enumerate(STEPS) if name != "before commit"]


@pytest.mark.parametrize("at", [pytest.param(at, id=f"{name} ({at})") for at, name in MOMENTS])
@pytest.mark.parametrize(("breaks", "heals"), [(FULL, ROOM), (READ_ONLY, WRITABLE)], ids=["full disk", "read-only"])
def test_the_ledger_breaks_from_a_step_on(at: int, breaks: str, heals: str) -> None:
    with asked() as world:
        writes_no_more = "before commit" not in STEPS[at:]
        failed = False
        try:
            world.one_pass(Steps(at, kill=lambda: world.tell_ledger(breaks), goes_on=True))
        except LedgerError:
            failed = True
        placed_unnoted = [one for one in world.placed_for(GIJS) if one.message_id not in known(world)]
        assert placed_unnoted == []
        assert failed or writes_no_more or breaks == FULL  # what needs no new page still fits

        world.tell_ledger(heals)
        world.until_settled()

        assert len(world.placed_for(GIJS)) == len(world.mailbox.mails(DRAFTS)) == 1
        assert set(known(world).values()) == {DraftState.PLACED}


def test_without_room_for_the_intent_nothing_is_handed_over() -> None:
    with asked() as world:
        before_intent = STEPS.index("before looking into drafts")
        with pytest.raises(LedgerError, match="full"):
            world.one_pass(Steps(before_intent, kill=lambda: world.tell_ledger(FULL), goes_on=True))

        assert world.placed == []


def test_without_room_after_the_hand_over_the_draft_counts_as_unknown() -> None:
    with asked() as world:
        stored = STEPS.index("after append, before its answer")
        with pytest.raises(LedgerError, match="readonly"):
            world.one_pass(Steps(stored, kill=lambda: world.tell_ledger(READ_ONLY), goes_on=True))

        assert len(world.placed) == 1
        assert list(known(world).values()) == [DraftState.UNKNOWN]


def known(world: LifeWorld) -> dict[object, DraftState]:
    """What the ledger knows: name and state of each draft."""
    return {stored.draft.message_id: stored.state for stored in world.ledger.drafts.all(ACCOUNT)}
