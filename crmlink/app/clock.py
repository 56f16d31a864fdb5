"""The one place that reads the clock. Everything else takes `now` as an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

Clock = Callable[[], datetime]
"""Gives the present moment, aware."""
Steady = Callable[[], float]
"""Gives seconds that only ever grow, whoever sets the clock, and also while the machine sleeps. Their zero means nothing."""


def system_clock(zone: tzinfo = UTC) -> Clock:
    """A clock that shows the machine's time in that zone."""
    return lambda: datetime.now(zone)  # noqa: TID251 -- this is the one allowed place


def frozen_clock(moment: datetime) -> Clock:
    """A clock that stands still at an aware moment, for replays."""
    return lambda: moment


def steady_clock() -> Steady:
    """The machine's time since it was started; where the system cannot tell that, its time awake."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return awake_clock() if boot is None else lambda: time.clock_gettime(boot)


def awake_clock() -> Steady:
    """As the steady clock, but it stands still while the machine sleeps: CLOCK_MONOTONIC, by which systemd reckons."""
    return time.monotonic
