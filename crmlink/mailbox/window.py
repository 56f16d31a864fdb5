"""How much of a mailbox is read: which mail lies in the window that starts on a date, and how much of one message.

A date has no zone, and servers keep their own. The window therefore starts when the day starts anywhere on earth: it
may hold half a day too much, never too little.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

CAP: Final = 1024 * 1024
"""Bytes read of one message at most: enough for the text of any letter, whatever hangs on it."""

_FIRST_ZONE: Final = timezone(timedelta(hours=14))


def begin_of(since: date) -> datetime:
    """The moment from which stored mail lies in the window of `since` or later."""
    return datetime.combine(since, time.min, _FIRST_ZONE)


def in_window(received_at: datetime | None, since: date) -> bool:
    """Whether mail stored at `received_at` (aware) counts as of `since` or later; unknown times do."""
    return received_at is None or received_at >= begin_of(since)
