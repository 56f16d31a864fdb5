"""Rules for days, weeks, months and years: "volgende week vrijdag", "the 2nd of March", "letzter Sonntag im März".

They make `time` series of names and numbers, and join what narrows each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from itertools import islice

from crmlink.language import date_leaves as leaf
from crmlink.language.chart import Grammar
from crmlink.language.date_leaves import floor, step, unit_from
from crmlink.language.date_series import DAY, RECENT, Kind, Series, Span, both, fixed, void
from crmlink.language.saying import Saying
from crmlink.model.reading import Grain

DAYS = Grammar()
YEARS = range(1900, 2101)
"""Years that people write about."""
_ALWAYS = ("24", "/", "7")
SEASONS = {
    "spring": ("03-20", "06-21"),
    "summer": ("06-21", "09-23"),
    "autumn": ("09-23", "12-21"),
    "winter": ("12-21", "03-20"),
}


@DAYS.rule("time", "weekday")
@DAYS.rule("partial", "weekday~")
def _weekday(_: Saying, day: int) -> Series:
    return leaf.weekday(day)


@DAYS.rule(
    "time", "(the|this)? (coming) weekday|weekday~", "(this) weekday", "weekday|weekday~ (comingsuffix)", weight=1
)
def _coming_weekday(saying: Saying, day: int) -> Series:
    return _weekday_ahead(saying, day, 0)


@DAYS.rule("time", "(the)? (nextday) weekday|weekday~", "weekday (afternextday)", weight=1)
def _next_weekday(saying: Saying, day: int) -> Series:
    """English "next Wednesday", said on a Tuesday, is not tomorrow."""
    return _one_day(floor(saying.at, Grain.WEEK) + (7 + day) * DAY)


@DAYS.rule("time", "(afternext) weekday", "weekday (afternextsuffix)", weight=1)
def _weekday_after_next(saying: Saying, day: int) -> Series:
    return _weekday_ahead(saying, day, 1)


@DAYS.rule("time", "(the|this)? (last) weekday|weekday~", "weekday|weekday~ (lastsuffix)", weight=1)
def _last_weekday(saying: Saying, day: int) -> Series:
    today = floor(saying.at, Grain.DAY)
    return _one_day(today - ((today.weekday() - day - 1) % 7 + 1) * DAY)


def _weekday_ahead(saying: Saying, day: int, weeks: int) -> Series:
    today = floor(saying.at, Grain.DAY)
    return _one_day(today + ((day - today.weekday() - 1) % 7 + 1 + 7 * weeks) * DAY)


def _one_day(start: datetime) -> Series:
    return fixed(Span(start, start + DAY, Grain.DAY), Kind.DATE)


@DAYS.rule("time", "relday")
def _relative_day(saying: Saying, days: int) -> Series:
    return _one_day(floor(saying.at, Grain.DAY) + days * DAY)


@DAYS.rule("time", "now")
def _now(saying: Saying, _: str) -> Series:
    start = floor(saying.at, Grain.MINUTE)
    due = max(saying.at, saying.calendar.closing(saying.at.date()))
    return fixed(Span(start, start + step(Grain.MINUTE), Grain.MINUTE, due=due), Kind.DATE)


@DAYS.rule(
    "time", "month", "(in) (the)? month|month~", "(this|coming) (the)? month|month^", "month|month~ (comingsuffix)"
)
@DAYS.rule("partial", "month~")
def _month(_: Saying, number: int) -> Series:
    return leaf.month(number)


@DAYS.rule("time", "(next) month|month~", weight=1)
def _next_month(saying: Saying, number: int) -> Series:
    return _month_ahead(saying, number, 0)


@DAYS.rule("time", "month|month~ (afternextday|afternextsuffix)", "(afternext) month", weight=1)
def _month_after_next(saying: Saying, number: int) -> Series:
    return _month_ahead(saying, number, 1)


@DAYS.rule("time", "(last) month|month~", weight=1)
def _last_month(saying: Saying, number: int) -> Series:
    return _month_ahead(saying, number, -1)


def _month_ahead(saying: Saying, number: int, years: int) -> Series:
    this = floor(saying.at, Grain.MONTH)
    start = this + step(Grain.MONTH, (number - this.month - 1) % 12 + 1 + 12 * years)
    return fixed(unit_from(start, Grain.MONTH, 0), Kind.MONTH)


@DAYS.rule("time", "(in) (the)? (yearword)? year (era)?", "year (era)", "(yearword) year", weight=1)
@DAYS.rule("partial", "year")
def _in_year(_: Saying, number: int) -> Series:
    return leaf.year(number)


@DAYS.rule("time", "(the)? num|ord (of)? month|month~", weight=1)
def _day_month(_: Saying, day: int, month: int) -> Series | None:
    return leaf.month_date(month, day) if 1 <= day <= 31 else None  # noqa: PLR2004 - days of a month


@DAYS.rule("time", "month|month~ (the)? num", weight=1)
def _month_day(saying: Saying, month: int, day: int) -> Series | None:
    return _day_month(saying, day, month)


@DAYS.rule("time", "month|month~ (the)? ord", weight=1)
def _month_ordinal(saying: Saying, month: int, day: int) -> Series | None:
    """March third; a Dutch "Jan eerste" is a person."""
    return _day_month(saying, day, month) if saying.words.month_first else None


@DAYS.rule("time", "num|ord (of)? month|month~ (comma)? year|num", weight=2)
def _day_month_year(saying: Saying, day: int, month: int, year: int) -> Series | None:
    return _full_date(saying, year, month, day)


@DAYS.rule("time", "month|month~ (the)? num|ord (comma)? year", weight=2)
def _month_day_year(saying: Saying, month: int, day: int, year: int) -> Series | None:
    return _full_date(saying, year, month, day)


def _full_date(saying: Saying, year: int, month: int, day: int) -> Series | None:
    short = year < 100  # noqa: PLR2004 - a year of two digits
    if short:
        year += 2000
        if not -5 <= year - saying.at.year <= 10:  # noqa: PLR2004 - further off it is another number
            return None
    found = leaf.valid_date(year, month, day) if year in YEARS else None
    made = _one_day(datetime.combine(found, time(), tzinfo=saying.at.tzinfo)) if found else void()
    return replace(made, latent=short)


@DAYS.rule("time", "ymd")
def _iso(saying: Saying, said: tuple[int, int, int]) -> Series | None:
    return replace(_written(saying, *said), latent=False)


@DAYS.rule("time", "dmy")
def _numeric(saying: Saying, said: tuple[int, int, int]) -> Series:
    one, two, year = said
    ordered = _in_order(saying, one, two)
    return replace(_written(saying, year, ordered[1], ordered[0]), latent=False) if ordered else void()


def _written(saying: Saying, year: int, month: int, day: int) -> Series:
    return _full_date(saying, year, month, day) or void()


@DAYS.rule("time", "dm")
def _short(saying: Saying, said: tuple[str, str, str]) -> Series | None:
    """14-3 or 14/3. After a single digit it is more often a score, a choice or a house."""
    ordered = _in_order(saying, int(said[0]), int(said[2]))
    doubtful = saying.words.month_first and said[1] != "/"
    if ordered is None or doubtful or len(said[0]) == 1 or said == _ALWAYS:
        return None
    return _day_in_month(*ordered)


@DAYS.rule("time", "(on|by|before) dm", "weekday|weekday~ (comma)? dm", weight=1)
def _short_with_sign(saying: Saying, *said: object) -> Series | None:
    parts = said[-1]
    assert isinstance(parts, tuple)
    ordered = _in_order(saying, int(parts[0]), int(parts[2]))
    if ordered is None:
        return None
    made = replace(leaf.month_date(ordered[1], ordered[0]), latent=False)
    return both(leaf.weekday(int(str(said[0]))), made) if len(said) > 1 else made


@DAYS.rule("time", "dm.")
def _dotted(saying: Saying, said: tuple[str, str, str]) -> Series | None:
    """15.2. is written so in German; elsewhere it is a number."""
    return _day_in_month(int(said[0]), int(said[2])) if saying.words.dotted_dates else None


def _day_in_month(day: int, month: int) -> Series | None:
    return replace(leaf.month_date(month, day), latent=True) if leaf.valid_date(2000, month, day) else None


def _in_order(saying: Saying, one: int, two: int) -> tuple[int, int] | None:
    """Day and month; in English both orders are in use, so what could be either is neither."""
    if not saying.words.month_first or one > 12 or one == two:  # noqa: PLR2004 - months
        return one, two
    return (two, one) if two > 12 else None  # noqa: PLR2004 - months


@DAYS.rule("time", "(the|on) (on)? ordnum", "(on) (the)? ord")
def _ordinal_day(_: Saying, day: int) -> Series:
    return leaf.month_day(day)


@DAYS.rule("time", "weekday|weekday~ (comma)? (the|on)? num|ord")
def _weekday_number(_: Saying, weekday: int, day: int) -> Series:
    """Friday the 14th, "vrijdag 14": the numbers agree or there is no such day."""
    return replace(both(leaf.weekday(weekday), leaf.month_day(day)), latent=True)


@DAYS.rule("time", "(the|on)? num|ord (of) time", weight=1)
def _number_of_month(_: Saying, day: int, base: Series) -> Series | None:
    return replace(both(leaf.month_day(day), base), latent=False) if base.kinds == {Kind.MONTH} else None


@DAYS.rule("time", "(weekword) num")
def _week_number(_: Saying, number: int) -> Series:
    return leaf.week(number)


@DAYS.rule("time", "quartername", weight=1)
def _quarter(_: Saying, number: int) -> Series | None:
    return leaf.quarter(number)


@DAYS.rule("time", "ord unit", weight=1)
def _nth_quarter(_: Saying, number: int, unit: str) -> Series | None:
    return leaf.quarter(number) if unit == "quarter" and 1 <= number <= 4 else None  # noqa: PLR2004 - quarters


@DAYS.rule("time", "(this|coming|next|in) (the)? season")
@DAYS.rule("partial", "season")
def _season(_: Saying, name: str) -> Series:
    begins, ends = SEASONS[name]
    return leaf.season(begins, ends)


@DAYS.rule("time", "(last) season")
def _last_season(saying: Saying, name: str) -> Series:
    begins, ends = SEASONS[name]
    before = [
        span for span in islice(leaf.season(begins, ends).spans(saying.at - RECENT * 12), 2) if span.end < saying.at
    ]
    return fixed(before[-1], Kind.QUARTER) if before else void()


@DAYS.rule("ord", "ordnum")
def _ordinal(_: Saying, number: int) -> int:
    return number


@DAYS.rule("time", "(last) holiday")
def _last_holiday(saying: Saying, name: str) -> Series:
    series = leaf.holiday(saying.words.holidays[name])
    before = [span for span in islice(series.spans(saying.at - RECENT * 12), 3) if span.end <= saying.at]
    return fixed(before[-1], Kind.DATE) if before else void()


@DAYS.rule("time", "holiday (weekendword)", weight=1)
def _holiday_weekend(saying: Saying, name: str) -> Series:
    """The weekend that a holiday makes longer: the one nearest before its Monday or after its Thursday."""

    def spans(moment: datetime) -> Iterator[Span]:
        for span in leaf.holiday(saying.words.holidays[name]).spans(moment):
            yield leaf.weekend_of(floor(span.start - 3 * DAY, Grain.WEEK))

    return Series(spans, frozenset({Kind.WEEKEND}))


@DAYS.rule("time", "holiday", "(this|coming|next) holiday")
def _holiday(saying: Saying, name: str) -> Series:
    return leaf.holiday(saying.words.holidays[name])
