"""What a calendar's state says, and what is to be done about a listing: shared by all calendar sources. Pure.

A state is the window that was read and what the calendar then said of itself (ctag, sync token, validators). It is
only ever compared, never sent as a question, so that no server can take an outdated one for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date


def state_of(start: date, end: date, stand: str) -> str:
    """The state of a calendar read from start to end; "" for one that says nothing of itself."""
    return f"{start} {end} {stand}" if stand else ""


def stand_of(state: str, start: date, end: date) -> str:
    """What the calendar said of itself when these days were read; "" when they were not."""
    window = f"{start} {end} "
    return state.removeprefix(window) if state.startswith(window) else ""


def to_fetch(known: Mapping[str, str], listed: Mapping[str, str]) -> list[str]:
    """The hrefs that are new, have another etag, or none to go by."""
    return [href for href, etag in listed.items() if not etag or known.get(href) != etag]


def vanished(known: Iterable[str], listed: Mapping[str, str]) -> tuple[str, ...]:
    """The hrefs that are no longer listed."""
    return tuple(href for href in known if href not in listed)
