"""The schedule goes by a clock that never jumps, whatever is done to the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from crmlink.app.service.steady_schedule import SteadyScheduler


class Time:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def simulated(scheduler: SteadyScheduler, time: Time, seconds: float) -> None:
    """Run what is due, minute after minute."""
    for _ in range(int(seconds / 60)):
        time.seconds += 60
        scheduler.run_pending()


def test_a_job_runs_at_its_pace_and_not_at_once() -> None:
    time, runs = Time(), []
    scheduler = SteadyScheduler(time)
    scheduler.every(5).minutes.do(lambda: runs.append(time.seconds))

    scheduler.run_pending()
    assert runs == []
    assert scheduler.seconds_left == 300
    simulated(scheduler, time, 3600)
    assert runs == [1000 + 300 * number for number in range(1, 13)]


@pytest.mark.parametrize(
    "jump",
    [
        pytest.param(timedelta(days=1), id="a day ahead"),
        pytest.param(timedelta(days=-1), id="a day back"),
        pytest.param(timedelta(hours=1), id="the night in March"),
        pytest.param(timedelta(hours=-1), id="the night in October"),
    ],
)
def test_setting_the_wall_clock_changes_nothing(jump: timedelta) -> None:
    time, runs = Time(), []
    with time_machine.travel(datetime(2026, 3, 29, 0, 55, tzinfo=UTC), tick=False) as wall:
        scheduler = SteadyScheduler(time)
        scheduler.every(5).minutes.do(lambda: runs.append("scan"))
        scheduler.every(1).days.do(lambda: runs.append("retention"))
        simulated(scheduler, time, 3600)
        wall.shift(jump)
        simulated(scheduler, time, 23 * 3600)

    assert runs.count("scan") == 24 * 12
    assert runs.count("retention") == 1


def test_what_was_due_often_while_the_machine_slept_runs_once() -> None:
    time, runs = Time(), []
    scheduler = SteadyScheduler(time)
    scheduler.every(5).minutes.do(lambda: runs.append("scan"))
    scheduler.every(20).seconds.do(lambda: runs.append("heartbeat"))

    time.seconds += 8 * 3600
    assert scheduler.seconds_left == 0
    scheduler.run_pending()
    scheduler.run_pending()

    assert sorted(runs) == ["heartbeat", "scan"]
    assert scheduler.seconds_left == 20


def test_without_jobs_there_is_nothing_to_wake_for() -> None:
    assert SteadyScheduler(Time()).seconds_left == float("inf")
