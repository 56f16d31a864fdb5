r"""Reads FETCH responses quickly: what a message is called, how big and how old it is, its flags, and one literal.

imapclient's parser looks at every byte in turn and takes ten times as long as the wire; here imaplib's lines are read
with a few regular expressions, in whatever order the server puts the items (Cyrus and Dovecot differ). Only literals
and quoted strings are understood as content. Nothing is decided about mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

_UID: Final = re.compile(rb"\bUID (\d+)")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS: Final = re.compile(rb"\bFLAGS \(([^)]*)\)")
_DATE: Final = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_LABELS: Final = re.compile(rb'\bX-GM-LABELS \(((?:[^")]|"(?:[^"\\]|\\.)*")*)\)')
_CONTENT: Final = re.compile(rb'\bBODY\[[^]]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
_DAY: Final = re.compile(r" ?(\d{1,2})-(\w{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Opened:
    """How a folder stood when it was opened. `uid_next` is 0 when the server does not say."""

    exists: int
    uid_validity: int
    uid_next: int
    modseq: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one FETCH response says of a message; what was not asked or not answered is empty, 0 or None."""

    uid: int
    size: int
    flags: frozenset[str]
    received_at: datetime | None
    labels: bytes
    content: bytes | None


def opened(answer: Mapping[bytes, object]) -> Opened:
    """How a folder stands, from imapclient's answer to EXAMINE, SELECT or STATUS."""

    def number(key: bytes) -> int:
        value = answer.get(key, 0)
        return value if isinstance(value, int) else 0

    exists = number(b"EXISTS") or number(b"MESSAGES")
    return Opened(exists, number(b"UIDVALIDITY"), number(b"UIDNEXT"), number(b"HIGHESTMODSEQ"))


def fetch(client: IMAPClient, uids: str, items: str) -> list[Fetched]:
    """UID FETCH in the opened folder. Raises what imaplib raises, and IMAPClientError when the server says NO."""
    kind, answer = client._imap.uid("FETCH", uids, f"({items})")  # noqa: SLF001 - imapclient's own fetch refuses ranges
    if kind != "OK":
        raise IMAPClientError(f"fetch failed: {answer[-1]!r}")
    return list(parse(answer))


def parse(answer: Iterable[bytes | tuple[bytes, bytes] | None]) -> Iterator[Fetched]:
    """Messages from imaplib's answer: a line of bytes, or (line, literal) pairs that the next line of bytes ends.

    Answers without a UID (unasked news about flags) are passed over.
    """
    lines: list[bytes] = []
    literal: bytes | None = None
    for part in answer:
        if isinstance(part, tuple):
            lines.append(part[0])
            literal = part[1] if literal is None else literal
            continue
        message = _message(b" ".join((*lines, part or b"")), literal)
        lines, literal = [], None
        if message is not None:
            yield message


def uid_windows(first: int, uid_next: int, *, width: int) -> Iterator[str]:
    """Sequence sets that cover all UIDs from `first` below `uid_next`, at most about a hundred.

    Without a known `uid_next` (0) one set covers all.
    """
    if not uid_next:
        yield f"{first}:*"
        return
    step = max(width, (uid_next - first) // 100)
    for start in range(first, uid_next, step):
        yield f"{start}:{min(start + step, uid_next) - 1}"


def _message(line: bytes, literal: bytes | None) -> Fetched | None:
    # Quoted texts are strangers' words: take them out before looking for items, so that they cannot pass for one.
    labels = _LABELS.search(line)
    quoted = _CONTENT.search(line)
    line = _CONTENT.sub(b"", _LABELS.sub(b"", line))
    uid, size, flags, date = _UID.search(line), _SIZE.search(line), _FLAGS.search(line), _DATE.search(line)
    if uid is None:
        return None
    unquoted = re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else None
    return Fetched(
        uid=int(uid[1]),
        size=int(size[1]) if size else 0,
        flags=frozenset(flags[1].decode("ascii", "replace").lower().split()) if flags else frozenset(),
        received_at=_moment(date[1].decode("ascii", "replace")) if date else None,
        labels=labels[1].lower() if labels else b"",
        content=unquoted if literal is None else literal,
    )


def _moment(text: str) -> datetime | None:
    """An INTERNALDATE (RFC 9051 section 2.3.3) as an aware UTC datetime, None when it is none."""
    match = _DAY.match(text)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    day, _, year, hour, minute, second = (match[index] for index in range(1, 7))
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == "-" else 1)
    try:
        local = datetime(
            int(year),
            _MONTHS.index(match[2].lower()) + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=UTC,
        )
        return local - offset
    except (ValueError, OverflowError):
        return None
