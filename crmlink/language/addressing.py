"""To whom a sentence speaks: to the owner, or to somebody else who is called by name.

In: a sentence and who is who among the readers. Out: OWNER, OTHER or nothing said. Decides nothing about what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crmlink.language.wordlists import word_list

_VOCATIVE = re.compile(
    r"\s*(?P<at>@)?(?P<name>[^\W\d_][\w'’.-]{1,30}(?: (?:van|de|der|den|ten|ter|te|von|[A-Z][\w'’-]*)){0,3})\s{0,2}(?P<mark>[,:–—-]|(?=\s*$))"
)
_AT = re.compile(r"(?<![\w.])@([^\W\d_][\w-]{1,30})(?![\w-]*\.\w)")
_GREETING = re.compile(
    r"\s*(?:beste|geachte|hoi|hallo|dag|hé|hey|hi|hello|hej|ha|lieve|dear|liebe|lieber|hallo|goede(?:morgen|middag|navond)|good (?:morning|afternoon|evening))"
    r"\s+(?:heer|mevrouw|meneer|mr\.?|mrs\.?|ms\.?|herr|frau|dhr\.?|mevr\.?)?\s*(?P<name>[^\W\d_][\w'’-]{1,30})",
    re.IGNORECASE,
)


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
        return Reader.OWNER if _is_owner(match.group(1), addressing) else Reader.OTHER
    greeting = _GREETING.match(sentence)
    if greeting:
        return _known(greeting.group("name"), addressing)
    vocative = _VOCATIVE.match(sentence)
    if not vocative or vocative.group("name").lower() in word_list("openers"):
        return None
    return _known(vocative.group("name"), addressing)


def _known(name: str, addressing: Addressing) -> Reader | None:
    if _is_owner(name, addressing):
        return Reader.OWNER
    wanted = name.lower()
    others = {part for other in addressing.other_names for part in (other.lower(), other.lower().split(" ")[0])}
    return Reader.OTHER if wanted in others or wanted.split(" ")[0] in others else None


def _is_owner(name: str, addressing: Addressing) -> bool:
    """Whether a name is the owner's, also as a part of it ("San" for Sanne, a surname)."""
    wanted = name.lower()
    parts = {part for own in addressing.owner_names for part in (own.lower(), *own.lower().split(" "))}
    return wanted in parts or any(len(wanted) >= _SHORT_NAME and part.startswith(wanted) for part in parts)
