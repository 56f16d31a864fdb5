"""Which mail lies in the window that starts on a date.

A date has no zone, and servers keep their own. The window therefore starts when the day starts anywhere on earth: it
may hold half a day too much, never too little.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Final

_FIRST_ZONE: Final = timezone(timedelta(hours=14))


def in_window(received_at: datetime | None, since: date) -> bool:
    """Whether mail stored at `received_at` (aware) counts as of `since` or later; unknown times do."""
    return received_at is None or received_at >= datetime.combine(since, time.min, _FIRST_ZONE)
