"""To whom a sentence speaks: to the owner, or to somebody else who is called by name.

In: a sentence and who is who among the readers. Out: OWNER, OTHER or nothing said. Decides nothing about what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crmlink.language.wordlists import word_list

_PARTICLE = r"(?:van|de|der|den|ten|ter|te|von|zu|'t)"
_NAME = rf"(?:{_PARTICLE} ){{0,3}}[^\W\d_][\w'’-]{{1,30}}(?: {_PARTICLE}| (?-i:[A-Z])[\w'’-]{{1,30}}){{0,4}}"
_VOCATIVE = re.compile(rf"\s*(?P<name>{_NAME})\s{{0,2}}(?:[,:–—-]|$)")
_AT = re.compile(r"(?<![\w.])@([^\W\d_][\w-]{1,30})(?![\w-]*\.\w)")
_GREETING = re.compile(
    r"\s*(?:beste|geachte|hoi|hallo|dag|hé|hey|hi|hello|hej|ha|lieve|dear|liebe[rs]?|sehr geehrter?|goede(?:morgen|middag|navond)|"
    r"good (?:morning|afternoon|evening)|guten (?:morgen|tag))\s+"
    r"(?:(?:heer|mevrouw|meneer|mr\.?|mrs\.?|ms\.?|herr|frau|dhr\.?|mevr\.?|dr\.?)\s+)?"
    rf"(?P<name>{_NAME}(?: (?:en|and|und|&) {_NAME}){{0,4}})",
    re.IGNORECASE,
)
_AND = re.compile(r" (?:en|and|und|&) ")
_PARTICLES = frozenset(("van", "de", "der", "den", "ten", "ter", "te", "von", "zu", "'t"))

_SHORT_NAME = 3
"""Letters of a pet name that still show whose it is."""


class Reader(StrEnum):
    """Who is called by name."""

    OWNER = "owner"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Addressing:
    """Who reads the mail. Names are first names and full names as people write them.

    `to_owner`: the owner stands in To (not only in Cc); `from_owner`: the owner wrote it himself.
    """

    owner_names: tuple[str, ...] = ()
    to_owner: bool = True
    from_owner: bool = False
    other_names: tuple[str, ...] = ()


def called(sentence: str, addressing: Addressing) -> Reader | None:
    """Whom the sentence calls by name at its start or with an @, None when it calls nobody."""
    for match in _AT.finditer(sentence):
        return Reader.OWNER if _is_owner(match.group(1).lower(), addressing) else Reader.OTHER
    if _GREETING.match(sentence):
        return greeted(sentence, addressing)
    vocative = _VOCATIVE.match(sentence)
    if not vocative or vocative.group("name").lower() in word_list("openers"):
        return None
    return _known(vocative.group("name"), addressing)


def greeted(sentence: str, addressing: Addressing) -> Reader | None:
    """Whom the sentence greets by name, None when it is no greeting or names nobody who is known."""
    greeting = _GREETING.match(sentence)
    return _known(greeting.group("name"), addressing) if greeting else None


def _known(names: str, addressing: Addressing) -> Reader | None:
    """Whose name it is; of several joined names the owner's counts."""
    found = {_reader(name, addressing) for name in _AND.split(names)}
    return next((reader for reader in Reader if reader in found), None)


def _reader(name: str, addressing: Addressing) -> Reader | None:
    """The first word of the name that is a known one decides."""
    others = _words(addressing.other_names)
    for word in _words((name,)):
        if _is_owner(word, addressing):
            return Reader.OWNER
        if word in others:
            return Reader.OTHER
    return None


def _is_owner(word: str, addressing: Addressing) -> bool:
    """Whether a word is part of the owner's name, or shortens it ("San" for Sanne)."""
    parts = _words(addressing.owner_names)
    return word in parts or any(len(word) >= _SHORT_NAME and part.startswith(word) for part in parts)


def _words(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for name in names for word in name.lower().split() if word not in _PARTICLES)
