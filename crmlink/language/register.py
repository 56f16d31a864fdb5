"""Tells how a mail addresses its reader: formally (u, Sie), informally (je, du), or without a sign of either.

In: the newly written text with its salutation and closing. Out: a register. The words for "you" in the body decide, then
salutation and closing, then the tone: turns of phrase that nobody writes to a stranger, a note without salutation, or
the distance of a letter that avoids every "you". Never reads slogans below the closing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from crmlink.language.body import find_body
from crmlink.language.phrases import LANGUAGES
from crmlink.model.reading import Register

LONGEST = 8000
"""Characters that are read."""

_NOTE = 240
"""Characters; a shorter text without salutation and formula is a note among acquaintances."""

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "\u00a0": " "})
_PICTURE = re.compile("[\U0001f300-\U0001faff☺☹❤]|(?<!\\w)[:;]-?[)(DPp](?!\\w)")
_NAME = r",?[ \t]{1,3}[A-ZÀ-Þ][\w'-]{1,30}[ \t]{0,3}(?:[,!.:\n–-]|$)"
_WORD = re.compile(r"\d[\d.,:]{0,12} ?[uU]\b|[.!?:]|[^\W_][\w'/-]{0,60}")
"""A word, a mark that ends a sentence, or an hour ("10 u"), which is no "you"."""


@dataclass(frozen=True, slots=True)
class _Signs:
    """The words and patterns of one language; `by_capital`: the formal "you" is known by its capital."""

    formal: frozenset[str]
    informal: frozenset[str]
    familiar: frozenset[str]
    by_capital: bool
    patterns: dict[str, re.Pattern[str]]

    def opens(self, kind: str, text: str) -> bool:
        """Whether the text begins with such words."""
        return bool(self.patterns[kind].match(text))


def read_register(text: str, *, language: str) -> Register:
    """The register of a text in "nl", "en" or "de"; neutral in any other language and when nothing tells."""
    if language not in LANGUAGES:
        return Register.NEUTRAL
    text = (text[:LONGEST] if text.isascii() else text[:LONGEST].translate(_STRAIGHT)).strip()
    signs = _signs(language)
    body = find_body(text)
    said, ending = text[: body.end], text[body.end :]
    return _by_pronouns(said, signs) or _by_frame(said, ending, signs) or _by_tone(said, ending, signs)


def _by_pronouns(said: str, signs: _Signs) -> Register | None:
    """What the words for "you" say; None when there are none or as many of both."""
    words = _WORD.findall(said)
    small = [word.lower() for word in words]
    is_letter = signs.opens("formal_opening", said)
    if not signs.familiar.isdisjoint(small):
        return Register.FORMAL if is_letter else Register.INFORMAL
    informal = sum(word in signs.informal for word in small)
    formal = _capitals(words, signs.formal) if signs.by_capital else sum(word in signs.formal for word in small)
    if formal == informal:
        return None
    if formal > informal and not is_letter and _is_acquainted(said, signs):
        return Register.INFORMAL
    return Register.FORMAL if formal > informal else Register.INFORMAL


def _capitals(words: Sequence[str], formal: frozenset[str]) -> int:
    """How often a word of the list stands with its capital inside a sentence."""
    return sum(word in formal and before[:1] not in ".!?:" for before, word in pairwise(words))


def _is_acquainted(said: str, signs: _Signs) -> bool:
    """Whether a Fleming writes to an acquaintance, whom he calls "u" all the same."""
    return signs.opens("first_name_opening", said) or bool(signs.patterns["regional"].search(said))


def _by_frame(said: str, ending: str, signs: _Signs) -> Register | None:
    """What salutation and closing say."""
    if signs.opens("formal_opening", said) or signs.opens("formal_closing", ending):
        return Register.FORMAL
    if signs.opens("informal_opening", said) or signs.opens("informal_closing", ending):
        return Register.INFORMAL
    return None


def _by_tone(said: str, ending: str, signs: _Signs) -> Register:
    """What remains: turns of phrase, and whether it is a letter at all."""
    if signs.patterns["casual"].search(said) or _PICTURE.search(said):
        return Register.INFORMAL
    if signs.opens("distant_opening", said):
        return Register.FORMAL
    is_note = 0 < len(said) <= _NOTE and not signs.opens("distant_closing", ending)
    return Register.INFORMAL if is_note else Register.NEUTRAL


@cache
def _signs(language: str) -> _Signs:
    source = resources.files("crmlink.language").joinpath(language, "register.toml")
    data: dict[str, Sequence[str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    openings = {kind: _first(data[kind]) for kind in data if kind.endswith(("_opening", "_closing"))}
    anywhere = {kind: _anywhere(data[kind]) for kind in ("casual", "regional")}
    acquainted = {"first_name_opening": _first(data["first_name_opening"], then=_NAME)}
    return _Signs(
        frozenset(data["formal"]),
        frozenset(data["informal"]),
        frozenset(data["familiar"]),
        bool(data.get("by_capital")),
        openings | anywhere | acquainted,
    )


def _anywhere(words: Sequence[str]) -> re.Pattern[str]:
    """Whole words."""
    return re.compile(rf"(?<![\w'./-])(?:{'|'.join(words)})(?![\w/-])" if words else r"(?!)", re.IGNORECASE)


def _first(words: Sequence[str], *, then: str = "") -> re.Pattern[str]:
    """Words that open a text; names keep their capitals."""
    return re.compile(rf"\W{{0,5}}(?i:{'|'.join(words)})(?!\w){then}" if words else r"(?!)")
