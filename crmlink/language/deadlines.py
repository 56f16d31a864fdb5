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
_LIMIT = (
    r"\b(?:by|before|until|till|uiterlijk|voor|vóór|tegen|binnen|within|bis|vor|spätestens|at the latest|"
    r"(?:ten|op z'n|op zijn) laatste?|no later than)\b"
)
_BY = re.compile(rf"{_LIMIT}\s*(?:de|het|the|dem|den)?\s*$", re.IGNORECASE)
_SAYS_BY = re.compile(rf"(?:am|op|on|the)?\s?{_LIMIT}|.*(?:latest|laatste?)\s*$", re.IGNORECASE)
_OF = r"\b(?:van|of|vom|from|sinds|sedert|since|seit)"
_TELLS = re.compile(rf"(?:{_OF}\s+(?:de|the|dem)?|\b(?:the|your|our|my|his|her|their|last))\s*$", re.IGNORECASE)
_BEGINS_OF = re.compile(rf"{_OF}\s", re.IGNORECASE)
_BEFORE = 24
_FEW_WORDS = 2
"""Words: a next sentence with no more than these around a date ("Friday at the latest.") says only the date."""


def mentions_in(sentence: Sentence, dates: tuple[DateMention, ...]) -> tuple[DateMention, ...]:
    """The date mentions inside a sentence; `dates` is in order of offset."""
    first = bisect_left(dates, sentence.offset, key=lambda date: date.offset)
    last = bisect_left(dates, sentence.offset + len(sentence.text), key=lambda date: date.offset)
    return dates[first:last]


def deadline(sentence: Sentence, place: int, dates: tuple[DateMention, ...]) -> datetime | None:
    """The deadline for words that begin at `place` in the sentence; `dates` are those of the whole text, in order.

    A date of the same clause comes first, then one said as a limit ("by", "uiterlijk"), then the nearest. A date that
    tells which thing is meant ("the minutes of Monday", "the February report") is no deadline.
    """
    mentions = [one for one in mentions_in(sentence, dates) if not _names_a_thing(sentence, one)]
    if not mentions:
        return None
    start, end = _clause(sentence.text, place)

    def rank(mention: DateMention) -> tuple[bool, bool, int]:
        at = mention.offset - sentence.offset
        limits = bool(_BY.search(_words_before(sentence, mention)) or _SAYS_BY.match(mention.quote))
        return (not start <= at < end, not limits, abs(at - place))

    return min(mentions, key=rank).deadline


def afterthought(sentence: Sentence, dates: tuple[DateMention, ...]) -> datetime | None:
    """The deadline that a sentence adds to the one before it, when it says little more than a date."""
    mentions = mentions_in(sentence, dates)
    if len(mentions) != 1 or "?" in sentence.text:
        return None
    around = len(sentence.text.split()) - len(mentions[0].quote.split())
    return mentions[0].deadline if around <= _FEW_WORDS else None


def _words_before(sentence: Sentence, mention: DateMention) -> str:
    at = mention.offset - sentence.offset
    return sentence.text[max(0, at - _BEFORE) : at]


def _names_a_thing(sentence: Sentence, mention: DateMention) -> bool:
    """Whether the date only tells which thing is meant."""
    return bool(_BEGINS_OF.match(mention.quote) or _TELLS.search(_words_before(sentence, mention)))


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
