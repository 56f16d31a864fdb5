"""Tells in which language a mail was written: Dutch, English, German or French.

In: the newly written text of a message. Out: a language code. Decides by known words first and by letter patterns for
the rest; names, numbers, addresses and terms that every office uses say nothing, nor does what stands below the closing.
Text without a sign of its own gets the fallback. Reads no more than the beginning of a long mail.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from crmlink.language.body import find_body

LANGUAGES = ("nl", "en", "de", "fr")
LONGEST = 4000
"""Characters that are read; more would not change the answer."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}|\S{1,64}@\S{1,200}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'/.&][^\W\d_]+){0,4}|'[a-z]\b")
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'"})
_COMMON = 2.0
_MAIL = 1.6
_GUESS = 1.2
_NAME = 0.25
_MARGIN = 1.0
_SHORTEST_GUESS = 4
_SMOOTHING = 0.5
_SILENT = (0.0,) * len(LANGUAGES)


@dataclass(frozen=True, slots=True)
class _Model:
    """For every known word, and every three letters, how much they speak for each language."""

    words: dict[str, tuple[float, ...]]
    letters: dict[str, tuple[float, ...]]


def identify(text: str, *, fallback: str) -> str:
    """The language of a text, "nl", "en", "de" or "fr"; `fallback` when the text does not tell."""
    text = text[:LONGEST] if text.isascii() else text[:LONGEST].translate(_STRAIGHT)
    if "@" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    return _language(text[: find_body(text).closed], fallback) or _language(text, fallback) or fallback


def _language(text: str, fallback: str) -> str:
    """The language that most words speak for, the fallback having a small lead; empty when no word speaks."""
    known = _model().words
    written = _WORD.findall(text)
    signs = Counter(map(known.get, map(str.lower, written)))
    if signs.pop(None, 0):
        unknown = (word for word in written if len(word) >= _SHORTEST_GUESS and word.lower() not in known)
        signs.update(map(_guess, unknown))
    scores = [sum(count * sign[index] for sign, count in signs.items() if sign) for index in range(len(LANGUAGES))]
    if max(scores) < _MARGIN:
        return ""
    if fallback in LANGUAGES:
        scores[LANGUAGES.index(fallback)] += _MARGIN
    return LANGUAGES[scores.index(max(scores))]


@lru_cache(maxsize=4096)
def _guess(word: str) -> tuple[float, ...]:
    """What the letters of an unknown word say, for or against a language; little when it may be a name."""
    letters = _model().letters
    found = [letters[part] for part in _parts(word.lower()) if part in letters]
    if not found:
        return _SILENT
    most = _NAME if word[0].isupper() else _GUESS
    return tuple(max(-most, min(most, 2 * sum(column) / len(found))) for column in zip(*found, strict=True))


def _parts(word: str) -> Iterator[str]:
    """The groups of three letters of a word, its borders marked."""
    marked = f" {word[:40]} "
    return (marked[at : at + 3] for at in range(len(marked) - 2))


@cache
def _model() -> _Model:
    source = resources.files("crmlink.language").joinpath("languages.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    common = {name: frozenset(data[name]["common"].split()) for name in LANGUAGES}
    mail = {name: frozenset(data[name]["mail"].split()) - common[name] for name in LANGUAGES}
    every = frozenset().union(*common.values(), *mail.values())
    words = {
        word: tuple(_COMMON * (word in common[name]) + _MAIL * (word in mail[name]) for name in LANGUAGES)
        for word in every
    }
    words.update(dict.fromkeys(data["international"].split(), _SILENT))
    return _Model(words, _letters([common[name] | mail[name] for name in LANGUAGES]))


def _letters(vocabularies: Iterable[frozenset[str]]) -> dict[str, tuple[float, ...]]:
    """How much more often three letters stand in the words of one language than in all of them (natural logarithm)."""
    counts = [Counter(part for word in vocabulary for part in _parts(word)) for vocabulary in vocabularies]
    sizes = [sum(count.values()) for count in counts]
    found: dict[str, tuple[float, ...]] = {}
    for part in frozenset().union(*counts):
        shares = [(count[part] + _SMOOTHING) / size for count, size in zip(counts, sizes, strict=True)]
        mean = sum(map(math.log, shares)) / len(shares)
        found[part] = tuple(math.log(share) - mean for share in shares)
    return found
