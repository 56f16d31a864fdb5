"""What a source is: something that tells what changed since a remembered state.

The state is an opaque text that only its own source understands; the ledger keeps it. A source that cannot tell
changes, or does not understand the state (None, another version, UIDVALIDITY changed), answers with the whole window
and says so with `complete=True`. Sources raise `SourceError`, `LoginError` or `UntrustedError` when they cannot be
read; one unreadable item is a `Problem`, never an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from crmlink.model.ids import EventUid
from crmlink.model.mail import Role
from crmlink.model.problem import Problem


@dataclass(frozen=True, slots=True)
class RawMessage:
    r"""One stored mail. `key` is the source's own stable name for it (folder, UIDVALIDITY, UID; or file name).

    `size` is the full size in bytes; `raw` may be cut to the source's cap. `flags` are lower-case IMAP flags
    (`\seen`, `\draft`). `received_at` is aware or None when the store does not know.
    """

    key: str
    folder: str
    role: Role
    flags: frozenset[str]
    received_at: datetime | None
    size: int
    raw: bytes


@dataclass(slots=True)
class MailChanges:
    """What changed in a mailbox. `messages` is read lazily, once, in chunks; the other fields are only final after it.

    `gone` holds keys of messages that are no longer there (empty when `complete`: whatever is not listed is gone).
    `truncated` says that not everything in the window was read; then absence proves nothing.
    """

    messages: Iterator[RawMessage]
    complete: bool = True
    gone: tuple[str, ...] = ()
    state: str = ""
    truncated: bool = False
    problems: list[Problem] = field(default_factory=list)


class MailSource(Protocol):
    """A mailbox to read. Never marks anything read, never reads Trash or Junk as evidence."""

    @property
    def name(self) -> str:
        """What it is called in reports: "mail"."""

    def changes(self, state: str | None, *, since: date) -> MailChanges:
        """All that changed since `state` among messages of `since` or later, in every folder but Trash and Junk."""

    def close(self) -> None:
        """Let go of connections. May be called twice."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One calendar object resource: an iCalendar text with one UID, its overrides included (RFC 4791 section 4.1)."""

    calendar: str
    href: str
    etag: str
    raw: bytes


@dataclass(slots=True)
class CalendarChanges:
    """What changed in one calendar. `gone` holds hrefs; empty when `complete`."""

    calendar: str
    events: tuple[RawEvent, ...]
    complete: bool = True
    gone: tuple[str, ...] = ()
    state: str = ""
    problems: list[Problem] = field(default_factory=list)


class CalendarSource(Protocol):
    """One or more calendars to read. Read-only: servers with automatic scheduling mail people on every write."""

    @property
    def name(self) -> str:
        """What it is called in reports: "calendar", or "calendar:2" for the second URL."""

    def changes(self, states: dict[str, str], *, start: date, end: date) -> list[CalendarChanges]:
        """For each calendar what changed since its state among events that touch the window from start to end."""

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place: tells a moved event from a vanished one."""

    def close(self) -> None:
        """Let go of connections. May be called twice."""
