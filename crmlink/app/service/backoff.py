"""How long to wait before something that failed is tried again: longer each time, never as regularly as others do.

A minute after the first failure, then by chance between a minute and an ever later moment ("full jitter"): otherwise all
programs that lost a server come back to it at once. Pure: chance is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Chance = Callable[[], float]
"""Gives a number from 0 up to but not including 1, each time another."""

SHORTEST: Final = 60.0
"""Seconds between two tries at least: no server is asked to log somebody in more often than once a minute."""
LONGEST: Final = 900.0
"""Seconds between two tries at most."""
_DOUBLINGS: Final = 10  # more make no difference


@dataclass(slots=True)
class Backoff:
    """The failures in a row of one thing that is tried."""

    chance: Chance
    failures: int = 0

    def failed(self) -> float:
        """It failed once more; gives the seconds from that try to the next."""
        latest = min(LONGEST, SHORTEST * (1 << min(self.failures, _DOUBLINGS)))
        self.failures += 1
        return SHORTEST + self.chance() * (latest - SHORTEST)

    def succeeded(self) -> None:
        """It works again."""
        self.failures = 0
