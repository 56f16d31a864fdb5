from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crmlink.fleet.turns import LONGEST_BACKOFF, Ending, State, Turn, backoff, next_turn

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
FRESH = Turn(State.ACTIVE, NOW)


def most(_low: float, high: float) -> float:
    return high


def after(*endings: Ending) -> Turn:
    turn = FRESH
    for ending in endings:
        turn = next_turn(turn, ending, "waarom", NOW, EVERY, most)
    return turn


def test_a_pass_that_is_done_comes_again_after_its_time_and_forgets_what_went_wrong() -> None:
    assert after(Ending.FAILED, Ending.REFUSED, Ending.DONE) == Turn(State.ACTIVE, NOW + EVERY)


def test_three_refused_logins_stop_a_mailbox_and_say_why() -> None:
    assert after(Ending.REFUSED, Ending.REFUSED).state is State.ACTIVE
    stopped = after(Ending.REFUSED, Ending.REFUSED, Ending.REFUSED)
    assert (stopped.state, stopped.reason) == (State.STOPPED, "waarom")


def test_a_network_that_is_down_between_them_does_not_make_room_for_more_refusals() -> None:
    assert after(Ending.REFUSED, Ending.REFUSED, Ending.FAILED, Ending.REFUSED).state is State.STOPPED


def test_failures_alone_never_stop_a_mailbox() -> None:
    turn = after(*[Ending.FAILED] * 100)
    assert (turn.state, turn.failures, turn.next_due) == (State.ACTIVE, 100, NOW + LONGEST_BACKOFF)


def test_a_mailbox_somebody_else_works_on_is_nobodys_failure() -> None:
    assert after(Ending.FAILED, Ending.BUSY).failures == 1


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_time_to_leave_a_mailbox_alone_is_never_longer_than_a_quarter_of_an_hour(
    failures: int, share: float
) -> None:
    waited = backoff(failures, lambda low, high: low + share * (high - low))
    assert timedelta(0) <= waited <= LONGEST_BACKOFF


def test_the_longest_time_grows_with_each_failure_until_the_limit() -> None:
    minutes = [backoff(failures, most) / timedelta(minutes=1) for failures in range(1, 7)]
    assert minutes == [1, 2, 4, 8, 15, 15]
