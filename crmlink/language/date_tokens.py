"""Cuts a text into runs of words and numbers that may together name a date, with all readings of each.

In: the text and a lexicon. Out: runs of tokens with their terminals for the chart. Numbers that are a price, a phone
number, a version or part of a name get no reading, and so end a run. Decides nothing about dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crmlink.language.chart import Item
from crmlink.language.date_lexicon import GLUE, TOKEN, Entry, Lexicon

_LONGEST_RUN = 16
_CUES = frozenset({"at", "from", "between", "approx", "past", "tominute", "half", "quarter"})
"""Glue that makes a time of a plain number."""
_RANGE = re.compile(r"(\d{1,2}(?:[:.]\d\d)?)([-–])(\d{1,2}(?:[:.]\d\d)?)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)")
_DAY_MONTH = re.compile(r"(\d{1,2})([-/.])(\d{1,2})")
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)(?::[0-5]\d)?")
_GLUED_BEFORE = frozenset("€$£#§+_-–/\\.,:=&@")
_GLUED_AFTER = frozenset("%€$£°_\\=&@")


class Token(NamedTuple):
    """One word, number or sign: lower-case text and where it stands."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Run:
    """Neighbouring tokens that all have a reading, with the terminals that begin at each."""

    tokens: list[Token]
    terminals: list[list[Item]]


_UNKNOWN = Token("", -1, -1)
"""Stands for every word that has nothing to do with time."""


def tokens(text: str, words: Lexicon) -> list[Token]:
    """All tokens; compounds and ranges of numbers are cut into their parts."""
    found: list[Token] = []
    known, numbered, compounds = words.known, words.numbered, words.compounds
    for match in TOKEN.finditer(text):
        raw = match[0].lower().replace("’", "'")
        if raw in known or raw in numbered:
            found.append(Token(raw, match.start(), match.end()))
        elif raw[0].isdecimal():
            cut = _RANGE.fullmatch(raw)
            found += _pieces(match.start(), [cut[1], cut[2], cut[3]] if cut else [raw])
        elif at := compounds.get(raw):
            found += _pieces(match.start(), [raw[:at], raw[at:]])
        else:
            found.append(_UNKNOWN)
    return found


def _pieces(start: int, parts: list[str]) -> Iterator[Token]:
    for part in parts:
        yield Token(part, start, start + len(part))
        start += len(part)


def runs(text: str, found: list[Token], words: Lexicon) -> Iterator[Run]:
    """The runs in which at least one word or number speaks of time."""
    for begin, end in _stretches(text, found, words):
        run, covered = Run([], []), begin
        for index in range(begin, end):
            terminals = _terminals(text, found, index, words)
            if (not terminals and index >= covered) or len(run.tokens) >= _LONGEST_RUN:
                if _worth_reading(run):
                    yield run
                run = Run([], [])
            if terminals or (index < covered and run.tokens):
                run.tokens.append(found[index])
                run.terminals.append(terminals)
                covered = max([covered, *(index + item.end for item in terminals)])
        if _worth_reading(run):
            yield run


def _stretches(text: str, found: list[Token], words: Lexicon) -> Iterator[tuple[int, int]]:
    """From where to where neighbouring tokens are all known, and one of them is more than glue."""
    begin, telling = -1, False
    for index, token in enumerate(found):
        word = token.text
        number = word[:1].isdecimal()
        known = number or word in words.known
        if begin >= 0 and (not known or _parted(text, found[index - 1], token)):
            if telling:
                yield begin, index
            begin = -1
        if known:
            if begin < 0:
                begin, telling = index, False
            telling = telling or number or word in words.telling
    if begin >= 0 and telling:
        yield begin, len(found)


def _worth_reading(run: Run) -> bool:
    for place, items in enumerate(run.terminals):  # an item may not reach beyond the run that was cut off
        items[:] = [
            Item(item.category, place + item.end, item.value) for item in items if place + item.end <= len(run.tokens)
        ]
    said = {item.category for items in run.terminals for item in items}
    return not said <= GLUE or ("num" in said and bool(said & _CUES))


def _parted(text: str, before: Token, token: Token) -> bool:
    gap = text[before.end : token.start]
    return "\n" in gap and (gap.count("\n") > 1 or not token.text[-1].isalnum())


def _terminals(text: str, found: list[Token], index: int, words: Lexicon) -> list[Item]:
    """Readings that begin at this token; their ends are counted from it."""
    token = found[index]
    if token.text[0].isdecimal():
        return _numbers(text, found, index, words)
    return [
        Item(entry.category, len(entry.words), entry.value)
        for entry in words.entries.get(token.text, ())
        if _matches(text, found, index, entry)
    ]


def _matches(text: str, found: list[Token], index: int, entry: Entry) -> bool:
    size = len(entry.words)
    if size > 1 and tuple(token.text for token in found[index : index + size]) != entry.words:
        return False
    if entry.capital and not text[found[index].start].isupper():
        return False
    if entry.going_on:
        rest = text[found[index + size - 1].end :][:2]
        return len(rest) > 1 and (rest[0] in ",;." or (rest[0] == " " and (rest[1].islower() or rest[1].isdecimal())))
    return True


def _numbers(text: str, found: list[Token], index: int, words: Lexicon) -> list[Item]:
    token = found[index]
    if _is_name(text, found, index, words):
        return []
    if token.text.isdecimal():
        return _whole(text, found, index, words)
    if match := _ISO.fullmatch(token.text):
        return [Item("ymd", 1, (int(match[1]), int(match[2]), int(match[3])))]
    if match := _DAY_MONTH_YEAR.fullmatch(token.text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)  # noqa: PLR2004 - two digits
        return [Item("dmy", 1, (int(match[1]), int(match[3]), year))]
    items = []
    if match := _CLOCK.fullmatch(token.text):
        value = (int(match[1]), int(match[2]), match[1][0] == "0")
        items.append(Item("hm" if ":" in token.text else "hmdot", 1, value))
    if match := _DAY_MONTH.fullmatch(token.text):
        dotted = text[token.end : token.end + 1] == "."
        items.append(Item("dm.", 1 + dotted, match.groups()) if match[2] == "." else Item("dm", 1, match.groups()))
    return items


def _whole(text: str, found: list[Token], index: int, words: Lexicon) -> list[Item]:
    """Readings of a plain number: itself, an ordinal, the hour of "15u30", the day of "14-3"."""
    token = found[index]
    number = int(token.text) if len(token.text) <= 4 else -1  # noqa: PLR2004 - nothing about time is longer
    if number < 0:
        return []
    near = [other.text for other in _adjacent(found, index)]
    if len(near) > 1 and near[0] in {"h", "u"} and re.fullmatch("[0-5][0-9]", near[1]) and number <= 24:  # noqa: PLR2004 - hours of a day
        return [Item("hm", 3, (number, int(near[1]), True))]
    if near and near[0] in words.suffixes:
        return [Item("ordnum", 2, number)]
    if text[token.end : token.end + 1].isalpha() and not (near and near[0] in words.entries):
        return []
    items = [Item("num", 1, number)]
    if len(token.text) == 4 and 1900 <= number <= 2100:  # noqa: PLR2004 - years people write about
        items.append(Item("year", 1, number))
    if near and near[0] == "." and words.language == "de":
        items.append(Item("ordnum", 2, number))
    if len(near) > 1 and near[0] in "-–" and near[1].isdecimal() and len(near[1]) <= 2:  # noqa: PLR2004 - a month
        items.append(Item("dm", 3, (token.text, "-", near[1])))
    return items


def _adjacent(found: list[Token], index: int) -> list[Token]:
    near = []
    for one, two in zip(found[index : index + 2], found[index + 1 : index + 3], strict=False):
        if one.end != two.start:
            break
        near.append(two)
    return near


def _is_name(text: str, found: list[Token], index: int, words: Lexicon) -> bool:
    token = found[index]
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    if after and after in _GLUED_AFTER:
        return True
    previous = found[index - 1] if index else None
    if previous is not None and previous.text in words.numbered:
        return True
    if not before or before.isspace():
        return text[max(0, token.start - 2) : token.start].strip() in {"€", "$", "£"}
    if before.isalnum():
        return previous is None or len(previous.text) == 1 or previous.text not in words.entries
    if before not in _GLUED_BEFORE:
        return False
    ranged = (
        index > 1
        and previous is not None
        and before in "-–"
        and (found[index - 2].text[:1].isdecimal() or found[index - 2].text == ".")
    )
    return not (ranged and found[index - 2].end == token.start - 1)
