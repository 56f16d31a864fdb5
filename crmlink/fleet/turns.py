"""Decides when a mailbox has its next turn, from how the last pass over it ended. Pure.

A refused login is tried three times and then stops the mailbox, because going on would lock the account. What may pass
by itself is tried again after a random while that grows to a quarter of an hour ("full jitter"): so a server that comes
back is not met by all its mailboxes at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

LOGIN_TRIES: Final = 3
LONGEST_BACKOFF: Final = timedelta(minutes=15)
FIRST_BACKOFF: Final = timedelta(seconds=30)
BUSY: Final = timedelta(minutes=1)

Jitter = Callable[[float, float], float]
"""A random number between two."""


class State(StrEnum):
    """Whether a mailbox is scanned: `stopped` by three refused logins, `paused` by a person."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class Ending(StrEnum):
    """How a pass ended. `busy`: another crmlink works on this mailbox. `gone`: it is no longer to be scanned."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    BUSY = "busy"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a mailbox stands. `refusals` and `failures` count those in a row; `reason` says what the last one was."""

    state: State
    next_due: datetime
    refusals: int = 0
    failures: int = 0
    reason: str = ""


def next_turn(last: Turn, ending: Ending, reason: str, now: datetime, every: timedelta, jitter: Jitter) -> Turn:
    """The turn after a pass that ended like this; `every` is the time between two passes when all is well."""
    match ending:
        case Ending.DONE:
            return Turn(State.ACTIVE, now + every)
        case Ending.FAILED:
            failures = last.failures + 1
            return Turn(State.ACTIVE, now + backoff(failures, jitter), last.refusals, failures, reason)
        case Ending.REFUSED:
            refusals = last.refusals + 1
            state = State.STOPPED if refusals >= LOGIN_TRIES else State.ACTIVE
            return Turn(state, now + every, refusals, last.failures, reason)
        case Ending.BUSY | Ending.GONE:
            return Turn(State.ACTIVE, now + BUSY, last.refusals, last.failures, last.reason)
        case _:
            assert_never(ending)


def backoff(failures: int, jitter: Jitter) -> timedelta:
    """How long to leave a mailbox alone after so many failures in a row (1 or more)."""
    most = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(failures, 16))
    return timedelta(seconds=jitter(0.0, most.total_seconds()))
