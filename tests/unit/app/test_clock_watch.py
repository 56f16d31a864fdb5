"""A clock that was set is not believed at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crmlink.app.service.clock_watch import SETTLES, ClockWatch
from tests.daemon_world import World

JUMPS = [timedelta(days=1), timedelta(days=-1), timedelta(hours=1), timedelta(hours=-1)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_is_noticed_once_and_then_has_to_settle(jump: timedelta) -> None:
    world = World()
    watch = ClockWatch(world.clock, world.machine.steady)
    world.sleep(300)
    assert watch.jump() == 0
    assert watch.settled_at <= world.seconds

    world.set_clock(jump)
    assert watch.jump() == pytest.approx(jump.total_seconds())
    assert watch.settled_at == world.seconds + SETTLES
    assert watch.jump() == 0


@pytest.mark.parametrize("seconds", [8 * 3600.0, 1.0])
def test_sleep_and_small_corrections_are_no_jumps(seconds: float) -> None:
    world = World()
    watch = ClockWatch(world.clock, world.machine.steady)
    world.sleep(seconds)
    world.set_clock(timedelta(seconds=30))

    assert watch.jump() == 0


@pytest.mark.parametrize("night", [datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, tzinfo=UTC)])
def test_the_nights_of_summer_time_are_no_jumps(night: datetime) -> None:
    world = World(night.astimezone(ZoneInfo("Europe/Amsterdam")))
    watch = ClockWatch(world.clock, world.machine.steady)
    world.sleep(120)

    assert watch.jump() == 0
