"""What passes between an IMAP client and a server, cut into pieces, and how a test names one of them.

A piece is a line or half a literal of the client, or a whole response of the server with its literals (RFC 9051
section 2.2). Pieces are numbered as they pass, so that a test can count them in one run and strike each in the next.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ANNOUNCED: Final = re.compile(rb"\{(\d+)\+?\}\r\n$")
SPOKEN: Final = re.compile(rb"([A-Za-z0-9.]+) ((?:UID )?[A-Za-z]+)", re.IGNORECASE)
CONVERSES: Final = frozenset({"AUTHENTICATE", "IDLE"})
"""Commands in which the client says more lines before the server is done."""


class GoneError(Exception):
    """The other side hung up."""


class Part(StrEnum):
    """What a piece is. The first four are the client's, the others the server's."""

    COMMAND = "command"
    LITERAL_BEGINS = "first half of the literal"
    LITERAL_ENDS = "second half of the literal"
    CONTINUED = "rest of the command"
    GO_AHEAD = "go-ahead"
    UNTAGGED = "untagged answer"
    TAGGED = "answer"

    @property
    def of_client(self) -> bool:
        """Whether the client said it."""
        return self in {Part.COMMAND, Part.LITERAL_BEGINS, Part.LITERAL_ENDS, Part.CONTINUED}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: what it is, of which command, and its bytes: lines and literals in turn."""

    number: int
    part: Part
    verb: str
    chunks: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """All its bytes."""
        return b"".join(self.chunks)

    def __str__(self) -> str:
        return f"{self.number} {self.verb}, {self.part}"


@dataclass(frozen=True, slots=True)
class At:
    """The `nth` piece of that kind (0: every one), counted over all connections; or the piece of that number.

    `byte` bytes of it still pass.
    """

    verb: str = ""
    part: Part = Part.COMMAND
    nth: int = 1
    byte: int = 0
    number: int | None = None

    def fits(self, piece: Piece) -> bool:
        """Whether it is a piece of the kind that is counted."""
        if self.number is not None:
            return piece.number == self.number
        return piece.part is self.part and self.verb in {"", piece.verb}


@dataclass(slots=True)
class Said:
    """One command of a client, with its literals, and the responses it got."""

    connection: int
    tag: bytes
    verb: str
    line: bytes
    literals: list[bytes] = field(default_factory=list)
    rest: bytes = b""
    answers: list[tuple[bytes, ...]] = field(default_factory=list)

    @property
    def arguments(self) -> bytes:
        """What stands behind the verb."""
        return self.line[len(self.tag) + 1 + len(self.verb) :].strip()

    @property
    def folder(self) -> str:
        """The first argument, without quotes."""
        match = re.match(rb'"((?:[^"\\]|\\.)*)"|(\S+)', self.arguments)
        return (match[1] or match[2] or b"").decode() if match else ""


class Stream:
    """Reads lines and literals from a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.rest = b""

    def line(self) -> bytes:
        """The next line with its end. Raises GoneError, OSError."""
        while b"\r\n" not in self.rest:
            self._hear()
        end = self.rest.index(b"\r\n") + 2
        return self.take(end)

    def take(self, size: int) -> bytes:
        """The next bytes. Raises as `line`; what came before the end is then in `rest`."""
        while len(self.rest) < size:
            self._hear()
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def whole(self) -> tuple[bytes, ...]:
        """The next response: lines and literals in turn."""
        chunks = [self.line()]
        while announced := ANNOUNCED.search(chunks[-1]):
            chunks += [self.take(int(announced[1])), self.line()]
        return tuple(chunks)

    def anything(self) -> bytes:
        """Whatever came, once lines no longer count. Empty at the end."""
        found, self.rest = self.rest, b""
        return found or self.connection.recv(65536)

    def _hear(self) -> None:
        data = self.connection.recv(65536)
        if not data:
            raise GoneError
        self.rest += data
