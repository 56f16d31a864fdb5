"""The library `schedule`, paced by a clock that never jumps.

The library reads the wall clock in local time. When that is set back a day, or an hour in the night of the clocks, its
jobs would rest as long; set forward, all would be due at once. Here a job's next run is counted in steady seconds, of
which the library only sees a date to sort by. A job that came due several times meanwhile runs once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import schedule

from crmlink.app.clock import Steady

_ZERO: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- no moment, only what steady seconds are counted from


class SteadyJob(schedule.Job):
    """A job of every so many seconds, minutes, hours or days; times of day and weekdays are not for it."""

    def __init__(self, interval: int, scheduler: SteadyScheduler) -> None:
        super().__init__(interval, scheduler)
        self._steady = scheduler.steady

    @property
    def should_run(self) -> bool:
        """Whether it is due."""
        assert self.next_run is not None
        return _moment(self._steady()) >= self.next_run

    def _schedule_next_run(self) -> None:
        """Called by the library when the job is made and after each run."""
        assert self.unit is not None
        self.next_run = _moment(self._steady()) + timedelta(**{self.unit: self.interval})


class SteadyScheduler(schedule.Scheduler):
    """Makes steady jobs and runs them; a job that raises stops the others of that turn, so none may."""

    def __init__(self, steady: Steady) -> None:
        super().__init__()
        self.steady = steady

    def every(self, interval: int = 1) -> SteadyJob:
        """A new job."""
        return SteadyJob(interval, self)

    @property
    def seconds_left(self) -> float:
        """Until the next job is due; 0 when one is, infinite without jobs."""
        first = self.get_next_run()
        return max(0.0, (first - _moment(self.steady())).total_seconds()) if first else float("inf")


def _moment(seconds: float) -> datetime:
    return _ZERO + timedelta(seconds=seconds)
