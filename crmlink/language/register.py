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
_NO_HOUR = r"(?<![\w'./-])(?<!\d )"


@dataclass(frozen=True, slots=True)
class _Signs:
    """The patterns of one language."""

    formal: re.Pattern[str]
    informal: re.Pattern[str]
    familiar: re.Pattern[str]
    formal_opening: re.Pattern[str]
    informal_opening: re.Pattern[str]
    formal_closing: re.Pattern[str]
    informal_closing: re.Pattern[str]
    first_name_opening: re.Pattern[str]
    casual: re.Pattern[str]
    distant_opening: re.Pattern[str]
    distant_closing: re.Pattern[str]


def read_register(text: str, *, language: str) -> Register:
    """The register of a text in "nl", "en" or "de"; neutral in any other language and when nothing tells."""
    if language not in LANGUAGES:
        return Register.NEUTRAL
    text = text[:LONGEST].translate(_STRAIGHT).strip()
    signs = _signs(language)
    body = find_body(text)
    said = text[: body.end]
    ending = text[body.end :]
    return _by_pronouns(said, signs) or _by_frame(said, ending, signs) or _by_tone(said, ending, signs)


def _by_pronouns(said: str, signs: _Signs) -> Register | None:
    """What the words for "you" say; None when there are none or as many of both."""
    if signs.familiar.search(said):
        return Register.INFORMAL
    formal = sum(1 for _ in signs.formal.finditer(said))
    informal = sum(1 for _ in signs.informal.finditer(said))
    if formal == informal:
        return None
    if formal > informal and signs.first_name_opening.match(said) and not signs.formal_opening.match(said):
        return Register.INFORMAL
    return Register.FORMAL if formal > informal else Register.INFORMAL


def _by_frame(said: str, ending: str, signs: _Signs) -> Register | None:
    """What salutation and closing say."""
    if signs.formal_opening.match(said) or signs.formal_closing.match(ending):
        return Register.FORMAL
    if signs.informal_opening.match(said) or signs.informal_closing.match(ending):
        return Register.INFORMAL
    return None


def _by_tone(said: str, ending: str, signs: _Signs) -> Register:
    """What remains: turns of phrase, and whether it is a letter at all."""
    if signs.casual.search(said) or _PICTURE.search(said):
        return Register.INFORMAL
    if signs.distant_opening.match(said):
        return Register.FORMAL
    is_note = 0 < len(said) <= _NOTE and not signs.distant_closing.match(ending)
    return Register.INFORMAL if is_note else Register.NEUTRAL


@cache
def _signs(language: str) -> _Signs:
    source = resources.files("crmlink.language").joinpath(language, "register.toml")
    data: dict[str, Sequence[str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return _Signs(
        formal=_anywhere(data["formal"]),
        informal=_anywhere(data["informal"]),
        familiar=_anywhere(data["familiar"]),
        formal_opening=_first(data["formal_opening"]),
        informal_opening=_first(data["informal_opening"]),
        formal_closing=_first(data["formal_closing"]),
        informal_closing=_first(data["informal_closing"]),
        first_name_opening=_first(data["first_name_opening"], then=_NAME),
        casual=_anywhere(data["casual"]),
        distant_opening=_first(data["distant_opening"]),
        distant_closing=_first(data["distant_closing"]),
    )


def _anywhere(words: Sequence[str]) -> re.Pattern[str]:
    """Whole words; not behind a number ("10 u" is an hour)."""
    return re.compile(rf"{_NO_HOUR}(?:{'|'.join(words)})(?![\w/-])" if words else r"(?!)", re.IGNORECASE)


def _first(words: Sequence[str], *, then: str = "") -> re.Pattern[str]:
    """Words that open a text; names keep their capitals."""
    return re.compile(rf"\W{{0,5}}(?i:{'|'.join(words)})(?!\w){then}" if words else r"(?!)")
