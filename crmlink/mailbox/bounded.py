"""Bounds what the answer to one IMAP command may bring, so that no server can fill the memory.

In: a connection's stream. Out: the same bytes, until they are more than anything crmlink asks for. Raises
`imaplib.IMAP4.abort` then: what comes after cannot be told from the rest of the flood.
"""

from __future__ import annotations

import imaplib
from dataclasses import dataclass
from typing import Final, Protocol

MAX_ANSWER: Final = 64 * 1024 * 1024
"""Bytes that one command may bring."""
_EACH_LINE: Final = 64  # what Python adds to a line it keeps


class Stream(Protocol):
    """What is read from: a buffered binary file."""

    def readline(self, size: int, /) -> bytes:
        """A line with its end, or its first `size` bytes."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer at the end."""


@dataclass(slots=True)
class BoundedStream:
    """The answer to one command; `left` bytes of it may still come."""

    stream: Stream
    left: int = MAX_ANSWER

    def readline(self, size: int = MAX_ANSWER, /) -> bytes:
        """A line with its end, or its first `size` bytes."""
        line = self.stream.readline(size if size < self.left else max(1, self.left))
        self.left -= len(line) + _EACH_LINE
        if self.left <= 0:
            raise _too_large()
        return line

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer at the end."""
        self.left -= size
        if self.left <= 0:
            raise _too_large()
        return self.stream.read(size)


def _too_large() -> imaplib.IMAP4.abort:
    return imaplib.IMAP4.abort("its answer is too large")
