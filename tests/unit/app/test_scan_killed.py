"""A whole pass that dies at any of its steps: the next ones end where an undisturbed one would have ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crmlink.model.draft import DraftState
from tests.life_world import ASKERS, DRAFTS, TRASH, LifeWorld
from tests.outbox_world import Steps

GIJS, OMAR = ASKERS
ACCOUNT = "marleen@veen.example"


def a_busy_morning() -> LifeWorld:
    """Gijs has a draft that was overtaken since, and Omar waits for one."""
    world = LifeWorld()
    world.asks(GIJS)
    world.one_pass()
    world.now += timedelta(hours=1)
    world.answers(GIJS)
    world.asks(OMAR)
    return world


def steps_of_a_pass(*, after_kill_at: int | None = None) -> list[str]:
    """What a pass does, counted in a dry run; what a second one does after a first one was killed there."""
    with a_busy_morning() as world:
        if after_kill_at is not None:
            world.one_pass(Steps(after_kill_at))
            world.now += timedelta(seconds=121)
            world.one_pass()
            world.now += timedelta(seconds=121)
        steps = Steps()
        world.one_pass(steps)
        return steps.names


STEPS = steps_of_a_pass()
LOST_IN_HAND_OVER = STEPS.index("before append")
STORED_AND_NOT_KNOWN = STEPS.index("after append, before its answer")


def assert_as_if_nothing_happened(world: LifeWorld) -> None:
    states = {stored.draft.to[0].address: stored.state for stored in world.ledger.drafts.all(ACCOUNT)}
    assert len(world.placed_for(OMAR)) == len(world.mailbox.mails(DRAFTS)) == 1
    assert world.untouched(OMAR)
    assert states[OMAR] is DraftState.PLACED
    assert len(world.placed_for(GIJS)) == len(world.mailbox.mails(TRASH)) == 1
    rows = world.rows_written()
    world.one_pass()
    assert world.rows_written() == rows
    assert len(world.placed) == 2


@pytest.mark.parametrize("kill_at", [pytest.param(at, id=f"killed {name} ({at})") for at, name in enumerate(STEPS)])
def test_a_first_pass_killed_at_any_step(kill_at: int) -> None:
    with a_busy_morning() as world:
        assert world.one_pass(Steps(kill_at)) is None

        world.until_settled()

        assert_as_if_nothing_happened(world)


@pytest.mark.parametrize("first", [LOST_IN_HAND_OVER, STORED_AND_NOT_KNOWN])
def test_the_pass_that_repairs_killed_at_any_step_as_well(first: int) -> None:
    repair = steps_of_a_pass(after_kill_at=first)
    assert ("before append" in repair) is (first == LOST_IN_HAND_OVER)
    for second, name in enumerate(repair):
        with a_busy_morning() as world:
            world.one_pass(Steps(first))
            world.now += timedelta(seconds=121)
            world.one_pass()
            world.now += timedelta(seconds=121)
            assert world.one_pass(Steps(second)) is None, name

            world.until_settled()

            if world.placed_for(OMAR):
                assert_as_if_nothing_happened(world)
            else:  # twice handed over and never seen: a person is told
                states = {stored.draft.to[0].address: stored.state for stored in world.ledger.drafts.all(ACCOUNT)}
                assert states[OMAR] is DraftState.PARKED, name
                assert first == LOST_IN_HAND_OVER
                assert name in {"after commit", "before looking into drafts", "before append"}, name
