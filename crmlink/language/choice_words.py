"""The words of one language with which people choose among moments that were offered, as patterns.

In: `<language>/choices.toml`, whose Dutch file explains the keys. Decides nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("nl", "en", "de")


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """`places` are patterns of one pointer each: the first to the fifth moment, then the last, then the middle one.

    `cut` is what stands between clauses; its words are in `joins` (both sides alike), `causes` (a reason follows) or are a
    contrast. `limits` stand before a time of day, `stretches` begin a time that reaches on ("from Wednesday"): neither
    names one moment. The other patterns are about a clause, those from `none` on about the whole mail.
    """

    places: tuple[re.Pattern[str], ...]
    numbered: re.Pattern[str]
    numbers: Mapping[str, int]
    pointless: re.Pattern[str]
    limits: re.Pattern[str]
    stretches: re.Pattern[str]
    cut: re.Pattern[str]
    joins: frozenset[str]
    causes: frozenset[str]
    fillers: frozenset[str]
    no: re.Pattern[str]
    unless: re.Pattern[str]
    maybe: re.Pattern[str]
    prefer: re.Pattern[str]
    yes: re.Pattern[str]
    asks: frozenset[str]
    suggests: re.Pattern[str]
    none: re.Pattern[str]
    both: re.Pattern[str]
    pending: re.Pattern[str]
    assent: re.Pattern[str]


@cache
def choice_words(language: str) -> ChoiceWords:
    """The words of `nl`, `en` or `de`; another language is read as English."""
    known = language if language in LANGUAGES else "en"
    data = tomllib.loads(resources.files(__package__).joinpath(known, "choices.toml").read_text("utf-8"))
    joins, causes = data["conjunctions"].split(), data["causes"].split()
    cuts = "|".join([*joins, *causes, *data["contrasts"].split()])
    patterns = {name: _any(data[name]) for name in _PATTERNS}
    return ChoiceWords(
        places=tuple(_place(data, words) for words in (*data["places"], data["last"], data["middle"])),
        numbered=_numbered(data),
        numbers={name: index for names in (data["numbers"].split(), "12345") for index, name in enumerate(names)},
        limits=re.compile(rf"(?<!\w)(?:{'|'.join(data['limits'])})\s*(?:om |at |um )?$", re.IGNORECASE),
        stretches=re.compile(rf"(?:{'|'.join(data['stretches'])})(?!\w)", re.IGNORECASE),
        cut=re.compile(rf"\s*[,;:!?()]+\s*(?:(?:{cuts})(?!\w))?|\s[-–—]\s|(?<!\w)(?:{cuts})(?!\w)", re.IGNORECASE),
        joins=frozenset(joins),
        causes=frozenset(causes),
        fillers=frozenset(word.strip(".'") for word in data["fillers"].split()),
        asks=frozenset(data["asks"].split()),
        **patterns,
    )


_PATTERNS = ("pointless", "no", "unless", "maybe", "prefer", "yes", "suggests", "none", "both", "pending", "assent")


def _any(alternatives: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def _words(data: dict[str, Any], name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(data[name].split(), key=len, reverse=True))


def _place(data: dict[str, Any], words: list[str]) -> re.Pattern[str]:
    """One ordinal as a pointer: with its article or noun, or with "please"; never "the first time"."""
    word = "|".join(map(re.escape, words))
    article, noun, polite = (_words(data, name) for name in ("articles", "nouns", "polite"))
    after = rf"(?=\s*(?:$|[.,;:!?)\n–-]|(?:{_words(data, 'followers')}|{polite})(?!\w)))"
    named = rf"(?:(?:{article})\s+)?(?:{word})\s+(?:{noun})(?!\w)"
    return re.compile(
        rf"(?<!\w)(?:{named}|(?:{article})\s+(?:{word}){after}|(?:{word})(?=\s+(?:{polite})(?!\w)))", re.IGNORECASE
    )


def _numbered(data: dict[str, Any]) -> re.Pattern[str]:
    """A number as a pointer: "option 2", "#2", or a 2 at the beginning of a line before a word or alone."""
    after = rf"(?=\s*(?:$|[.,!\n]|\s(?:{_words(data, 'followers')}|{_words(data, 'polite')})(?!\w)))"
    named = rf"(?<!\w)(?:(?:{_words(data, 'numbered')})\s*|#)(?P<named>[1-5a-e]|{_words(data, 'numbers')})(?!\w)"
    return re.compile(rf"{named}|^\s*(?P<bare>[1-5])(?!\w){after}", re.IGNORECASE | re.MULTILINE)
