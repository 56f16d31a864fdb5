"""Drafts that nobody needs any more are gone after the next pass, in whatever way they were overtaken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crmlink.model.draft import DraftState
from tests.life_world import ASKERS, DRAFTS, GUESTS, TRASH, WAITING, LifeWorld
from tests.outbox_world import Steps

GIJS, JANE = ASKERS[0], GUESTS[0]
ACCOUNT = "marleen@veen.example"


@pytest.fixture
def world() -> Iterator[LifeWorld]:
    """One question, one promise and one called-off meeting, each with its draft."""
    with LifeWorld() as made:
        made.asks(GIJS)
        made.promises(WAITING)
        made.books(JANE)
        made.one_pass()
        made.books(JANE, status="CANCELLED")
        made.one_pass()
        assert len(made.mailbox.mails(DRAFTS)) == 3
        yield made


WAYS: dict[str, tuple[str, Callable[[LifeWorld], object]]] = {
    "the owner answers": (GIJS, lambda world: world.answers(GIJS)),
    "they need it no more": (GIJS, lambda world: world.never_minds(GIJS)),
    "the owner delivers": (WAITING, lambda world: world.delivers(WAITING)),
    "the meeting stands again": (JANE, lambda world: world.books(JANE)),
    "the meeting stands again at another time": (JANE, lambda world: world.books(JANE, in_days=4)),
}


@pytest.mark.parametrize(("who", "way"), [pytest.param(*both, id=name) for name, both in WAYS.items()])
def test_an_overtaken_draft_goes_to_trash(world: LifeWorld, who: str, way: Callable[[LifeWorld], object]) -> None:
    way(world)

    world.one_pass()

    assert world.draft_for(who) is None
    assert len(world.mailbox.mails(DRAFTS)) == 2
    assert len(world.mailbox.mails(TRASH)) == 1


def test_one_that_was_only_found_just_now_goes_in_the_same_pass() -> None:
    with LifeWorld() as world:
        world.asks(GIJS)
        world.one_pass(Steps(kill_on="after append, before its answer"))
        world.answers(GIJS)

        world.one_pass()

        assert world.mailbox.mails(DRAFTS) == ()
        assert len(world.mailbox.mails(TRASH)) == 1


@pytest.mark.parametrize("when", ["after discard, before its answer", "before commit"])
def test_a_pass_that_ends_before_it_noted_that_does_not_take_it_for_a_no(when: str) -> None:
    with LifeWorld() as world:
        world.asks(GIJS)
        world.one_pass()
        world.never_minds(GIJS)
        world.one_pass(Steps(kill_on=when))
        assert len(world.mailbox.mails(TRASH)) == 1

        world.one_pass()

        (stored,) = world.ledger.drafts.all(ACCOUNT)
        assert stored.state is DraftState.OVERTAKEN
