"""Waiting after failures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crmlink.app.service.backoff import LONGEST, SHORTEST, Backoff

CHANCES = st.floats(0, 1, exclude_max=True)


@given(st.lists(CHANCES, min_size=1, max_size=40))
def test_no_two_tries_are_within_a_minute_and_none_is_later_than_a_quarter(chances: list[float]) -> None:
    backoff = Backoff(iter(chances).__next__)

    waits = [backoff.failed() for _ in chances]

    assert all(SHORTEST <= wait <= LONGEST for wait in waits)
    assert waits[0] == SHORTEST


def test_the_wait_may_be_ever_longer_until_it_is_a_quarter() -> None:
    backoff = Backoff(lambda: 1 - 1e-9)

    assert [round(backoff.failed()) for _ in range(7)] == [60, 120, 240, 480, 900, 900, 900]


def test_success_begins_anew() -> None:
    backoff = Backoff(lambda: 0.5)
    first = [backoff.failed() for _ in range(3)]
    backoff.succeeded()

    assert [backoff.failed() for _ in range(3)] == first


def test_two_programs_that_lost_the_same_server_come_back_at_different_times() -> None:
    one, other = Backoff(lambda: 0.1), Backoff(lambda: 0.9)
    one.failed(), other.failed()

    assert one.failed() != other.failed()
