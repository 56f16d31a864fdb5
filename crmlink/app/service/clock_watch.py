"""Notices when the machine's clock was set, and says when it may be believed again.

A clock that is a day ahead makes promises look broken that still have time. Nobody can tell here which of two times is
right, but a clock that was set wrong is usually set right soon. So after a jump nothing is read until the clock has
gone evenly for a while. Night changes of summer time are no jumps, and sleep of the machine is none either.
"""

from __future__ import annotations

from typing import Final

from crmlink.app.clock import Clock, Steady

JUMP: Final = 600.0
"""Seconds by which wall clock and steady clock may differ; computers correct small errors all the time."""
SETTLES: Final = 600.0
"""Seconds that the clock must go evenly after a jump."""


class ClockWatch:
    """Compares the wall clock with one that never jumps."""

    def __init__(self, clock: Clock, steady: Steady) -> None:
        self._clock = clock
        self._steady = steady
        self._offset = self._now()
        self._settled_at = float("-inf")

    def jump(self) -> float:
        """By how many seconds the clock was set since the last call, ahead or back; 0 for less than counts."""
        offset = self._now()
        jump = offset - self._offset
        if abs(jump) < JUMP:
            return 0.0
        self._offset = offset
        self._settled_at = self._steady() + SETTLES
        return jump

    @property
    def settled_at(self) -> float:
        """The steady moment from which on the clock may be believed."""
        return self._settled_at

    def _now(self) -> float:
        return self._clock().timestamp() - self._steady()
