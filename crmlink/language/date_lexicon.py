"""The words of one language that have to do with time, as data: each phrase has a category and a value.

In: `<language>/dates.toml`, the names of months and days as babel knows them, and number words. Out: a `Lexicon`.
Decides nothing about what the words mean together. In the data, `^` before a phrase asks for a capital; an abbreviated
weekday with a dot is only one when the sentence goes on after it ("do. om 10 uur", but not "tot zo.").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from babel.dates import get_day_names, get_month_names

from crmlink.language.numerals import cardinals, ordinals

_SHORT = 4
"""Letters of a name that may well be a word of another language."""

TOKEN = re.compile(r"\d+(?:[.,:/–-]\d+)*|['’]?[^\W\d_]+|[^\w\s]")

GLUE = frozenset(
    [
        "at",
        "on",
        "in",
        "of",
        "from",
        "to",
        "between",
        "and",
        "before",
        "after",
        "by",
        "the",
        "approx",
        "past",
        "half",
        "comma",
        "open",
        "shut",
        "ish",
        "dot",
        "this",
        "next",
        "nextday",
        "coming",
        "last",
        "final",
        "tominute",
        "a",
        "one",
        "for",
        "soft",
        "num",
        "upcoming",
        "within",
        "loosely",
        "comingsuffix",
        "lastsuffix",
        "ago",
        "agobefore",
        "since",
        "era",
    ]
)
"""Categories that say nothing about time on their own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase as lower-case tokens. `going_on`: only inside a sentence; `capital`: only when it is written with one."""

    words: tuple[str, ...]
    category: str
    value: Any
    capital: bool = False
    going_on: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All entries by their first word.

    `known` are all words of all phrases, `telling` one word of each phrase that is more than glue.
    `compounds` maps a word to where it falls into two ("donderdagochtend"); `suffixes` follow a number and make it an
    ordinal; `numbered` are words whose number is a name ("kamer 12"); `followers` may follow a short date such as
    "the 15th" without making it something else ("the 15th floor"); `listing` stands
    between days of one list ("Tuesday or Thursday"); `names` are the names of days and months.
    `month_first`: English dials and dates; `dotted_dates`: German "15.2.".
    """

    language: str
    entries: Mapping[str, tuple[Entry, ...]]
    known: frozenset[str]
    telling: frozenset[str]
    compounds: Mapping[str, int]
    suffixes: frozenset[str]
    numbered: frozenset[str]
    followers: frozenset[str]
    listing: frozenset[str]
    names: frozenset[str]
    holidays: Mapping[str, str]
    parts: Mapping[str, tuple[int, int]]
    month_first: bool
    dotted_dates: bool


@cache
def foreign_names(language: str, other: str) -> frozenset[str]:
    """Names of days and months that only the other language has: they show that a date is written in it."""
    third = {"nl", "en", "de"} - {language, other}
    known = [lexicon(name).entries for name in (language, *third)]
    return frozenset(
        name for name in lexicon(other).names if len(name) > _SHORT and not any(name in entries for entries in known)
    )


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of `nl`, `en` or `de`, built once."""
    data = tomllib.loads(resources.files(__package__).joinpath(language, "dates.toml").read_text("utf-8"))
    found: dict[str, list[Entry]] = {}
    every = list(_entries(language, data))
    for entry in every:
        found.setdefault(entry.words[0], []).append(entry)
    days = _names(get_day_names("wide", locale=language))
    named = {"weekday", "month", "relday"}
    return Lexicon(
        language=language,
        entries={word: tuple(entries) for word, entries in found.items()},
        known=frozenset([word for entry in every for word in entry.words] + data["ordinal_suffixes"]),
        telling=frozenset(max(entry.words, key=len) for entry in every if _tells(entry)),
        compounds={
            first + second: len(first)
            for first in (*days, *data["compounds"]["first"])
            for second in data["compounds"]["second"]
        },
        suffixes=frozenset(data["ordinal_suffixes"]),
        numbered=frozenset(data["numbered"]),
        followers=frozenset(data["followers"]),
        listing=frozenset(data["listing"]),
        names=frozenset(w for w, entries in found.items() if any(e.category in named for e in entries)),
        holidays=data["holidays"],
        parts={name: (hours[0], hours[1]) for name, hours in data["parts"].items()},
        month_first=data["month_first"],
        dotted_dates=data["dotted_dates"],
    )


def _tells(entry: Entry) -> bool:
    """Whether a text without the longest word of this phrase says nothing by it."""
    return entry.category not in GLUE or entry.category == "num"


def _entries(language: str, data: Mapping[str, Any]) -> Iterator[Entry]:
    for word, number in cardinals(data["numerals"]).items():
        yield _entry(word, "num", number)
    for word, number in ordinals(data["numerals"]).items():
        yield _entry(word, "ord", number)
    for number, name in enumerate(_names(get_day_names("wide", locale=language))):
        yield _entry(name, "weekday", number)
    shy = set(data["shy_months"])
    for number, name in enumerate(_names(get_month_names("wide", locale=language)), start=1):
        yield _entry(name, "month~" if name in shy else "month", number)
        if name in shy:
            yield _entry(f"^{name}", "month^", number)
    for category, phrases in data["words"].items():
        yield from (_entry(phrase, category, phrase) for phrase in phrases)
    for category, values in data["values"].items():
        for value, phrases in values.items():
            yield from (_entry(phrase, category, _number(value)) for phrase in phrases)
    for name in data["holidays"]:
        yield _entry(name, "holiday", name)


def _entry(phrase: str, category: str, value: Any) -> Entry:
    words = tuple(TOKEN.findall(phrase.removeprefix("^").lower()))
    abbreviated = category == "weekday" and words[-1] == "."
    return Entry(words, category, value, capital=phrase.startswith("^"), going_on=abbreviated)


def _number(key: str) -> int | str:
    return int(key) if key.removeprefix("-").isdigit() else key


def _names(table: Mapping[int, str]) -> list[str]:
    return [table[key].lower() for key in sorted(table)]
