"""Cuts a mail text into sentences.

Decides where a sentence ends: at a full stop that is no abbreviation, at a question mark, at the end of a list item,
at a real line end (not at a line that was merely wrapped at some 72 columns). Never changes or drops a character of a
sentence: each is an exact slice of what came in. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crmlink.language.wordlists import word_list

LONGEST = 2000
"""Characters; a longer run without an end is cut at a space, so that no later stage meets a monster."""

_SHORT_LINE = 25
_LONG_LINE = 50
"""Characters: a shorter line than the first was ended by hand, a longer one than the second by the program."""
_ORDINAL = 2

_END = re.compile(r"[.!?…]{1,20}[\"')\]»”’*_]{0,4}(?=\s|$)|[a-zà-ÿ)]{2}[.?!](?=[A-ZÀ-Þ][a-zà-ÿ]{1,30}\s)")
_NEXT = re.compile(r"\s+(\w{1,12})")
_WORD = re.compile(r"\w")
_BULLET = re.compile(
    r"[ \t]{0,40}(?:[-*•·–—+▪>]{1,3}|\(?\d{1,2}[.)](?!\s*(?:jan|feb|m[aä]r|apr|ma[iy]|mei|mrt|ju[nl]|aug|sep|o[ck]t|nov|de[cz]))|"
    r"\(?[a-z]\))[ \t]+(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:met|hartelijke?|vriendelijke?|warme|beste|lieve|veel|vele|mvg|gr|gr\.|groet\w*|m\.?v\.?g\.?|hoogachtend|"
    r"alvast|dank|bedankt|merci|liefs|kus|tot|fijn|prettig|thanks|thank|many|kind|best|warm|regards|cheers|sincerely|yours|"
    r"all the best|mit|viele|liebe|beste|herzliche|freundliche|lg|vg|mfg|danke|vielen)\b.{0,45})$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\s*(?:(?:beste|geachte|hoi|hallo|dag|hé|hey|hi|hello|hej|ha|lieve|goede\w*|dear|good|sehr|liebe|lieber|guten|mogge|all)\b.{0,60}|\w[\w .'-]{0,30}),?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: an exact slice of the text, and where it begins there."""

    text: str
    offset: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """All sentences of a text in order. Greeting, closing and list items stand alone; what holds no word is none."""
    found: list[Sentence] = []
    for start, end in _blocks(text):
        found.extend(_cut(text, start, end))
    return tuple(found)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines that belong together: wrapped lines joined, everything else one line each."""
    start = end = -1
    last = ""
    for line, begin in _lines(text):
        if not line.strip():
            if start >= 0:
                yield start, end
            start = -1
        elif start >= 0 and _is_wrapped(last, line):
            end = begin + len(line)
        else:
            if start >= 0:
                yield start, end
            bullet = _BULLET.match(line)
            start, end = begin + (bullet.end() if bullet else 0), begin + len(line)
        last = line
    if start >= 0:
        yield start, end


def _lines(text: str) -> Iterator[tuple[str, int]]:
    begin = 0
    for line in text.splitlines(keepends=True):
        yield line.rstrip(), begin
        begin += len(line)


def _is_wrapped(line: str, following: str) -> bool:
    """Whether `following` goes on with the sentence of `line`: the writer's program broke it, not the writer."""
    length = len(line.strip())
    if length < _SHORT_LINE or line[-1] in ".!?:;…" or _BULLET.match(following) or _CLOSING.match(following):
        return False
    if _GREETING.match(line) or _CLOSING.match(line):
        return False
    begins_small = following.lstrip()[:1].islower()
    return begins_small if length < _LONG_LINE else True


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentences of one block."""
    begin = start
    for match in _END.finditer(text, start, end):
        if _ends_here(text, begin, match, end):
            yield from _slices(text, begin, match.end())
            begin = match.end()
    yield from _slices(text, begin, end)


def _ends_here(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    following = text[match.end() : min(end, match.end() + 6)].lstrip()[:1]
    if "?" in mark or "!" in mark:
        return not (mark[-1] in ")\"'”’" and following.islower())
    if mark.startswith(("...", "…", "..")):
        return not following.islower()
    if mark != ".":
        return True
    word = re.split(r"[\s(\"'“‘]", text[max(begin, match.start() - 24) : match.start()])[-1].lower()
    if word in word_list("calendar_abbreviations"):
        return not following.isdigit()
    if word in word_list("abbreviations"):
        return word in word_list("doubtful_abbreviations") and following.isupper()
    if len(word) == 1 and word.isalpha():
        return False
    if not word.isdigit() or len(word) > _ORDINAL:
        return True
    # an ordinal: "13. März", "1. eerste punt", "de 2. verdieping"
    month = _NEXT.match(text, match.end(), end)
    counts = month is not None and month.group(1).lower() in word_list("capital_months")
    return not (counts or following.islower() or match.start() - begin <= _ORDINAL)


def _slices(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The stripped sentence, in pieces of at most LONGEST characters."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = space if space > 0 else start + LONGEST
        yield Sentence(text[start:cut], start)
        start = cut
    if _WORD.search(text, start, end):
        yield Sentence(text[start:end], start)
