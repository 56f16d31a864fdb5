r"""Asks for messages and tells what each is called, how big and how old it is, its flags, and one part of its text.

The command goes through imaplib and the answer through `mailbox.responses`, because imapclient's parser takes ten times
as long as the wire. Nothing is decided about mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from imapclient import IMAPClient

from crmlink.mailbox.bounded import BoundedStream, Stream
from crmlink.mailbox.responses import Response, fetch_responses

_DAY: Final = re.compile(rb" ?(\d{1,2})-(\w{3})-(\d{4})")
_OFFSET: Final = re.compile(rb" ([+-])(\d{2})(\d{2})")
_MONTHS: Final = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


@dataclass(frozen=True, slots=True)
class Opened:
    """How a folder stood when it was opened. `uid_next` is 0 when the server does not say."""

    exists: int
    uid_validity: int
    uid_next: int
    modseq: int


class Fetched(NamedTuple):
    """What one FETCH response says of a message; what was not asked or not answered is empty, 0 or None.

    `content` is the first body section that was asked for, `structure` the BODYSTRUCTURE as it came.
    """

    uid: int
    size: int
    flags: frozenset[str]
    received_at: datetime | None
    labels: bytes
    content: bytes | None
    structure: bytes = b""


def opened(answer: Mapping[bytes, object]) -> Opened:
    """How a folder stands, from imapclient's answer to EXAMINE, SELECT or STATUS."""

    def number(key: bytes) -> int:
        value = answer.get(key, 0)
        return value if isinstance(value, int) else 0

    exists = number(b"EXISTS") or number(b"MESSAGES")
    return Opened(exists, number(b"UIDVALIDITY"), number(b"UIDNEXT"), number(b"HIGHESTMODSEQ"))


def fetch(client: IMAPClient, uids: str, items: str) -> list[Fetched]:
    """UID FETCH in the opened folder, once for each message. Raises what imaplib raises."""
    imap = client._imap  # noqa: SLF001 - imapclient's own fetch is slow, and refuses ranges
    tag: bytes = imap._new_tag()  # noqa: SLF001 - imaplib's own fetch looks at each byte as well
    imap.send(b"%s UID FETCH %s (%s)\r\n" % (tag, uids.encode("ascii"), items.encode("ascii")))
    return list(fetched(BoundedStream(imap.file), tag))


def fetched(stream: Stream, tag: bytes) -> Iterator[Fetched]:
    """Messages from the answer to the command with that tag.

    Answers without a UID (unasked news about flags) are passed over. Raises what `fetch_responses` raises.
    """
    for response in fetch_responses(stream, tag):
        if uid := response.number(b"UID"):
            yield _message(uid, response)


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


def _message(uid: int, response: Response) -> Fetched:
    items = response.items
    return Fetched(
        uid=uid,
        size=response.number(b"RFC822.SIZE"),
        flags=_flags(items.get(b"FLAGS", b"")),
        received_at=_moment(items.get(b"INTERNALDATE", b"")),
        labels=items.get(b"X-GM-LABELS", b"").lower(),
        content=response.section(),
        structure=items.get(b"BODYSTRUCTURE", b""),
    )


@lru_cache(maxsize=512)
def _flags(words: bytes) -> frozenset[str]:
    return frozenset(words.decode("ascii", "replace").lower().split())


def _moment(text: bytes) -> datetime | None:
    """An INTERNALDATE (RFC 9051 section 2.3.3) as an aware UTC datetime, None when it is none."""
    text = text.rjust(len("10-Mar-2026 09:30:00 +0100"))
    midnight = _midnight(text[:11], text[20:])
    try:
        hour, minute, second = map(int, text[11:20].split(b":"))
        seconds = hour * 3600 + minute * 60 + min(second, 59)
        return midnight + timedelta(0, seconds) if midnight else None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _midnight(day: bytes, offset: bytes) -> datetime | None:
    """When a day begins in that zone, in UTC."""
    date, zone = _DAY.fullmatch(day), _OFFSET.fullmatch(offset)
    if date is None or zone is None or date[2].lower() not in _MONTHS:
        return None
    east = timedelta(hours=int(zone[2]), minutes=int(zone[3])) * (-1 if zone[1] == b"-" else 1)
    try:
        return datetime(int(date[3]), _MONTHS.index(date[2].lower()) + 1, int(date[1]), tzinfo=UTC) - east
    except (ValueError, OverflowError):
        return None
