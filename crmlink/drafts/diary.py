"""The owner's diary, as letters need it: which days the owner is there, and whether a stretch of time is really free.

Decides on days and spans; never reads a calendar or a clock. All comparing is done in UTC: two moments of one zone are
compared by wall clock, which goes wrong in a night the clock changes.

Between two places lies the way from one to the other: `TRAVEL` is kept free beside a meeting at a place, before and after
whatever is elsewhere. A screen and a desk ask for no way; two meetings at one place neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy
from crmlink.model.workdays import WorkingCalendar

TRAVEL = timedelta(minutes=30)
"""Kept free for the way between two places."""

HORIZON_DAYS = 21
"""How many days ahead moments are offered. Days on which the owner is not there do not count."""

_NOTICE_WORKING_DAYS = 1
_DAY = timedelta(days=1)
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Diary:
    """What is known of the owner's time.

    `busy` blocks time. `absent` are the spans in which the owner is away: the days they touch are lost. `taken` are
    options of other open drafts. After `known_until` (aware) nothing is known; None when that is far enough.
    """

    policy: Policy
    busy: tuple[Interval, ...] = ()
    absent: tuple[Interval, ...] = ()
    taken: tuple[Option, ...] = ()
    known_until: datetime | None = None

    def is_there(self, day: date) -> bool:
        """Whether no absence touches this day."""
        start, end = self._midnight(day), self._midnight(day + _DAY)
        return not any(away.start.astimezone(UTC) < end and start < away.end.astimezone(UTC) for away in self.absent)

    def first_day(self, moment: datetime) -> date:
        """The day of this moment, or the first day after it on which the owner is there again."""
        day = moment.astimezone(self.policy.zone).date()
        while not self.is_there(day):
            day += _DAY
        return day

    def working_day_after(self, moment: datetime, count: int) -> date:
        """The `count`-th day of the ordinary working week after this moment's day, or the owner's next working day then.

        Counted by Monday to Friday, not by the owner's week: who works on Wednesdays only need not wait a fortnight. It
        begins to count on the first day the owner is there, and days of absence do not count.
        """
        ordinary = WorkingCalendar(self.policy.zone, self.policy.country)
        day = self.first_day(moment)
        while count:
            day += _DAY
            count -= ordinary.is_working_day(day) and self.is_there(day)
        return self.at_work_from(day)

    def at_work_from(self, day: date) -> date:
        """This day, or the first one after it on which the owner works and is there."""
        while not (self.policy.workdays.is_working_day(day) and self.is_there(day)):
            day += _DAY
        return day

    def days_to_offer(self, after: datetime) -> Iterator[date]:
        """The days of the owner's week on which moments may be offered by who is asked at `after`, in order.

        At least one whole working day lies between the day of asking and the first of them: asked on a Tuesday, the
        first is Thursday; asked in the weekend, Tuesday. Who is away is asked on the first day back.
        """
        first, day, left = self.working_day_after(after, _NOTICE_WORKING_DAYS + 1), self.first_day(after), HORIZON_DAYS
        while left >= 0 and (self.known_until is None or self._midnight(day + _DAY) <= self.known_until):
            if self.is_there(day):
                left -= 1
                if day >= first and self.policy.workdays.is_working_day(day):
                    yield day
            day += _DAY

    def blocks_on(self, day: date) -> tuple[Interval, ...]:
        """What takes time on this day or close to it, in UTC."""
        offered = (Interval(option.start, option.end) for option in self.taken)
        first, last = self._midnight(day) - 2 * TRAVEL, self._midnight(day + _DAY) + 2 * TRAVEL
        near = (span for span in (*self.busy, *offered) if span.end >= first and span.start <= last)
        return tuple(Interval(one.start.astimezone(UTC), one.end.astimezone(UTC), one.place) for one in near)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.policy.zone).astimezone(UTC)


def is_free(start: datetime, end: datetime, blocks: tuple[Interval, ...], *, place: str, margin: timedelta) -> bool:
    """Whether nothing in `blocks` overlaps the time from `start` to `end` at `place`, with the way to it and back.

    `margin` is kept free on both sides in any case. A span without length takes its moment.
    """
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    for block in blocks:
        way = TRAVEL if block.place != place else timedelta()
        gap = max(margin, way)
        if block.start < last + gap and first - gap < max(block.end, block.start + _MOMENT):
            return False
    return True
