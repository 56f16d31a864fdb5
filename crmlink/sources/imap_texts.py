"""Fetches the texts of messages in small batches, so that memory stays flat, and no more of each than can matter.

Automatic mail that its header settles needs no body. Whoever reads the mail decides that (`Settled`); here it is only
asked where the header shows signs of it, and the server is asked for the shape of the parts (BODYSTRUCTURE) with it.
Every other message comes whole, cut at one mebibyte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmlink.mailbox.fetch import Fetched
from crmlink.mailbox.imap import ImapRefusedError, ImapSession
from crmlink.mailbox.window import CAP

_BATCH_BYTES: Final = 2 * CAP  # within the time for one command on a slow line


def texts(session: ImapSession, messages: list[Fetched]) -> Iterator[tuple[Fetched, bytes | None]]:
    """Each message with its raw text; None when the server does not give it."""
    for batch in _batches(messages):
        bodies = _bodies(session, batch)
        for message in batch:
            yield message, bodies.get(message.uid)


def _bodies(session: ImapSession, batch: list[Fetched]) -> dict[int, bytes]:
    items = f"UID BODY.PEEK[]<0.{CAP}>"
    try:
        fetched = session.fetch(",".join(str(message.uid) for message in batch), items)
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
