"""Lengths of time and what is reckoned with them: "over twee weken", "binnen 5 werkdagen", "vor drei Tagen", "2 days after Easter".

They make `length` values of numbers and units, and series of lengths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crmlink.language.chart import Grammar
from crmlink.language.date_leaves import KIND, floor, step, unit_from
from crmlink.language.date_series import DAY, Kind, Series, Span, fixed, shifted
from crmlink.language.saying import Saying
from crmlink.model.reading import Grain

LENGTHS = Grammar()
WORKDAY = "workday"
_MANY = 1000
_FINER = {
    Grain.YEAR: Grain.MONTH,
    Grain.QUARTER: Grain.MONTH,
    Grain.MONTH: Grain.DAY,
    Grain.WEEK: Grain.DAY,
    Grain.DAY: Grain.HOUR,
    Grain.HOUR: Grain.MINUTE,
    Grain.MINUTE: Grain.MINUTE,
}


@dataclass(frozen=True, slots=True)
class Length:
    """So many of a unit. `working` counts working days only, and then the grain is a day."""

    count: int
    grain: Grain
    working: bool = False

    def after(self, moment: datetime) -> datetime:
        """The moment this much later."""
        return moment + step(self.grain, self.count)

    def before(self, moment: datetime) -> datetime:
        """The moment this much earlier."""
        return moment - step(self.grain, self.count)


@LENGTHS.rule("length", "(a|soft)? num unit")
def _length(_: Saying, number: int, unit: str) -> Length | None:
    if not 1 <= number < _MANY:
        return None
    if unit == WORKDAY:
        return Length(number, Grain.DAY, working=True)
    name, _star, times = unit.partition("*")
    return Length(number * int(times or 1), Grain(name)) if name in set(Grain) else None


@LENGTHS.rule("length", "(a) unit")
def _one(saying: Saying, unit: str) -> Length | None:
    return _length(saying, 1, unit)


@LENGTHS.rule("length", "(half) (a)? unit", "(a) (half) unit")
def _half(_: Saying, unit: str) -> Length | None:
    return {"hour": Length(30, Grain.MINUTE), "year": Length(6, Grain.MONTH)}.get(unit)


@LENGTHS.rule("length", "(oneandhalf) unit")
def _one_and_half(_: Saying, unit: str) -> Length | None:
    return {"hour": Length(90, Grain.MINUTE), "year": Length(18, Grain.MONTH)}.get(unit)


@LENGTHS.rule("length", "(a)? num? (quarter) (of)? (a)? (hourunit)")
def _quarters(_: Saying, number: int | None) -> Length:
    return Length(15 * (number or 1), Grain.MINUTE)


@LENGTHS.rule("length", "length (and)? length", weight=1)
def _together(_: Saying, hours: Length, minutes: Length) -> Length | None:
    """An hour and a half, 1 hour 30 minutes."""
    if (hours.grain, minutes.grain) != (Grain.HOUR, Grain.MINUTE):
        return None
    return Length(hours.count * 60 + minutes.count, Grain.MINUTE)


@LENGTHS.rule("length", "length (and) (a)? (half)")
def _and_a_half(_: Saying, length: Length) -> Length | None:
    return Length(length.count * 60 + 30, Grain.MINUTE) if length.grain is Grain.HOUR else None


@LENGTHS.rule("length", "num (and) (a)? (half) unit", weight=1)
def _number_and_a_half(saying: Saying, number: int, unit: str) -> Length | None:
    length = _length(saying, number, unit)
    return _and_a_half(saying, length) if length else None


@LENGTHS.rule("time", "(approx)? (in) length", "length (fromnow)")
def _from_now(saying: Saying, length: Length) -> Series:
    return _away(saying, length, 1)


@LENGTHS.rule("time", "length (fromtoday)", weight=1)
def _from_today(saying: Saying, length: Length) -> Series:
    start = length.after(floor(saying.at, Grain.DAY))
    return fixed(Span(start, start + DAY, Grain.DAY), Kind.DATE)


@LENGTHS.rule("time", "length (ago)", "(agobefore) length")
def _ago(saying: Saying, length: Length) -> Series:
    return _away(saying, length, -1)


@LENGTHS.rule("partial", "(in) length", "length (fromnow)")
def _unit_from_now(saying: Saying, length: Length) -> Series | None:
    """The week, the day, the year it is then: "Wednesday in two weeks", "in 7 days at 5 pm"."""
    kind = KIND.get(length.grain)
    return fixed(unit_from(saying.at, length.grain, length.count), kind) if kind and not length.working else None


def _away(saying: Saying, length: Length, sign: int) -> Series:
    if length.working:
        return _on_working_day(saying, sign * length.count)
    finer = _FINER[length.grain]
    then = length.after(saying.at) if sign > 0 else length.before(saying.at)
    start = floor(then, finer)
    short = finer is Grain.MINUTE
    # the deadline of "in seven days" is that day, of "in two hours" the moment
    due = start if short else saying.calendar.closing(then.date())
    return fixed(
        Span(start, start + step(finer), finer, due=due), *((Kind.DATE, Kind.CLOCK) if short else (Kind.DATE,))
    )


def _kinds(grain: Grain) -> tuple[Kind, ...]:
    """A moment reckoned from now says the day as well as the time."""
    return (KIND[grain],) if grain in KIND else (Kind.DATE, Kind.CLOCK)


def _on_working_day(saying: Saying, count: int) -> Series:
    today = saying.at.date()
    start = floor(saying.at, Grain.DAY) + (saying.calendar.add_working_days(today, count) - today)
    return fixed(Span(start, start + DAY, Grain.DAY), Kind.DATE)


@LENGTHS.rule("time", "(within) (the)? length", weight=1)
def _within(saying: Saying, length: Length) -> Series:
    start = floor(saying.at, Grain.MINUTE)
    if length.grain in {Grain.MINUTE, Grain.HOUR}:
        end = length.after(start)
        return fixed(Span(start, end, Grain.MINUTE, due=end, closed=True), *_kinds(Grain.MINUTE))
    if length.working:
        last = saying.calendar.add_working_days(start.date(), length.count)
    else:
        last = length.after(start).date()
    closing = saying.calendar.closing(last)
    return fixed(Span(start, closing, Grain.DAY, due=closing, closed=True), Kind.DATE)


@LENGTHS.rule("time", "length (after) (the)? time", weight=1)
def _after(_: Saying, length: Length, base: Series) -> Series | None:
    return _reckoned(length, base, length.after, length.before)


@LENGTHS.rule("time", "length (before) (the)? time", weight=1)
def _before(_: Saying, length: Length, base: Series) -> Series | None:
    return _reckoned(length, base, length.before, length.after)


@LENGTHS.rule("time", "(the)? unit (after) (the)? time", weight=1)
def _next_after(saying: Saying, unit: str, base: Series) -> Series | None:
    length = _one(saying, unit)
    return _after(saying, length, base) if length and unit in {Grain.DAY, Grain.WEEK} else None


@LENGTHS.rule("time", "(the)? unit (before) (the)? time", weight=1)
def _just_before(saying: Saying, unit: str, base: Series) -> Series | None:
    length = _one(saying, unit)
    return _before(saying, length, base) if length and unit in {Grain.DAY, Grain.WEEK} else None


def _reckoned(
    length: Length, base: Series, there: Callable[[datetime], datetime], back: Callable[[datetime], datetime]
) -> Series | None:
    if length.working or (Kind.CLOCK in base.kinds and length.grain not in {Grain.HOUR, Grain.MINUTE}):
        return None
    return shifted(base, there, back)


@LENGTHS.rule("time", "(in)? (the)? (next|coming) length", weight=1)
def _next_few(saying: Saying, length: Length) -> Series:
    if length.working:
        return _within(saying, length)
    start = floor(saying.at, length.grain) + step(length.grain)
    span = Span(start, start + step(length.grain, length.count), length.grain, closed=True)
    return fixed(span, *_kinds(length.grain))


@LENGTHS.rule("time", "(in)? (the)? (last) length", weight=1)
def _last_few(saying: Saying, length: Length) -> Series:
    end = floor(saying.at, length.grain)
    span = Span(length.before(end), end, length.grain, closed=True)
    return fixed(span, *_kinds(length.grain))


@LENGTHS.rule("time", "(upcoming) length", "num (upcoming) unit", weight=2)
def _upcoming(saying: Saying, number: int | Length, unit: str = "") -> Series | None:
    """The last of so many to come: what is done "in the upcoming two days" may wait until the second."""
    length = number if isinstance(number, Length) else _length(saying, number, unit)
    return fixed(unit_from(saying.at, length.grain, length.count), *_kinds(length.grain)) if length else None


@LENGTHS.rule("time", "num weekday|weekdays (fromnow|fromtoday)", weight=1)
def _weekdays_from_now(saying: Saying, number: int, day: int) -> Series | None:
    if not 1 <= number < _MANY:
        return None
    today = floor(saying.at, Grain.DAY)
    start = today + ((day - today.weekday() - 1) % 7 + 1) * DAY + (number - 1) * 7 * DAY
    return fixed(Span(start, start + DAY, Grain.DAY), Kind.DATE)
