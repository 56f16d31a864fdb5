"""Which words of an answer point at which of the moments that were offered, and which name another moment.

In: a text, the dates read in it, and what was offered. Out: pointers in order of place. It does not know what is said about
them. A bare weekday means every offered moment on that weekday, a bare time every one at that time; a time after a
day belongs to that day. A date that was written out means that date and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crmlink.language.choice_words import ChoiceWords, choice_words
from crmlink.language.date_lexicon import lexicon
from crmlink.model.draft import Option
from crmlink.model.reading import DateMention, Grain

_MOMENTS = frozenset({Grain.MINUTE, Grain.HOUR})
_LONGER = frozenset({Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR})
_CLOCK = re.compile(
    r"(?:(?:om|at|um|@)\s*)?\d{1,2}(?:[:.]\d{2})?\s*(?:-|–|tot|to|bis)\s*\d{1,2}(?:[:.]\d{2})?(?:\s*(?:uur|u|uhr|h|am|pm))?(?!\w)"
    r"|\d{1,2}[:.]\d{2}(?!\w)|\d{1,2}\s*(?:uur|u\b|uhr|h\b|[ap]\.?m\.?|o'?clock)|(?:om|at|um|@)\s*\d{1,2}(?![\w.:/-])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_DATED = frozenset(
    [
        "month",
        "month~",
        "month^",
        "relday",
        "todaypart",
        "weekword",
        "weekendword",
        "next",
        "nextday",
        "afternext",
        "last",
        "final",
        "lastsuffix",
        "coming",
        "comingsuffix",
        "closest",
        "upcoming",
        "this",
        "holiday",
        "ord",
        "now",
        "within",
        "ago",
        "season",
        "quartername",
    ]
)
_NEAR = 16


@dataclass(frozen=True, slots=True)
class Pointer:
    """Words that point: where they stand, at which of the offered (by index), or at another time when that is empty.

    `timed`: they name a time of day; `wide`: a week or more.
    """

    start: int
    end: int
    options: frozenset[int]
    timed: bool = False
    wide: bool = False
    bare_time: bool = False


def pointers(
    text: str, *, language: str, dates: Sequence[DateMention], offered: Sequence[Option]
) -> tuple[Pointer, ...]:
    """All pointers in a text, without overlap. `dates` were read in the same text, in the zone of `offered`."""
    found = [_at_date(date, text, language, offered) for date in dates]
    taken = [(one.start, one.end) for one in found]
    for pointer in _at_place(text, choice_words(language), len(offered)):
        if all(pointer.end <= start or end <= pointer.start for start, end in taken):
            found.append(pointer)
            taken.append((pointer.start, pointer.end))
    return _times_joined(sorted(found, key=lambda one: one.start), text, offered, dates)


def _at_date(date: DateMention, text: str, language: str, offered: Sequence[Option]) -> Pointer:
    start, end = date.offset, date.offset + len(date.quote)
    timed = date.grain in _MOMENTS
    weekday, clock_only = _names(date, language)
    words = choice_words(language)
    if date.grain in _LONGER:
        return Pointer(start, end, frozenset(), wide=True)
    if words.stretches.match(date.quote):
        return Pointer(start, end, frozenset(), timed=True)
    limited = words.limits.search(text[max(0, start - _NEAR) : start])
    matching = frozenset(
        number for number, one in enumerate(offered) if _fits(date, one, weekday=weekday, clock_only=clock_only)
    )
    if timed and limited and clock_only:
        matching = frozenset()
    return Pointer(start, end, matching, timed=timed, bare_time=clock_only)


def _names(date: DateMention, language: str) -> tuple[bool, bool]:
    """Whether the words name a weekday and no date, and whether they name a time of day alone."""
    rest = _CLOCK.sub(" ", date.quote)
    if any(letter.isdigit() for letter in rest):
        return False, False
    entries = lexicon(language if language in ("nl", "en", "de") else "en").entries
    words = [{entry.category for entry in entries.get(word, ())} for word in _WORD.findall(rest.lower())]
    kinds = {kind for word in words for kind in word}
    if "relday" in kinds or any(word and word <= _DATED for word in words):  # "past" is of a clock, too
        return False, False
    on_weekday = any(kind.startswith("weekday") for kind in kinds) or _has_weekday(rest)
    return on_weekday, not on_weekday and date.grain in _MOMENTS


def _has_weekday(quote: str) -> bool:
    """A weekday in another of the three languages, or one grown together with a part of the day."""
    lowered = quote.lower()
    return any(
        name in lowered
        for language in ("nl", "en", "de")
        for name, entries in lexicon(language).entries.items()
        if len(name) > len("don't") and any(entry.category == "weekday" for entry in entries)
    )


def _fits(date: DateMention, option: Option, *, weekday: bool, clock_only: bool) -> bool:
    start = option.start.astimezone(date.start.tzinfo)
    if not clock_only:
        same = start.weekday() == date.start.weekday() if weekday else start.date() == date.start.date()
        if not same:
            return False
    if date.grain is Grain.DAY:
        return date.end is None or not (date.end - date.start).days > 1
    if date.end is not None and date.grain is Grain.HOUR:
        return date.start.time() <= start.time() and (
            date.end.date() > date.start.date() or start.time() < date.end.time()
        )
    named = date.start.time()
    return (start.hour, start.minute) == (named.hour, named.minute)


def _at_place(text: str, words: ChoiceWords, count: int) -> Iterator[Pointer]:
    """Ordinals and numbers; the middle one only of three."""
    masked = words.pointless.sub(lambda match: "\0" * len(match[0]), text)
    last, middle = count - 1, count // 2 if count == 3 else count  # noqa: PLR2004 -- only three have a middle
    for pattern, index in zip(words.places, (0, 1, 2, 3, 4, last, middle), strict=True):
        if index < count:
            yield from (Pointer(*match.span(), frozenset({index})) for match in pattern.finditer(masked))
    for match in words.numbered.finditer(masked):
        said = (match["named"] or match["bare"]).lower()
        index = words.numbers.get(said, ord(said[0]) - ord("a"))
        if index < count:
            yield Pointer(*match.span(), frozenset({index}))


def _times_joined(
    found: list[Pointer], text: str, offered: Sequence[Option], dates: Sequence[DateMention]
) -> tuple[Pointer, ...]:
    """A time that stands alone after a day, in one sentence, narrows that day; if it does not fit it, it is another time."""
    joined: list[Pointer] = []
    starts = {date.offset: date.start for date in dates}
    for pointer in found:
        before = joined[-1] if joined else None
        if pointer.bare_time and before and before.options and not _sentence_between(text, before, pointer):
            said = starts[pointer.start]
            fit = before.options & pointer.options
            same_day = {number for number in before.options if offered[number].start.date() == said.date()}
            if fit or same_day or not before.timed:
                pointer = replace(pointer, options=fit)  # noqa: PLW2901 -- the same pointer, better known
                if fit:
                    joined[-1] = replace(before, options=fit)
        joined.append(pointer)
    return tuple(joined)


def _sentence_between(text: str, before: Pointer, after: Pointer) -> bool:
    between = text[before.end : after.start]
    return any(mark in between for mark in (". ", "! ", "? ", "\n"))
