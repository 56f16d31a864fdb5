"""Words that close something: a question let go of ("al opgelost"), a promise delivered ("hierbij", "as promised").

In: the visible text of a message, or the quote of a promise. Out: the exact words found, or an empty string. It does
not know what was asked or promised; that is for the agreements to join. Words in a question, or beside words that take
them back ("nog niet opgelost", "alvast bedankt"), close nothing.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from crmlink.language.body import find_body
from crmlink.language.sentences import sentences

LANGUAGES = ("nl", "en", "de")
_GREETINGS = frozenset(
    {"hoi", "hallo", "dag", "beste", "ha", "hé", "hi", "hello", "dear", "liebe", "lieber", "guten", "tag"}
)
_NO = frozenset({"nee", "no", "nein"})
_NO_MATTER = frozenset({"problem", "problems", "worries", "probleem"})
_PLAIN = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u00a0": " ", "\u2019": "'", "\u2018": "'"})
"""Line ends and typographic marks as the phrases spell them, one character for one."""
_SHORT = 12
"""Words; whoever writes more says more than thanks."""


class Closing(StrEnum):
    """What words do to something open, or which kind of promise they belong to."""

    WITHDRAWN = "withdrawn"
    THANKED = "thanked"
    RECEIVED = "received"
    NAMED_THANKS = "named_thanks"
    SPOKEN = "spoken"
    DELIVERED = "delivered"
    AS_PROMISED = "as_promised"
    DONE = "done"
    REFUSED = "refused"
    POSTPONED = "postponed"
    REMINDED = "reminded"
    PENDING = "pending"
    AWAITING = "awaiting"
    BUSY = "busy"
    ANSWER = "answer"
    CALL = "call"
    MEET = "meet"
    BRING = "bring"
    MEETING = "meeting"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class _Kind:
    """The words of one kind in one language; `unless` speaks against them in the same sentence."""

    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    asked: bool

    def first(self, text: str) -> str:
        flat = text.translate(_PLAIN)
        if not self.words.search(flat):  # most mails, and cutting them into sentences costs more
            return ""
        for sentence in sentences(text):
            plain = sentence.text.translate(_PLAIN)
            if plain.rstrip(" )\"'").endswith("?") and not self.asked:
                continue
            found = self.words.search(plain)
            if found and not (self.unless and self.unless.search(plain)):
                return sentence.text[found.start() : found.end()]
        return ""


def closing_words(text: str, kind: Closing, *, language: str) -> str:
    """The first words of that kind, exactly as written; empty when there are none."""
    return _kinds(language if language in LANGUAGES else "en")[kind].first(text)


def is_courtesy(text: str, *, language: str) -> bool:
    """Whether a mail says no more than "thanks" or "fine" or "received": it delivers nothing."""
    manners = _manners(language if language in LANGUAGES else "en")
    body = text[: find_body(text).end]
    words = _words(body)
    polite = [word for word in words if word in manners.courtesy and word not in _GREETINGS]
    others = [word for word in words if word not in manners.courtesy]
    return bool(polite) and len(words) <= _SHORT and len(others) <= (len(polite) > 1) and "?" not in body


def is_mere_thanks(text: str, *, language: str) -> bool:
    """Whether a mail thanks or says that something came, and no more: neither yes nor no, so it answers nothing."""
    manners = _manners(language if language in LANGUAGES else "en")
    words = set(_words(text[: find_body(text).end]))
    return is_courtesy(text, language=language) and bool(words & manners.thanks) and not words & manners.assent


def is_assent(text: str, *, language: str) -> bool:
    """Whether a mail says yes and no more ("Prima!")."""
    manners = _manners(language if language in LANGUAGES else "en")
    words = set(_words(text[: find_body(text).end]))
    return (
        is_courtesy(text, language=language)
        and bool(words & manners.assent)
        and (not words & _NO or bool(words & _NO_MATTER))
    )


def _words(body: str) -> list[str]:
    """The words of a body in lower case, its greeting line left out."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].rstrip().endswith(","):
        lines = lines[1:]
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", " ".join(lines).lower())


@dataclass(frozen=True, slots=True)
class _Manners:
    """Words of politeness in one language: all of them, those of thanks and receipt, those of yes and no."""

    courtesy: frozenset[str]
    thanks: frozenset[str]
    assent: frozenset[str]


@functools.cache
def _kinds(language: str) -> dict[str, _Kind]:
    return {name: _kind(table) for name, table in _file(language).items() if isinstance(table, dict)}


@functools.cache
def _manners(language: str) -> _Manners:
    data = _file(language)
    return _Manners(*(frozenset(data[name].split()) for name in ("courtesy", "thanks", "assent")))


def _file(language: str) -> dict[str, Any]:
    source = resources.files("crmlink.language").joinpath(language, "closing.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _kind(table: dict[str, list[str]]) -> _Kind:
    unless = table.get("unless")
    return _Kind(_pattern(table["words"]), _pattern(unless) if unless else None, bool(table.get("asked")))


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
