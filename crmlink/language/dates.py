"""Finds the dates and times in what a person wrote, and what each means for somebody who has to keep a promise.

In: text, its language, the moment it was written, the owner's working calendar. Out: the mentions in order, each with
its exact words. Silent when unsure: a wrong date in an apology is worse than none. Reads no clock and keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

from crmlink.language.chart import Grammar, Item
from crmlink.language.clock_rules import CLOCKS
from crmlink.language.date_leaves import floor
from crmlink.language.date_lexicon import Lexicon, foreign_names, lexicon
from crmlink.language.date_series import DAY, Kind, Series, Span, both
from crmlink.language.date_tokens import Run, Token, runs, tokens
from crmlink.language.day_rules import DAYS
from crmlink.language.edge_rules import EDGES
from crmlink.language.lengths import LENGTHS
from crmlink.language.period_rules import PERIODS
from crmlink.language.saying import Saying
from crmlink.model.reading import DateMention, Grain
from crmlink.model.workdays import WorkingCalendar

LANGUAGES = ("nl", "en", "de")
Place = tuple[int, int]
Found = tuple[Place, Span]
_WORD = re.compile(r"[^\W\d_]+")
_MOST = 300
"""Runs of words about time that are read in one text; a text with more is a table, and reading on helps nobody."""
_AWAKE = range(6, 21)
_AT_WORK = range(7, 19)
_JUST_NOW = timedelta(hours=4)
_DATED = {Kind.DATE, Kind.YEARDAY, Kind.MONTHDAY, Kind.WEEK}


def find_dates(text: str, *, language: str, said_at: datetime, calendar: WorkingCalendar) -> tuple[DateMention, ...]:
    """All dates in the text, in order and without overlap.

    `language` is `nl`, `en` or `de`; other languages are read as nothing but these three. `said_at` is aware.
    Starts, ends and deadlines are aware, in the calendar's zone.
    """
    at = said_at.astimezone(calendar.zone)
    own = language if language in LANGUAGES else LANGUAGES[0]
    found = list(_read(text, Saying(at, calendar, lexicon(own))))
    for other in LANGUAGES:
        if other != own:
            found = _with_foreign(text, found, own, Saying(at, calendar, lexicon(other)))
    return tuple(_mention(text, place, span, calendar) for place, span in sorted(found, key=lambda one: one[0]))


def _with_foreign(text: str, found: list[Found], own: str, saying: Saying) -> list[Found]:
    """Adds dates in another language, where a name of a day or month shows it and the text's own reads no more there."""
    names = foreign_names(own, saying.words.language)
    if names.isdisjoint(_WORD.findall(text.lower())):
        return found
    added = [
        (place, span)
        for place, span in _read(text, saying)
        if not names.isdisjoint(_WORD.findall(text[slice(*place)].lower()))
        and all(_apart(place, taken) or _covers(place, taken) for taken, _ in found)
    ]
    return [*added, *(one for one in found if all(_apart(one[0], place) for place, _ in added))]


def _apart(one: Place, two: Place) -> bool:
    return one[1] <= two[0] or two[1] <= one[0]


def _covers(one: Place, two: Place) -> bool:
    return one[0] <= two[0] and two[1] <= one[1]


@cache
def _grammar() -> Grammar:
    whole = Grammar()
    for part in (CLOCKS, DAYS, EDGES, LENGTHS, PERIODS):
        whole.include(part)
    return whole


def _read(text: str, saying: Saying) -> Iterator[Found]:
    words = saying.words
    found = tokens(text, words)
    day: Found | None = None
    for run in islice(runs(text, found, words), _MOST):
        for item, place in _chosen(text, run, saying):
            span = _meant(text, item.value, place, day, saying)
            if span is None:
                continue
            if span.grain is Grain.DAY and not span.closed:
                day = place, span
            yield place, span


def _meant(text: str, series: Series, place: Place, day: Found | None, saying: Saying) -> Span | None:
    """What the words mean after the last day that was named: "Friday is fine, I'll call at ten"."""
    if day is not None and _same_sentence(text, day[0], place):
        if series.kinds == {Kind.CLOCK}:
            series = both(_day_of(day[1]), series)
        between = text[day[0][1] : place[0]].strip().lower()
        if Kind.WEEKDAY in series.kinds and not series.kinds & _DATED and between in saying.words.listing:
            return replace(series, later=False).first(day[1].end)
    return _today(series, saying.at) if series.kinds == {Kind.CLOCK} else series.first(saying.at)


def _today(series: Series, at: datetime) -> Span | None:
    """A time of day without a day is of today: when it has just passed too, and never at night on a twelve-hour dial."""
    today = [span for span in islice(series.spans(floor(at, Grain.DAY)), 2) if span.start.date() == at.date()]
    ahead = series.first(at)
    if len(today) > 1:
        return ahead if ahead and ahead.start.hour in _AWAKE else None
    if today and today[0].start.hour in _AT_WORK and today[0].start < at < today[0].start + _JUST_NOW:
        return today[0]
    return ahead


def _day_of(span: Span) -> Series:
    return Series(lambda _: iter((replace(span, due=None),)), frozenset({Kind.DATE}))


def _same_sentence(text: str, before: Place, after: Place) -> bool:
    between = text[before[1] : after[0]]
    return len(between) < 80 and not any(end in between for end in (". ", "! ", "? ", "\n\n"))  # noqa: PLR2004 - letters


def _chosen(text: str, run: Run, saying: Saying) -> Iterator[tuple[Item, Place]]:
    """The longest readings from left to right."""
    chart = _grammar().parse(saying, run.terminals)
    position = 0
    while position < len(run.tokens):
        readings = sorted(chart[position].get("time", ()), key=lambda item: (-item.end, -item.weight))
        fit = [
            item for item in readings if not item.value.latent or _may_end(text, run.tokens[item.end - 1], saying.words)
        ]
        longest = [item for item in fit if (item.end, item.weight) == (fit[0].end, fit[0].weight)]
        # of equally good readings one may contradict itself
        best = next((item for item in longest if item.value.first(saying.at)), longest[0] if longest else None)
        if best is None:
            position += 1
            continue
        yield best, (run.tokens[position].start, run.tokens[best.end - 1].end)
        position = best.end


def _may_end(text: str, last: Token, words: Lexicon) -> bool:
    """Whether a short date may stand before what follows: "the 15th." but not "the 15th floor"."""
    rest = text[last.end : last.end + 40]
    following = rest.split(maxsplit=1)
    if not rest or not rest[0].isspace() or not following or "\n" in rest[: len(rest) - len(rest.lstrip())]:
        return not rest or not (rest[0].isalnum() or rest[0] in "%€")
    word = following[0].lower().rstrip(".,;:!?)")
    return not word or not word[0].isalnum() or word in words.followers


def _mention(text: str, place: Place, span: Span, calendar: WorkingCalendar) -> DateMention:
    return DateMention(
        quote=text[place[0] : place[1]],
        start=span.start,
        end=span.end if span.closed else None,
        grain=span.grain,
        offset=place[0],
        deadline=_deadline(span, calendar),
    )


def _deadline(span: Span, calendar: WorkingCalendar) -> datetime:
    """The latest moment that keeps a promise: the end of the day, the Friday of a week, the last working day of more."""
    if span.due is not None:
        return span.due
    last = (span.end - DAY).date()
    match span.grain:
        case Grain.MINUTE:
            return span.end if span.closed else span.start
        case Grain.HOUR:
            return calendar.closing(last) if span.end - span.start > DAY else _end_of_part(span, calendar)
        case Grain.DAY:
            return calendar.closing(last)
        case Grain.WEEK:
            return calendar.closing(span.end.date() - 3 * DAY)
        case _:
            return calendar.closing(calendar.last_working_day(last))


def _end_of_part(span: Span, calendar: WorkingCalendar) -> datetime:
    """The end of a part of the day; an afternoon ends with the work, an evening still belongs to its own day."""
    closing = calendar.closing(span.start.date())
    if span.start < closing <= span.end:
        return closing
    midnight = span.end.hour == 0 and span.end.minute == 0
    return span.end.replace(minute=0) - DAY / 1440 if midnight else span.end
