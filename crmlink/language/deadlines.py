"""Which date in a sentence belongs to what is asked or promised there.

Decides among the date mentions that were read before; reads none itself. In: the mentions of a text, a sentence and the
place of the words in it. Out: the deadline that belongs to them, or None.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import datetime

from crmlink.language.sentences import Sentence
from crmlink.model.reading import DateMention

_CLAUSE = re.compile(
    r"[;:(]|, |\b(?:en|and|und|maar|but|aber|dan|dus|zodat|so|want|because|weil|omdat)\b", re.IGNORECASE
)
_BY = re.compile(
    r"\b(?:by|before|until|till|uiterlijk|voor|vóór|tegen|binnen|within|bis|vor|spätestens|at the latest|ten laatste|no later than)\s*(?:de|het|the|dem|den)?\s*$",
    re.IGNORECASE,
)


def mentions_in(sentence: Sentence, dates: tuple[DateMention, ...]) -> tuple[DateMention, ...]:
    """The date mentions inside a sentence; `dates` is in order of offset."""
    first = bisect_left(dates, sentence.offset, key=lambda date: date.offset)
    last = bisect_left(dates, sentence.offset + len(sentence.text), key=lambda date: date.offset)
    return dates[first:last]


def deadline(sentence: Sentence, place: int, dates: tuple[DateMention, ...]) -> datetime | None:
    """The deadline for words that begin at `place` in the sentence; `dates` are those of the whole text, in order.

    A date of the same clause comes first, then one said as a limit ("by", "uiterlijk"), then the nearest.
    """
    mentions = mentions_in(sentence, dates)
    if not mentions:
        return None
    start, end = _clause(sentence.text, place)

    def rank(mention: DateMention) -> tuple[bool, bool, int]:
        at = mention.offset - sentence.offset
        limits = bool(_BY.search(sentence.text[max(0, at - 24) : at])) or bool(_BY.match(mention.quote))
        return (not start <= at < end, not limits, abs(at - place))

    return min(mentions, key=rank).deadline


def _clause(text: str, place: int) -> tuple[int, int]:
    """Start and end of the clause around a place."""
    start, end = 0, len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= place:
            start = match.end()
        elif match.start() > place:
            end = match.start()
            break
    return start, end
