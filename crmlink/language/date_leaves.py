"""The names of time that need no other name: days, months, weeks, times of day, seasons, holidays.

Each function gives a `Series`. Decides no grammar. Datetimes are aware and stay in the zone of the moment asked from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from crmlink.language.date_series import DAY, RECENT, Kind, Series, Span
from crmlink.model.reading import Grain

_STEP = {
    Grain.MINUTE: relativedelta(minutes=1),
    Grain.HOUR: relativedelta(hours=1),
    Grain.DAY: relativedelta(days=1),
    Grain.WEEK: relativedelta(weeks=1),
    Grain.MONTH: relativedelta(months=1),
    Grain.QUARTER: relativedelta(months=3),
    Grain.YEAR: relativedelta(years=1),
}
KIND = {
    Grain.DAY: Kind.DATE,
    Grain.WEEK: Kind.WEEK,
    Grain.MONTH: Kind.MONTH,
    Grain.QUARTER: Kind.QUARTER,
    Grain.YEAR: Kind.YEAR,
}
_YEARS = 9
"""How far ahead a date is looked for: 29 February may be eight years away."""


def floor(moment: datetime, grain: Grain) -> datetime:
    """The beginning of the minute, hour, day, week (Monday), month, quarter or year the moment lies in."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match grain:
        case Grain.MINUTE:
            return moment.replace(second=0, microsecond=0)
        case Grain.HOUR:
            return moment.replace(minute=0, second=0, microsecond=0)
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - day.weekday() * DAY
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
        case Grain.YEAR:
            return day.replace(day=1, month=1)


def step(grain: Grain, count: int = 1) -> relativedelta:
    """That many of the grain's lengths."""
    return _STEP[grain] * count


def unit_from(moment: datetime, grain: Grain, count: int) -> Span:
    """The calendar unit `count` after (or before) the one the moment lies in: 1 week from Tuesday is next Monday's."""
    start = floor(moment, grain) + step(grain, count)
    return Span(start, start + step(grain), grain)


def weekday(number: int) -> Series:
    """Every Monday (0), every Tuesday (1), ..."""

    def spans(moment: datetime) -> Iterator[Span]:
        day = floor(moment, Grain.DAY)
        day += (number - day.weekday()) % 7 * DAY
        while True:
            yield Span(day, day + DAY, Grain.DAY)
            day += 7 * DAY

    return Series(spans, frozenset({Kind.WEEKDAY}), later=True)


def month(number: int) -> Series:
    """Every January (1), every February (2), ..."""
    return Series(
        lambda moment: _yearly(moment, lambda year: (date(year, number, 1), Grain.MONTH)), frozenset({Kind.MONTH})
    )


def year(number: int) -> Series:
    """That year only."""

    def spans(moment: datetime) -> Iterator[Span]:
        yield unit_from(moment.replace(year=number, month=1, day=1), Grain.YEAR, 0)

    return Series(spans, frozenset({Kind.YEAR}))


def quarter(number: int) -> Series:
    """Every first (1) to fourth quarter."""
    return Series(
        lambda moment: _yearly(moment, lambda year: (date(year, number * 3 - 2, 1), Grain.QUARTER)),
        frozenset({Kind.QUARTER}),
    )


def week(number: int) -> Series:
    """Every week of that number (ISO 8601: week 1 holds the first Thursday)."""

    def start(year: int) -> tuple[date, Grain] | None:
        try:
            return date.fromisocalendar(year, number, 1), Grain.WEEK
        except ValueError:
            return None

    return Series(lambda moment: _yearly(moment - RECENT, start), frozenset({Kind.WEEK}))


def year_day(on: Callable[[int], date | None]) -> Series:
    """A day of every year, by a function of the year; one that has just passed counts as well."""

    def spans(moment: datetime) -> Iterator[Span]:
        return _yearly(moment - RECENT, lambda year: (day, Grain.DAY) if (day := on(year)) else None)

    return Series(spans, frozenset({Kind.YEARDAY}))


def month_date(month_number: int, day: int) -> Series:
    """Every 14 March; 29 February only in leap years."""
    return year_day(lambda year: valid_date(year, month_number, day))


def month_day(day: int) -> Series:
    """Every 14th. Latent: a number alone is no date."""

    def spans(moment: datetime) -> Iterator[Span]:
        first = floor(moment, Grain.MONTH)
        for count in range(_YEARS * 12):
            start = first + step(Grain.MONTH, count)
            if valid_date(start.year, start.month, day):
                start = start.replace(day=day)
                if start + DAY > moment:
                    yield Span(start, start + DAY, Grain.DAY)

    return Series(spans, frozenset({Kind.MONTHDAY}), latent=True)


def holiday(rule: str) -> Series:
    """A day of every year as written in the data: "12-25", "easter+1", "11-thu-4" (fourth Thursday), "5-mon-last"."""
    return year_day(lambda year: _holiday_in(rule, year))


def _holiday_in(rule: str, year: int) -> date | None:
    if rule.startswith("easter"):
        return easter(year) + int(rule.removeprefix("easter") or 0) * DAY
    parts = rule.split("-")
    if len(parts) == 2:  # noqa: PLR2004 - month and day
        return valid_date(year, int(parts[0]), int(parts[1]))
    wanted = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(parts[1])
    days = [date(year, int(parts[0]), 1) + count * DAY for count in range(31)]
    days = [day for day in days if day.month == int(parts[0]) and day.weekday() == wanted]
    return days[-1] if parts[2] == "last" else days[int(parts[2]) - 1]


def season(begins: str, ends: str) -> Series:
    """Every summer, from its first day to its last ("06-21" to "09-23"), which may lie in the next year."""

    def spans(moment: datetime) -> Iterator[Span]:
        for year in range(moment.year - 1, moment.year + _YEARS):
            first, last = date.fromisoformat(f"{year}-{begins}"), date.fromisoformat(f"{year}-{ends}")
            last = last if last > first else last.replace(year=year + 1)
            span = Span(_at(first, moment), _at(last, moment) + DAY, Grain.DAY, closed=True)
            if span.end > moment:
                yield span

    return Series(spans, frozenset({Kind.QUARTER}))


def clock(hour: int, minute: int, *, whole: bool, twelve: bool) -> Series:
    """Every day at that time; with `twelve` also twelve hours later or earlier. `whole`: no minutes were said."""
    hours = sorted({hour % 24, (hour + 12) % 24}) if twelve else [hour % 24]
    length = step(Grain.HOUR) if whole else step(Grain.MINUTE)

    def spans(moment: datetime) -> Iterator[Span]:
        today = floor(moment, Grain.DAY)
        for count in range(_YEARS):
            for said in hours:
                start = today + count * DAY + timedelta(hours=said, minutes=minute)
                if start >= moment:
                    yield Span(start, start + length, Grain.HOUR if whole else Grain.MINUTE, due=start)

    return Series(spans, frozenset({Kind.CLOCK}))


def part(begins: int, ends: int) -> Series:
    """A part of every day, by hours; `ends` may be 24 or later."""

    def spans(moment: datetime) -> Iterator[Span]:
        today = floor(moment, Grain.DAY)
        for count in range(-1, _YEARS):
            span = part_of(today + count * DAY, begins, ends)
            if span.end > moment:
                yield span

    return Series(spans, frozenset({Kind.PART}))


def part_of(day: datetime, begins: int, ends: int) -> Span:
    """Those hours of that day."""
    return Span(day + timedelta(hours=begins), day + timedelta(hours=ends), Grain.HOUR, closed=True)


def weekend_of(monday: datetime) -> Span:
    """From Friday 18:00 to the end of Sunday."""
    return Span(monday + 4 * DAY + timedelta(hours=18), monday + 7 * DAY, Grain.HOUR, closed=True)


def valid_date(year: int, month_number: int, day: int) -> date | None:
    """The date, or None when the calendar does not have it."""
    try:
        return date(year, month_number, day)
    except ValueError:
        return None


def _yearly(moment: datetime, start: Callable[[int], tuple[date, Grain] | None]) -> Iterator[Span]:
    found: Iterable[tuple[date, Grain] | None] = map(start, range(moment.year - 1, moment.year + _YEARS))
    for begin in found:
        if begin is not None:
            span = unit_from(_at(begin[0], moment), begin[1], 0)
            if span.end > moment:
                yield span


def _at(day: date, moment: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=moment.tzinfo)
