"""Rules for begin, middle and end of a stretch: "eind volgende week", "mid March", "end of day", "Anfang April".

They make `time` series with the deadline the words mean: begin of the week is Monday, its end Friday, the end of a month
its last working day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from crmlink.language import date_leaves as leaf
from crmlink.language.chart import Grammar
from crmlink.language.date_series import DAY, Kind, Series, Span, due_on
from crmlink.language.period_rules import the_unit
from crmlink.language.saying import Saying
from crmlink.model.reading import Grain

EDGES = Grammar()
_BOUNDS = {
    (Grain.DAY, "begin"): (0, 0),
    (Grain.DAY, "mid"): (0, 0),
    (Grain.DAY, "end"): (0, 0),
    (Grain.WEEK, "begin"): (0, 2),
    (Grain.WEEK, "mid"): (2, 4),
    (Grain.WEEK, "end"): (4, 7),
    (Grain.MONTH, "begin"): (0, 10),
    (Grain.MONTH, "mid"): (10, 20),
    (Grain.MONTH, "end"): (20, 31),
    (Grain.QUARTER, "begin"): (0, 31),
    (Grain.QUARTER, "mid"): (31, 61),
    (Grain.QUARTER, "end"): (61, 92),
    (Grain.YEAR, "begin"): (0, 59),
    (Grain.YEAR, "mid"): (151, 212),
    (Grain.YEAR, "end"): (334, 366),
}


@EDGES.rule("time", "(the)? edge (of|in)? (the|approx)? time|partial|theunit", weight=1)
def _edge_of(saying: Saying, edge: str, base: Series) -> Series | None:
    if (
        base.latent
        or Kind.PART in base.kinds
        or not base.kinds & {Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR, Kind.DATE}
    ):
        return None

    def spans(moment: datetime) -> Iterator[Span]:
        return filter(None, (_edge(saying, edge, span) for span in base.spans(moment)))

    return Series(spans, base.kinds - {Kind.YEAR} | {Kind.PART})


@EDGES.rule("partial", "edgeunit")
@EDGES.rule("time", "edgeunit")
def _edge_word(saying: Saying, word: str) -> Series | None:
    """End of month, of this one; close of business, today's or that of the day that is named beside it."""
    edge, unit = word.split()
    if unit == Grain.DAY:
        hours = leaf.part(*saying.words.parts[f"{edge}_of_day"])
        return due_on(hours, lambda span: saying.calendar.closing(span.start.date()))
    base: Series | None = the_unit(saying, unit)
    return _edge_of(saying, edge, base) if base else None


def _edge(saying: Saying, edge: str, span: Span) -> Span | None:
    """Begin, middle or end of a unit, with its deadline: the begin of a week is Monday, its end Friday."""
    bounds = _BOUNDS.get((span.grain, edge))
    if bounds is None:
        return None
    start, end = (span.start + timedelta(days=days) for days in bounds)
    if span.grain is Grain.DAY:
        opens, closes = saying.words.parts[f"{edge}_of_day"]
        return replace(leaf.part_of(span.start, opens, closes), due=_day_edge(saying, span.start, edge, closes))
    end = span.end if edge == "end" else end
    last = (end - DAY).date()
    if span.grain is Grain.WEEK:
        last = span.start.date() + {"begin": 0, "mid": 2, "end": 4}[edge] * DAY
    return Span(start, end, Grain.DAY, due=saying.calendar.closing(saying.calendar.last_working_day(last)), closed=True)


def _day_edge(saying: Saying, day: datetime, edge: str, closes: int) -> datetime:
    return saying.calendar.closing(day.date()) if edge == "end" else day + timedelta(hours=closes)
