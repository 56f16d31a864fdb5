"""What a source is: something that tells what changed since an earlier pass.

What earlier passes read of a mailbox is kept by the caller: the source is told which messages are known and where
reading of a folder stood, in words that only the source itself understands. A stand it does not understand (none,
another version, UIDVALIDITY changed) costs a look at the whole window, and only unknown messages are read in it.
A calendar source keeps its own state in the same manner. Sources raise `SourceError`, `LoginError` or `UntrustedError`
when they cannot be read; one unreadable item is a `Problem`, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from crmlink.model.ids import EventUid
from crmlink.model.mail import Role
from crmlink.model.problem import Problem


@dataclass(frozen=True, slots=True)
class RawMessage:
    r"""One stored mail. `key` is the source's own stable name for it (folder, UIDVALIDITY, UID; or file name).

    `size` is the full size in bytes; `raw` may be cut to the source's cap, or end with the header (`Sparing`). `flags` are lower-case IMAP flags
    (`\seen`, `\draft`). `received_at` is aware or None when the store does not know.
    """

    key: str
    folder: str
    role: Role
    flags: frozenset[str]
    received_at: datetime | None
    size: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class FolderRead:
    """A folder of which all that is new was just given. `gone` are the known messages that are no longer in it.

    `stand` is what to tell the source the next time, empty when something could not be read: then the next pass looks
    at the whole window again. A folder without this word was not read, or is no longer there.
    """

    folder: str
    role: Role
    stand: str
    gone: frozenset[str] = frozenset()


class KnownMail(Protocol):
    """What earlier passes read and kept of a mailbox."""

    def stand(self, folder: str) -> str:
        """The last word on this folder (`FolderRead.stand`), empty when its whole window must be looked at."""

    def keys(self, folder: str) -> frozenset[str]:
        """The messages that are known of it, by `RawMessage.key`."""


class NothingKnown:
    """A first pass."""

    def stand(self, _folder: str) -> str:
        """No folder was read before."""
        return ""

    def keys(self, _folder: str) -> frozenset[str]:
        """No message was read before."""
        return frozenset()


NOTHING_KNOWN: Final = NothingKnown()


@dataclass(slots=True)
class MailChanges:
    """What changed in a mailbox, folder by folder: its new messages, then the word that it was read.

    `items` is read lazily, once; the other fields are only final after it. `truncated` says that not everything in the
    window could be read; then absence proves nothing.
    """

    items: Iterator[RawMessage | FolderRead]
    truncated: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sparing:
    """Which mails need no body: whoever reads them knows, the source only asks.

    `signs` are the header fields such mail has; `settled` is told a whole header block and the BODYSTRUCTURE.
    """

    signs: tuple[str, ...]
    settled: Callable[[bytes, bytes], bool]


WHOLE: Final = Sparing((), lambda _header, _structure: False)
"""Every mail is read whole."""


class MailSource(Protocol):
    """A mailbox to read. Never marks anything read, never reads Trash or Junk as evidence."""

    @property
    def name(self) -> str:
        """What it is called in reports: "mail"."""

    def changes(self, known: KnownMail, *, since: date, sparing: Sparing = WHOLE) -> MailChanges:
        """What is new among messages of `since` or later, in every folder but Trash and Junk, and what is gone.

        A source that has the whole mail at hand need not be sparing.
        """

    def close(self) -> None:
        """Let go of connections. May be called twice."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One calendar object resource: an iCalendar text with one UID, its overrides included (RFC 4791 section 4.1)."""

    calendar: str
    href: str
    etag: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class KnownCalendar:
    """What is kept of a calendar since it was read last: the state it had, and the etag of every resource by href.

    `etags` also holds what was looked at and lay `elsewhere`. Without state, nothing is known to be unchanged.
    """

    state: str = ""
    etags: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class CalendarChanges:
    """What changed in one calendar. `key` is its own for ever, while `calendar`, its name, may change.

    `events` are new or changed, `gone` holds hrefs; when `complete`, there is nothing but `events` and `gone` is empty.
    `elsewhere` holds href and etag of what a look inside showed to lie outside the window. `state` is empty when the
    next read must look again, whatever the calendar says of itself.
    """

    calendar: str
    key: str
    events: tuple[RawEvent, ...]
    complete: bool = True
    gone: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    problems: list[Problem] = field(default_factory=list)


class CalendarSource(Protocol):
    """One or more calendars to read. Read-only: servers with automatic scheduling mail people on every write."""

    @property
    def name(self) -> str:
        """What it is called in reports: "calendar", or "calendar:2" for the second URL."""

    def changes(self, known: Mapping[str, KnownCalendar], *, start: date, end: date) -> Iterator[CalendarChanges]:
        """For each calendar, as it is read, what changed since it was `known` (by key) in the days from start to end.

        Applied to what is known, it gives what a first read would give. Another window than last time is looked
        through again, so that a calendar that wrongly calls itself unchanged is found out the next day.
        """

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place: tells a moved event from a vanished one."""

    def close(self) -> None:
        """Let go of connections. May be called twice."""
