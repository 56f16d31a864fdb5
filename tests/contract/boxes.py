"""The mailboxes that every mail source and draft writer is tried on: memory, Maildir, pymap, Dovecot, Cyrus.

A box plays the owner and the post: it delivers, flags and removes mail without crmlink, and shows what lies where, so
that a test can prove what crmlink did and what it left alone. `drafts`, `sent` and `trash` are the folders' names here.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Protocol

from crmlink.mailbox.folders import BY_SERVER, FolderNames
from crmlink.mailbox.location import MaildirLocation, parse_location
from crmlink.mailbox.memory import MemoryMailbox
from crmlink.model.mail import Role
from crmlink.sources.memory import MemoryMailSource
from crmlink.sources.open_mail import open_mail
from crmlink.sources.port import MailSource
from crmlink.writer.memory import MemoryDraftWriter
from crmlink.writer.open_writer import open_writer
from crmlink.writer.port import DraftWriter
from tests.read_mail import read_mail
from tests.servers import mailboxes
from tests.servers.accounts import ImapAccount, ImapServer

BOXES = ("memory", "maildir", "pymap", "dovecot", "cyrus")
LETTERS = {"\\draft": "D", "\\flagged": "F", "\\answered": "R", "\\seen": "S", "\\deleted": "T"}

Snapshot = dict[str, list[tuple[object, ...]]]


class Box(Protocol):
    """One fresh mailbox with INBOX, Drafts, Sent and Trash."""

    name: str

    def source(self) -> MailSource: ...

    def writer(self, names: FolderNames = BY_SERVER) -> DraftWriter: ...

    def deliver(
        self, raw: bytes, folder: str = "INBOX", *, flags: Collection[str] = (), received_at: datetime | None = None
    ) -> None: ...

    def deliver_many(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None: ...

    def make(self, folder: str) -> None:
        """Make a folder, unless it is there."""

    def drop(self, folder: str) -> None: ...

    def flag(self, folder: str, flag: str) -> None: ...

    def clear(self, folder: str) -> None: ...

    def remove(self, folder: str, place: int) -> None:
        """Delete the message at that place, counted from 0, for good."""

    def move(self, folder: str, place: int, target: str) -> None:
        """Move the message at that place into another folder, flags and time kept."""

    def stored(self, folder: str) -> list[bytes]: ...

    def flags(self, folder: str) -> list[frozenset[str]]: ...

    def snapshot(self) -> Snapshot: ...


class MemoryBox:
    """In memory."""

    name = "memory"

    def __init__(self) -> None:
        self.mailbox = MemoryMailbox()

    def source(self) -> MailSource:
        return MemoryMailSource(self.mailbox)

    def writer(self, names: FolderNames = BY_SERVER) -> DraftWriter:
        assert names is BY_SERVER, "a mailbox in memory is told its folders"
        return MemoryDraftWriter(self.mailbox)

    def deliver(
        self, raw: bytes, folder: str = "INBOX", *, flags: Collection[str] = (), received_at: datetime | None = None
    ) -> None:
        self.mailbox.deliver(raw, folder=folder, flags=flags, received_at=received_at)

    def deliver_many(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        for raw, received_at in mails:
            self.deliver(raw, folder, received_at=received_at)

    def make(self, folder: str) -> None:
        if folder not in self.mailbox.folders:
            self.mailbox.add_folder(folder, Role.OTHER)

    def drop(self, folder: str) -> None:
        del self.mailbox.folders[folder]

    def flag(self, folder: str, flag: str) -> None:
        for mail in self.mailbox.mails(folder):
            self.mailbox.flag(folder, mail.uid, *mail.flags, flag)

    def clear(self, folder: str) -> None:
        for mail in self.mailbox.mails(folder):
            self.mailbox.remove(folder, mail.uid)

    def remove(self, folder: str, place: int) -> None:
        self.mailbox.remove(folder, self.mailbox.mails(folder)[place].uid)

    def move(self, folder: str, place: int, target: str) -> None:
        self.mailbox.move(folder, self.mailbox.mails(folder)[place].uid, target)

    def stored(self, folder: str) -> list[bytes]:
        return [mail.raw for mail in self.mailbox.mails(folder)]

    def flags(self, folder: str) -> list[frozenset[str]]:
        return [mail.flags for mail in self.mailbox.mails(folder)]

    def snapshot(self) -> Snapshot:
        return {name: [(mail.uid, mail) for mail in self.mailbox.mails(name)] for name in self.mailbox.folders}


class MaildirBox:
    """On disk, in Maildir++ form."""

    name = "maildir"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._numbers = itertools.count(1)
        for folder in ("INBOX", "Drafts", "Sent", "Trash", "Junk", "Archive"):
            self.make(folder)

    def source(self) -> MailSource:
        return open_mail(MaildirLocation(self.root))

    def writer(self, names: FolderNames = BY_SERVER) -> DraftWriter:
        return open_writer(MaildirLocation(self.root), names=names)

    def deliver(
        self, raw: bytes, folder: str = "INBOX", *, flags: Collection[str] = (), received_at: datetime | None = None
    ) -> None:
        letters = "".join(sorted(LETTERS[flag] for flag in flags))
        name = f"1772000000.M{next(self._numbers):06}.host"
        path = self.path(folder) / (f"cur/{name}:2,{letters}" if flags else f"new/{name}")
        path.write_bytes(raw.replace(b"\r\n", b"\n"))
        if received_at is not None:
            os.utime(path, (received_at.timestamp(), received_at.timestamp()))

    def deliver_many(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        for raw, received_at in mails:
            self.deliver(raw, folder, received_at=received_at)

    def make(self, folder: str) -> None:
        for part in ("cur", "new", "tmp"):
            (self.path(folder) / part).mkdir(parents=True, exist_ok=True)

    def drop(self, folder: str) -> None:
        shutil.rmtree(self.path(folder))

    def flag(self, folder: str, flag: str) -> None:
        for path in self.files(folder):
            unique, _, letters = path.name.partition(":2,")
            path.rename(path.parent.parent / "cur" / f"{unique}:2,{''.join(sorted({*letters, LETTERS[flag]}))}")

    def clear(self, folder: str) -> None:
        for path in self.files(folder):
            path.unlink()

    def remove(self, folder: str, place: int) -> None:
        self.files(folder)[place].unlink()

    def move(self, folder: str, place: int, target: str) -> None:
        path = self.files(folder)[place]
        path.rename(self.path(target) / path.parent.name / path.name)

    def stored(self, folder: str) -> list[bytes]:
        return [path.read_bytes() for path in self.files(folder)]

    def flags(self, folder: str) -> list[frozenset[str]]:
        names = {letter: flag for flag, letter in LETTERS.items()}
        return [frozenset(names[letter] for letter in path.name.partition(":2,")[2]) for path in self.files(folder)]

    def snapshot(self) -> Snapshot:
        return {
            str(path.relative_to(self.root)): [(path.stat().st_mtime_ns, path.read_bytes())] if path.is_file() else []
            for path in sorted(self.root.rglob("*"))
        }

    def files(self, folder: str) -> list[Path]:
        return sorted(path for part in ("cur", "new") for path in (self.path(folder) / part).iterdir())

    def path(self, folder: str) -> Path:
        return self.root if folder == "INBOX" else self.root / f".{folder}"


class ImapBox:
    """On a real server."""

    def __init__(self, name: str, account: ImapAccount) -> None:
        self.name = name
        self.account = account

    def source(self) -> MailSource:
        return open_mail(parse_location(self.account.url), self.account.password)

    def writer(self, names: FolderNames = BY_SERVER) -> DraftWriter:
        return open_writer(parse_location(self.account.url), self.account.password, names=names)

    def deliver(
        self, raw: bytes, folder: str = "INBOX", *, flags: Collection[str] = (), received_at: datetime | None = None
    ) -> None:
        mailboxes.deliver(self.account, raw, folder, tuple(flags), received_at)

    def deliver_many(self, mails: Sequence[tuple[bytes, datetime]], folder: str = "INBOX") -> None:
        with mailboxes.connected(self.account) as client:
            for raw, received_at in mails:
                client.append(folder, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), (), received_at)

    def make(self, folder: str) -> None:
        with mailboxes.connected(self.account) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)

    def drop(self, folder: str) -> None:
        with mailboxes.connected(self.account) as client:
            if client.has_capability("METADATA"):  # Cyrus: a folder with a mark cannot be deleted
                client._imap.xatom("SETMETADATA", f'"{folder}" (/private/specialuse NIL)')
            client.delete_folder(folder)

    def flag(self, folder: str, flag: str) -> None:
        for uid in mailboxes.flags_of(self.account, folder):
            mailboxes.set_flags(self.account, uid, [flag], folder)

    def clear(self, folder: str) -> None:
        for uid in mailboxes.flags_of(self.account, folder):
            mailboxes.remove(self.account, uid, folder)

    def remove(self, folder: str, place: int) -> None:
        mailboxes.remove(self.account, self._uid(folder, place), folder)

    def move(self, folder: str, place: int, target: str) -> None:
        uid = self._uid(folder, place)
        with mailboxes.connected(self.account) as client:
            client.select_folder(folder)
            client.copy([uid], target)
        mailboxes.remove(self.account, uid, folder)

    def _uid(self, folder: str, place: int) -> int:
        return sorted(mailboxes.flags_of(self.account, folder))[place]

    def stored(self, folder: str) -> list[bytes]:
        return mailboxes.messages(self.account, folder)

    def flags(self, folder: str) -> list[frozenset[str]]:
        found = mailboxes.flags_of(self.account, folder).values()
        return [frozenset(flag.lower() for flag in flags) for flags in found]

    def snapshot(self) -> Snapshot:
        with mailboxes.connected(self.account) as client:
            items = "FLAGS MODSEQ" if client.has_capability("CONDSTORE") else "FLAGS"
        return {folder: self._contents(folder, items) for folder in mailboxes.folders_of(self.account)}

    def _contents(self, folder: str, items: str) -> list[tuple[object, ...]]:
        texts = mailboxes.messages(self.account, folder)
        answers = sorted(mailboxes.fetched(self.account, folder, items).items())
        # \Recent belongs to the session that looks, not to the message.
        return [
            (uid, sorted(set(data[b"FLAGS"]) - {b"\\Recent"}), data.get(b"MODSEQ"), text)
            for (uid, data), text in zip(answers, texts, strict=True)
        ]


def new_box(name: str, tmp_path: Path, server: Callable[[str], ImapServer]) -> Box:
    """A fresh mailbox of that kind; `server` starts or finds the server of that name."""
    match name:
        case "memory":
            return MemoryBox()
        case "maildir":
            return MaildirBox(tmp_path / "Maildir")
        case _:
            return ImapBox(name, server(name).account())


def read_all(box: Box, since: datetime) -> tuple[list[bytes], list[str]]:
    """Texts with bare line feeds, and keys, of all that the source gives for the window from `since` on."""
    with closing(box.source()) as source:
        found = read_mail(source, since.date()).messages
    return [message.raw.replace(b"\r\n", b"\n") for message in found], [message.key for message in found]
