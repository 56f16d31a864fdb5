"""Fetches the texts of messages in small batches, so that memory stays flat, and no more of each than can matter.

List mail that its header settles needs no body. Which that is the reader of the mail decides (`Sparing`); here it is asked
only where the header shows a sign of it, and only of messages large enough to be worth the question. Every other message
comes whole, cut at one mebibyte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmlink.mailbox.fetch import Fetched
from crmlink.mailbox.imap import ImapRefusedError, ImapSession
from crmlink.mailbox.window import CAP
from crmlink.sources.port import Sparing

_BATCH_BYTES: Final = 2 * CAP  # within the time for one command on a slow line
_SMALL: Final = 4 * 1024
_LONGEST_HEADER: Final = 256 * 1024
_HEADERS_AT_ONCE: Final = 200


def texts(session: ImapSession, messages: list[Fetched], sparing: Sparing) -> Iterator[tuple[Fetched, bytes | None]]:
    """Each message with its raw text, or only its header; None when the server does not give it."""
    settled = _settled(session, [message for message in messages if message.size > _SMALL], sparing)
    for message in messages:
        if message.uid in settled:
            yield message, settled[message.uid]
    for batch in _batches([message for message in messages if message.uid not in settled]):
        bodies = _bodies(session, batch)
        for message in batch:
            yield message, bodies.get(message.uid)


def _settled(session: ImapSession, messages: list[Fetched], sparing: Sparing) -> dict[int, bytes]:
    """The headers of the messages that these settle."""
    found: dict[int, bytes] = {}
    if not messages or not sparing.signs:
        return found
    try:
        signs = session.fetch(_set(messages), f"UID BODY.PEEK[HEADER.FIELDS ({' '.join(sparing.signs).upper()})]")
        signed = [message for message in signs if message.content and message.content.strip()]
        for first in range(0, len(signed), _HEADERS_AT_ONCE):
            uids = _set(signed[first : first + _HEADERS_AT_ONCE])
            for message in session.fetch(uids, f"UID BODYSTRUCTURE BODY.PEEK[HEADER]<0.{_LONGEST_HEADER}>"):
                header = message.content
                if header and len(header) < _LONGEST_HEADER and sparing.settled(header, message.structure):
                    found[message.uid] = header
    except ImapRefusedError:
        return {}
    return found


def _set(messages: list[Fetched]) -> str:
    return ",".join(str(message.uid) for message in messages)


def _bodies(session: ImapSession, batch: list[Fetched]) -> dict[int, bytes]:
    items = f"UID BODY.PEEK[]<0.{CAP}>"
    try:
        fetched = session.fetch(_set(batch), items)
    except ImapRefusedError:
        if len(batch) == 1:
            return {}
        # One message the server cannot read spoils the whole answer: halve until it stands alone.
        middle = len(batch) // 2
        return _bodies(session, batch[:middle]) | _bodies(session, batch[middle:])
    return {message.uid: message.content for message in fetched if message.content is not None}


def _batches(messages: list[Fetched]) -> Iterator[list[Fetched]]:
    batch: list[Fetched] = []
    total = 0
    for message in messages:
        size = min(message.size, CAP)
        if batch and total + size > _BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(message)
        total += size
    if batch:
        yield batch
