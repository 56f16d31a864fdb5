"""The words that say what a text is about: its content words, without what every mail is full of.

In: any short text. Out: lower-case words, and whether two texts share one. Dutch and German compounds count as their
parts: "huurcontract" shares "contract". It does not understand a word of it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SHORTEST = 4
_PART = 5
"""Letters a word must have to be found inside a longer one."""


def topic_words(text: str) -> frozenset[str]:
    """The content words of a text."""
    words = (word.strip("'’-").lower() for word in _WORD.findall(text))
    return frozenset(word for word in words if len(word) >= _SHORTEST and word not in _empty())


def share_topic(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
    """The words of the first that the second has too, whole or as a part of a compound."""
    return frozenset(word for word in one if any(_same(word, other) for other in two))


def _same(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return short == long or (len(short) >= _PART and (long.startswith(short) or long.endswith(short)))


@cache
def _empty() -> frozenset[str]:
    """Words that say nothing of the subject: those that carry sentences, and the verbs and nouns of mail itself."""
    languages, topics = _file("languages.toml"), _file("topics.toml")
    common = (word for name in ("nl", "en", "de") for word in languages[name]["common"].split())
    return frozenset((*common, *topics["empty"].split()))


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("crmlink.language").joinpath(name).read_text(encoding="utf-8"))
