"""Faults of a mail server or of the line to it, as values for `ImapProxy`.

The first group strikes at one place; the second changes what the server says, as long as it is set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.faults.wire import At, Part


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends; with `reset` it is torn off (RST), else closed (FIN). What the server was told stays told."""

    at: At
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Half-open: nothing passes any more in either direction, and nobody hangs up."""

    at: At


@dataclass(frozen=True, slots=True)
class Trickle:
    """From here on the server's bytes come one at a time, so many seconds apart."""

    at: At
    pause: float = 0.05


@dataclass(frozen=True, slots=True)
class Bye:
    """The server says goodbye and hangs up."""

    at: At
    text: str = "BYE server is going down"


@dataclass(frozen=True, slots=True)
class Refuse:
    """The server answers a command with this, and never hears of it. With `late` it takes the literal first."""

    at: At
    text: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Strike:
    """Does something the moment a piece arrives, and lets nothing of it pass: kills the client, for one."""

    at: At
    blow: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Changes the lines of the server's answers (never literals) by a regular expression, for one verb or for all."""

    pattern: bytes
    replacement: bytes
    verb: str = ""


@dataclass(frozen=True, slots=True)
class HideAppended:
    """Messages stored through this proxy since it began are in no listing, as long as this is set."""


@dataclass(frozen=True, slots=True)
class Renumber:
    """Folders of that name seem to have been renumbered: another UIDVALIDITY, as after a restore."""

    folder: str
    validity: int = 77


Fault = Cut | Silence | Trickle | Bye | Refuse | Strike | Rewrite | HideAppended | Renumber

NO_APPENDUID: Final = Rewrite(rb"\[APPENDUID [^]]*\] ?", b"", "APPEND")
SWAPPED_APPENDUID: Final = Rewrite(rb"\[APPENDUID (\d+) (\d+)\]", rb"[APPENDUID \2 \1]", "APPEND")
WRONG_APPENDUID: Final = Rewrite(rb"\[APPENDUID (\d+) \d+\]", rb"[APPENDUID \1 4711]", "APPEND")
FINDS_NOTHING: Final = Rewrite(rb"^\* SEARCH[ \d]*|^\* ESEARCH.*?(?=\r)", b"* SEARCH", "UID SEARCH")


def without(capability: str) -> Rewrite:
    """The server does not announce this (UIDPLUS, CONDSTORE, MOVE, LIST-STATUS, ESEARCH, IDLE)."""
    return Rewrite(rb"(?<= )" + capability.encode() + rb"(?=[ \]\r])( |)", b"")


def append_refused(code: str, *, late: bool = False, nth: int = 0) -> Refuse:
    """Drafts are not taken: OVERQUOTA, LIMIT, UNAVAILABLE, TRYCREATE."""
    return Refuse(At("APPEND", nth=nth), f"NO [{code}] not now", late)


def append_not_understood() -> Refuse:
    """The server calls APPEND nonsense."""
    return Refuse(At("APPEND", nth=0), "BAD what?")


def answer_to(verb: str) -> At:
    """The moment before the server's final word on this command reaches the client."""
    return At(verb, Part.TAGGED)
