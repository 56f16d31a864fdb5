r"""A mailbox in memory: folders with UIDVALIDITY, UIDs and flags, as an IMAP server keeps them (RFC 9051 section 2.3).

For the demo and for tests; it passes the same contract suite as the real ones. `sources.memory` reads it,
`writer.memory` writes drafts into it, and the owner's own doings (deliver, remove, move, flag) are methods here.
`append_faults` are consumed one per append: so a caller can be tested against refusals and lost answers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from crmlink.model.mail import Role

FOLDERS: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "INBOX": Role.INBOX,
        "Drafts": Role.DRAFTS,
        "Sent": Role.SENT,
        "Trash": Role.TRASH,
        "Archive": Role.ARCHIVE,
        "Junk": Role.JUNK,
    }
)


class AppendFault(StrEnum):
    """What goes wrong with one append: a clear no, a lost answer with nothing stored, a lost answer though stored."""

    REFUSED = "refused"
    LOST = "lost"
    LOST_BUT_STORED = "lost-but-stored"


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One message with its UID, lower-case flags and the time it was stored (aware, or None when unknown)."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    received_at: datetime | None


@dataclass(slots=True)
class MemoryFolder:
    """One folder; UIDs only ever grow."""

    name: str
    role: Role
    uid_validity: int = 1
    uid_next: int = 1
    mails: dict[int, StoredMail] = field(default_factory=dict)

    def store(self, raw: bytes, flags: Iterable[str], received_at: datetime | None) -> int:
        """Add a message and give its UID."""
        uid = self.uid_next
        self.mails[uid] = StoredMail(uid, raw, frozenset(flags), received_at)
        self.uid_next += 1
        return uid

    def renumber(self) -> None:
        """Give the folder a new UIDVALIDITY and its messages new UIDs, as a server does after a restore."""
        mails, self.mails, self.uid_next = list(self.mails.values()), {}, 1
        self.uid_validity += 1
        for mail in mails:
            self.store(mail.raw, mail.flags, mail.received_at)


class MemoryMailbox:
    """Folders by name. `folders` maps names to roles; leave Drafts or Trash out to have a mailbox without them."""

    def __init__(self, folders: Mapping[str, Role] = FOLDERS) -> None:
        self.folders = {name: MemoryFolder(name, role) for name, role in folders.items()}
        self.append_faults: deque[AppendFault] = deque()

    def add_folder(self, name: str, role: Role) -> None:
        """Make an empty folder."""
        self.folders[name] = MemoryFolder(name, role)

    def with_role(self, role: Role) -> MemoryFolder | None:
        """The first folder of that role."""
        return next((folder for folder in self.folders.values() if folder.role is role), None)

    def deliver(
        self,
        raw: bytes,
        *,
        received_at: datetime | None = None,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
    ) -> int:
        """Put a message into a folder and give its UID."""
        return self.folders[folder].store(raw, flags, received_at)

    def mails(self, folder: str = "INBOX") -> tuple[StoredMail, ...]:
        """What lies in a folder, oldest UID first."""
        return tuple(self.folders[folder].mails.values())

    def remove(self, folder: str, uid: int) -> None:
        """Delete a message for good."""
        del self.folders[folder].mails[uid]

    def move(self, folder: str, uid: int, target: str) -> int:
        """Move a message, flags and all, and give its UID in the target folder."""
        mail = self.folders[folder].mails.pop(uid)
        return self.folders[target].store(mail.raw, mail.flags, mail.received_at)

    def flag(self, folder: str, uid: int, *flags: str) -> None:
        """Set exactly these flags."""
        mails = self.folders[folder].mails
        mails[uid] = replace(mails[uid], flags=frozenset(flags))
