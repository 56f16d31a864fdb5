"""Working days: which days count when somebody says "within five working days".

Decides by weekday and by the public holidays of a country; knows nothing of anybody's calendar and reads no clock.
Takes and gives plain dates of the owner's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When people work: zone, country of the public holidays (ISO 3166-1 alpha-2) and the end of the working day.

    An unknown or empty country has no holidays, only weekends. `weekdays` are the days worked (0 is Monday).
    """

    zone: ZoneInfo
    country: str = ""
    day_end: time = time(17)
    weekdays: frozenset[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("a calendar needs at least one day that is worked")

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day: no weekend, no public holiday."""
        return day.weekday() in self.weekdays and day not in _holidays(self.country.upper(), day.year)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it when `count` is negative; 0 is `day` itself.

        A `day` that is itself free does not count.
        """
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def later(self, moment: datetime, count: int) -> datetime:
        """The same time of day in the owner's zone, `count` working days later."""
        local = moment.astimezone(self.zone)
        day = self.add_working_days(local.date(), count)
        return local.replace(year=day.year, month=day.month, day=day.day)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = ((start + _DAY * number) for number in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def last_working_day(self, day: date) -> date:
        """That day, or the nearest working day before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def closing(self, day: date) -> datetime:
        """The end of the working day on that day, aware."""
        return datetime.combine(day, self.day_end, tzinfo=self.zone)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    # Imported late: building the country tables costs a third of a second that most passes never need.
    from holidays import country_holidays  # noqa: PLC0415 - heavy, see above

    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
