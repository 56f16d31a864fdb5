"""Rules for stretches of days: "eind volgende week", "first week of October", "12 to 16 September", "voor het weekend".

They make `time` series of units and of other series, join series that narrow each other, and set the deadline where the
words do: what must be there "before the weekend" is due on Friday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from crmlink.language import date_leaves as leaf
from crmlink.language.chart import Grammar
from crmlink.language.date_leaves import KIND, floor, unit_from
from crmlink.language.date_series import DAY, Kind, Series, Span, both, due_on, fits, fixed, through, void
from crmlink.language.saying import Saying
from crmlink.model.reading import Grain

PERIODS = Grammar()
WEEKEND = "weekend"


@PERIODS.rule("time", "(this) unit")
def _this(saying: Saying, unit: str) -> Series | None:
    return _relative(saying, unit, 0)


@PERIODS.rule("time", "(the)? (next|coming|upcoming) unit")
def _next(saying: Saying, unit: str) -> Series | None:
    return _relative(saying, unit, 0 if unit == WEEKEND else 1)


@PERIODS.rule("time", "(the)? (nextday) unit", weight=1)
def _next_weekend(saying: Saying, unit: str) -> Series | None:
    return _relative(saying, unit, 1)


@PERIODS.rule("time", "(the)? (last) unit")
def _last(saying: Saying, unit: str) -> Series | None:
    return _relative(saying, unit, -1)


@PERIODS.rule("time", "(the)? (afternext) unit", "(the)? unit (afternextday|afternextsuffix)")
def _after_next(saying: Saying, unit: str) -> Series | None:
    return _relative(saying, unit, 2)


def _relative(saying: Saying, unit: str, count: int) -> Series | None:
    if unit == WEEKEND:
        monday = floor(saying.at, Grain.WEEK) + count * 7 * DAY
        return fixed(_due_on(saying, leaf.weekend_of(monday), monday.date() + 6 * DAY), Kind.WEEKEND)
    if unit not in {Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR}:
        return None
    grain = Grain(unit)
    return fixed(unit_from(saying.at, grain, count), KIND[grain])


def _due_on(saying: Saying, span: Span, day: date) -> Span:
    return replace(span, due=saying.calendar.closing(day))


@PERIODS.rule("theunit", "(the) unit", "(in) (the) unit")
def the_unit(saying: Saying, unit: str) -> Series | None:
    """The week, without a word which: this one. Only part of a date: "the end of the week"."""
    return _relative(saying, unit, 0)


@PERIODS.rule("time", "(the|in|on) (the)? weekendword")
def _the_weekend(saying: Saying, _: str) -> Series | None:
    return _relative(saying, WEEKEND, 0)


@PERIODS.rule("time", "(the)? ord|final unit|weekday (of) time|partial|theunit", weight=2)
@PERIODS.rule("time", "(the)? ord|final unit|weekday theunit", weight=2)
def _nth(_: Saying, number: int | str, what: str | int, base: Series) -> Series | None:
    return _nth_of(number, what, base, backwards=isinstance(number, str))


@PERIODS.rule("time", "(the)? ord (final) unit|weekday (of) time|partial|theunit", weight=2)
def _nth_last(_: Saying, number: int, what: str | int, base: Series) -> Series | None:
    return _nth_of(number, what, base, backwards=True)


def _nth_of(number: int | str, what: str | int, base: Series, *, backwards: bool) -> Series | None:
    """The second Wednesday, the last week, the fifth last day of a month or longer. Weeks count when they are whole."""
    count = number if isinstance(number, int) else 1
    if count < 1 or not base.kinds & {Kind.MONTH, Kind.QUARTER, Kind.YEAR} or what in {"minute", "hour"}:
        return None

    def spans(moment: datetime) -> Iterator[Span]:
        for outer in islice(base.spans(moment), 3):
            inside = _all_in(outer, what)
            if len(inside) >= count:
                found = inside[-count] if backwards else inside[count - 1]
                if found.end > moment:
                    yield found

    kind = Kind.DATE if isinstance(what, int) else KIND.get(_grain(what), Kind.WEEKEND)
    return Series(spans, frozenset({kind}))


def _grain(unit: str) -> Grain:
    return Grain.DAY if unit not in set(Grain) else Grain(unit)


def _all_in(outer: Span, what: str | int) -> list[Span]:
    if isinstance(what, int):
        days = islice(leaf.weekday(what).spans(outer.start), 54)
        return [span for span in days if span.within(outer)]
    if what == WEEKEND:
        mondays = (floor(outer.start, Grain.WEEK) + number * 7 * DAY for number in range(54))
        return [
            span for span in map(leaf.weekend_of, mondays) if outer.start <= span.start and span.end <= outer.end + DAY
        ]
    grain, first = _grain(what), floor(outer.start, _grain(what))
    units = (unit_from(first, grain, number) for number in range((outer.end - outer.start).days + 1))
    return [span for span in units if span.within(outer)]


@PERIODS.rule("time", "(the)? (weekword) (of) (the)? time", weight=1)
def _week_of(_: Saying, base: Series) -> Series | None:
    """The working week that a day belongs to; a Sunday belongs to the week it begins."""
    if not base.kinds & {Kind.YEARDAY, Kind.DATE}:
        return None

    def spans(moment: datetime) -> Iterator[Span]:
        for span in base.spans(moment):
            yield unit_from(span.start + DAY, Grain.WEEK, 0)

    return Series(spans, frozenset({Kind.WEEK}))


@PERIODS.rule("time", "(the)? (closest) weekday (to|of) time", weight=1)
def _closest(_: Saying, day: int, base: Series) -> Series:
    def spans(moment: datetime) -> Iterator[Span]:
        for span in base.spans(moment):
            start = span.start + ((day - span.start.weekday() + 3) % 7 - 3) * DAY
            yield Span(start, start + DAY, Grain.DAY)

    return Series(spans, frozenset({Kind.DATE}))


@PERIODS.rule(
    "time", "time time", "time (open) time (shut)", "time (of|in|for|by)? partial", "partial (comma|of|in|for)? time"
)
@PERIODS.rule("time", "partial partial")
def _join(_: Saying, one: Series, two: Series) -> Series | None:
    return both(one, two) if fits(one, two) else None


@PERIODS.rule("time", "time (comma) time")
def _join_over_comma(saying: Saying, one: Series, two: Series) -> Series | None:
    """A comma may as well stand between two different things; what is no date takes nothing with it."""
    usable = one.first(saying.at) is not None and two.first(saying.at) is not None
    return both(one, two) if usable and fits(one, two) else None


@PERIODS.rule("time", "(on|in|of|for|approx|soft|from) (the)? time", "time (soft|approx)")
def _as_it_is(_: Saying, base: Series) -> Series:
    return replace(base, latent=base.latent and Kind.YEARDAY not in base.kinds)


@PERIODS.rule("partial", "(on|in|of|at) (the)? partial")
def _part_as_it_is(_: Saying, base: Series) -> Series:
    return base


@PERIODS.rule("time", "time (to) time", "(between) time (and|to) time", weight=1)
def _range(_: Saying, one: Series, two: Series) -> Series | None:
    same = min(one.kinds) is not Kind.CLOCK and max(two.kinds) not in {Kind.CLOCK, Kind.PART}
    return through(one, two) if same and not (one.latent or one.ranged or two.ranged) else None


@PERIODS.rule("time", "(from|between)? num|ord (to|and) time", weight=1)
def _days_to(_: Saying, day: int, last: Series) -> Series | None:
    """12 to 16 September: the first day is of the same month."""
    if Kind.YEARDAY not in last.kinds and not (Kind.DATE in last.kinds and last.kinds <= {Kind.DATE}):
        return None

    def spans(moment: datetime) -> Iterator[Span]:
        for span in islice(last.spans(moment), 3):
            if 1 <= day < span.start.day and span.grain is Grain.DAY and not span.closed:
                yield Span(span.start.replace(day=day), span.end, Grain.DAY, closed=True)

    return replace(last, spans=spans, latent=False)


@PERIODS.rule("time", "month|month~ num|ord (to) num|ord", weight=1)
def _month_days_to(_: Saying, month: int, first: int, last: int) -> Series | None:
    """July 13 to 15."""
    return through(leaf.month_date(month, first), leaf.month_date(month, last)) if 1 <= first < last <= 31 else None  # noqa: PLR2004 - days


@PERIODS.rule("time", "(course) (of|on)? time|theunit", weight=1)
def _in_the_course(_: Saying, base: Series) -> Series | None:
    return base if base.kinds & {Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR} else None


@PERIODS.rule("time", "(by) (the)? time|theunit", "(by) (the)? weekendword")
def _by(saying: Saying, base: Series | str) -> Series | None:
    return _relative(saying, WEEKEND, 0) if isinstance(base, str) else replace(base, latent=False)


@PERIODS.rule("time", "(before) (the)? time|theunit", weight=1)
def _before(saying: Saying, base: Series) -> Series:
    if Kind.WEEKEND in base.kinds:
        return due_on(base, lambda span: saying.calendar.closing(span.start.date()))
    return due_on(base, lambda span: span.due or _day_before(saying, span))


@PERIODS.rule("time", "(loosely) (the)? time", weight=1)
def _loosely_before(saying: Saying, base: Series) -> Series:
    """Dutch "voor vrijdag" may well include the Friday, "voor maart" not the whole of March."""
    if base.kinds & {Kind.WEEKEND, Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR} and not base.kinds & {Kind.PART}:
        return _before(saying, base)
    return replace(base, latent=False)


@PERIODS.rule("time", "(before|loosely) (the)? weekendword", weight=2)
def _before_weekend(saying: Saying, _: str) -> Series | None:
    base = _relative(saying, WEEKEND, 0)
    return _before(saying, base) if base else None


def _day_before(saying: Saying, span: Span) -> datetime:
    return saying.calendar.closing(saying.calendar.last_working_day(span.start.date() - DAY))


@PERIODS.rule("time", "(after) (the)? time", weight=1)
def _after(saying: Saying, base: Series) -> Series:
    """After three: from three on, today. After Friday could be any day, and so is no date."""
    if Kind.CLOCK not in base.kinds:
        return void()
    return due_on(base, lambda span: max(span.start, saying.calendar.closing(span.start.date())))


@PERIODS.rule("time", "(every) (the)? time|partial|theunit")
@PERIODS.rule("time", "(wish) (a)? time|partial", weight=-1)
def _no_date(_: Saying, __: Series) -> Series:
    """What happens every Monday, or is wished for the weekend, is no date."""
    return void()


@PERIODS.rule("time", "(every|wish) unit", weight=-1)
def _no_unit(_: Saying, __: str) -> Series:
    return void()


@PERIODS.rule("time", "time zone", weight=1)
def _elsewhere(saying: Saying, base: Series, zone: str) -> Series | None:
    """A time of day on another clock, told on the owner's."""
    if Kind.CLOCK not in base.kinds:
        return None

    def there(moment: datetime) -> datetime:
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(saying.calendar.zone)

    def spans(moment: datetime) -> Iterator[Span]:
        for span in base.spans(moment):
            due = None if span.due is None else there(span.due)
            yield replace(span, start=there(span.start), end=there(span.end), due=due)

    return replace(base, spans=spans, kinds=base.kinds | {Kind.DATE})


@PERIODS.rule("time", "(since) (the)? time|theunit", weight=1)
def _since(_: Saying, __: Series) -> Series:
    return void()
