"""The one place that reads the clock. Everything else takes `now` as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

Clock = Callable[[], datetime]
"""Gives the present moment, aware."""


def system_clock(zone: tzinfo = UTC) -> Clock:
    """A clock that shows the machine's time in that zone."""
    return lambda: datetime.now(zone)  # noqa: TID251 -- this is the one allowed place


def frozen_clock(moment: datetime) -> Clock:
    """A clock that stands still at an aware moment, for replays."""
    return lambda: moment
