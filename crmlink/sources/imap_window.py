r"""Finds the messages of one opened folder that lie in the window: their UIDs, dates, sizes and flags; no bodies.

`UID SEARCH SINCE` spares reading the whole folder, but servers lie about searches. So the newest UIDs are always read
without it, and when one of them lies in the window and the search does not know it, or the server refuses to search,
the dates of the whole folder are read instead, in windows of UIDs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from crmlink.mailbox.fetch import Fetched, Opened, uid_windows
from crmlink.mailbox.imap import ImapRefusedError, ImapSession
from crmlink.mailbox.window import in_window

CHUNK: Final = 500
"""UIDs per command: servers refuse overlong lines."""

_NEWEST: Final = 200
_WALK_WIDTH: Final = 2000
ITEMS: Final = "UID INTERNALDATE RFC822.SIZE FLAGS"
"""What is asked of every message before its text."""


def window(session: ImapSession, folder: Opened, since: date, *, labels: bool = False) -> Iterator[list[Fetched]]:
    """Messages of `since` or later in the folder just opened, in chunks of at most `CHUNK`, oldest UIDs first.

    `labels` asks for Gmail's labels as well.
    """
    items = f"{ITEMS} X-GM-LABELS" if labels else ITEMS
    if not folder.exists:
        return
    start = max(1, folder.uid_next - _NEWEST) if folder.uid_next else 1
    newest = inside_of(session.fetch(f"{start}:*", items), since)
    if start > 1:
        found = _search(session, since)
        if found is None or not {message.uid for message in newest} <= found:
            yield from _walk(session, folder.uid_next, items, since)
            return
        older = sorted(uid for uid in found if uid < start)
        for first in range(0, len(older), CHUNK):
            uids = ",".join(map(str, older[first : first + CHUNK]))
            yield inside_of(session.fetch(uids, items), since)
    for first in range(0, len(newest), CHUNK):
        yield newest[first : first + CHUNK]


def _walk(session: ImapSession, uid_next: int, items: str, since: date) -> Iterator[list[Fetched]]:
    for uids in uid_windows(1, uid_next, width=_WALK_WIDTH):
        inside = inside_of(session.fetch(uids, items), since)
        for first in range(0, len(inside), CHUNK):
            yield inside[first : first + CHUNK]


def _search(session: ImapSession, since: date) -> set[int] | None:
    # A day earlier: the server compares with the date in its own zone (RFC 9051 section 6.4.4).
    try:
        with session.command("searching by date") as client:
            return {int(uid) for uid in client.search(["SINCE", since - timedelta(days=1)])}
    except ImapRefusedError:
        return None


def inside_of(messages: list[Fetched], since: date) -> list[Fetched]:
    """Those of the window, once each, in order; unasked news about flags has neither size nor date: passed over."""
    inside = {
        each.uid: each for each in messages if (each.size or each.received_at) and in_window(each.received_at, since)
    }
    return [inside[uid] for uid in sorted(inside)]
