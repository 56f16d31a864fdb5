"""Time as people name it: a series of spans that goes on for ever, and how two names narrow each other.

"Wednesday", "13 February" and "at three" each name endlessly many spans; put together they name one. A `Series` gives
its spans in order from a moment on; `both` keeps the spans that lie in one another; `first` picks the one that is meant.
All datetimes are aware and in one zone, so that sums and comparisons are on the wall clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import islice

from crmlink.model.reading import Grain

DAY = timedelta(days=1)
RECENT = timedelta(days=31)
"""A date without a year that lies less than this back is meant as past, not as nearly a year ahead."""

_AT_WORK = range(7, 19)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`, aware. `due` is set when the words themselves fix the deadline.

    `closed` tells that the end is part of what was said ("9 to 11", "this afternoon"), not just the grain's length.
    """

    start: datetime
    end: datetime
    grain: Grain
    due: datetime | None = None
    closed: bool = False

    def within(self, other: Span) -> bool:
        """Whether this lies wholly in the other."""
        return other.start <= self.start and self.end <= other.end


class Kind(IntEnum):
    """What a name says about time, from fine to coarse."""

    CLOCK = 0
    PART = 1
    WEEKDAY = 2
    MONTHDAY = 3
    YEARDAY = 4
    DATE = 5
    WEEKEND = 6
    WEEK = 7
    MONTH = 8
    QUARTER = 9
    YEAR = 10


_DAYS = {Kind.WEEKDAY, Kind.MONTHDAY, Kind.YEARDAY, Kind.DATE}
_PARTNERS = {
    Kind.CLOCK: {*_DAYS, Kind.PART},
    Kind.PART: {*_DAYS},
    Kind.WEEKDAY: {Kind.MONTHDAY, Kind.YEARDAY, Kind.DATE, Kind.WEEK},
    Kind.MONTHDAY: {Kind.MONTH},
    Kind.YEARDAY: {Kind.DATE, Kind.YEAR},
    Kind.DATE: set[Kind](),
    Kind.WEEKEND: set[Kind](),
    Kind.WEEK: {Kind.YEAR},
    Kind.MONTH: {Kind.YEAR},
    Kind.QUARTER: {Kind.YEAR},
    Kind.YEAR: set[Kind](),
}


@dataclass(frozen=True, slots=True)
class Series:
    """`spans(moment)` gives, in order, the spans that end after the moment; none at all when the words contradict.

    `latent` names need a fitting neighbour to be a date at all ("the second"). `later` names never mean the day on
    which they are said ("Tuesday", on a Tuesday). `ranged` ones run from one name through another.
    """

    spans: Callable[[datetime], Iterator[Span]]
    kinds: frozenset[Kind]
    latent: bool = False
    later: bool = False
    ranged: bool = False

    def first(self, said_at: datetime) -> Span | None:
        """The span that is meant by somebody who speaks at that moment, or None when the words contradict."""
        meant = (span for span in self.spans(said_at) if not (self.later and span.start.date() == said_at.date()))
        return next(islice(meant, 3), None)


def fixed(span: Span | None, *kinds: Kind) -> Series:
    """A name that means one span only; None is a contradiction."""
    return Series(lambda _: iter(() if span is None else (span,)), frozenset(kinds))


def void() -> Series:
    """Words that are about time but give no usable date, nor does what is joined to them."""
    return fixed(None, Kind.DATE)


def fits(one: Series, two: Series) -> bool:
    """Whether the two may narrow each other: different things are said, and they belong together."""
    if one.kinds & two.kinds:
        return False
    return any(b in _PARTNERS[a] or a in _PARTNERS[b] for a in one.kinds for b in two.kinds)


def both(one: Series, two: Series) -> Series:
    """The spans of the finer name inside those of the coarser."""
    coarse, fine = (one, two) if max(one.kinds) >= max(two.kinds) else (two, one)

    def spans(moment: datetime) -> Iterator[Span]:
        for outer in islice(coarse.spans(moment), 8):
            inner = _inside(outer, fine)
            if inner is not None:
                yield inner
            if outer.start > moment and Kind.WEEKDAY in fine.kinds and coarse.kinds & {Kind.YEARDAY, Kind.MONTHDAY}:
                return  # a weekday that does not fall on the date is a mistake, not a date of another year

    return Series(spans, one.kinds | two.kinds, latent=one.latent and two.latent, later=coarse.later)


def _inside(outer: Span, fine: Series) -> Span | None:
    found = [span for span in islice(fine.spans(outer.start), 3) if span.within(outer) or outer.within(span)]
    if not found:
        return None
    # "three o'clock" is twice in a day; somebody at work means the one by daylight
    best = min(found, key=lambda span: Kind.CLOCK in fine.kinds and span.start.hour not in _AT_WORK)
    return replace(outer, due=best.due or outer.due) if not best.within(outer) else best


def shifted(series: Series, forward: Callable[[datetime], datetime], back: Callable[[datetime], datetime]) -> Series:
    """Each span moved by `forward`; `back` undoes it, to know where to begin."""

    def spans(moment: datetime) -> Iterator[Span]:
        for span in series.spans(back(moment)):
            yield Span(forward(span.start), forward(span.end), span.grain, closed=span.closed)

    return Series(spans, frozenset({Kind.DATE}))


def through(one: Series, two: Series) -> Series:
    """From the start of a span of `one` to the end of the next span of `two`."""

    def spans(moment: datetime) -> Iterator[Span]:
        for begin in islice(one.spans(moment), 8):
            last = next((span for span in islice(two.spans(begin.start), 3) if span.start > begin.start), None)
            if last is not None:
                clock = last.grain in {Grain.HOUR, Grain.MINUTE} and not last.closed
                end = last.start if clock else last.end
                yield Span(begin.start, end, last.grain, due=last.due or (end if clock else None), closed=True)

    return Series(spans, one.kinds | two.kinds, latent=one.latent and two.latent, later=one.later, ranged=True)


def due_on(series: Series, due: Callable[[Span], datetime]) -> Series:
    """The same spans with their deadlines; what has a deadline is no longer latent."""

    def spans(moment: datetime) -> Iterator[Span]:
        for span in series.spans(moment):
            yield replace(span, due=due(span))

    return replace(series, spans=spans, latent=False)


def lasting(series: Series, after: Callable[[datetime], datetime]) -> Series:
    """Each span from its start to `after` that."""

    def spans(moment: datetime) -> Iterator[Span]:
        for span in series.spans(moment):
            end = after(span.start)
            yield Span(span.start, end, Grain.MINUTE, due=end, closed=True)

    return replace(series, spans=spans)
