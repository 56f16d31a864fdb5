"""Reads a Maildir without touching it: no message moves from `new` to `cur`, no flag changes.

A folder that holds the same names as before is unchanged, whatever their flags; else every file's time and size is
looked at, and what is not known is read. A message's time is that of its file. Copied or restored directories may carry
times that have nothing to do with the mail: when no file at all lies in the window, times say nothing here, and every
message is read with its time unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from crmlink.mailbox.file_names import shown
from crmlink.mailbox.folders import BY_SERVER, NOT_EVIDENCE, FolderNames
from crmlink.mailbox.maildir import MaildirFile, MaildirFolder, files, maildir_folders, renamed, unique_names
from crmlink.mailbox.window import CAP, in_window
from crmlink.model.problem import Problem
from crmlink.sources.port import WHOLE, FolderRead, KnownMail, MailChanges, RawMessage, Sparing

_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class _Stand:
    """How a folder stood: a digest of its names, and when its newest message was stored (POSIX seconds, 0 for none).

    `timed` says whether times were believed when it was read.
    """

    names: str
    newest: float
    timed: bool

    def inside(self, since: date) -> bool:
        """Whether the newest message lies in the window."""
        return self.newest > 0 and in_window(datetime.fromtimestamp(self.newest, UTC), since)

    def word(self) -> str:
        """For the next pass."""
        return f"{_VERSION} {self.names} {self.newest!r} {int(self.timed)}"


@dataclass(frozen=True, slots=True)
class _Listing:
    """A folder in this pass. `before` is how it stood when it holds the same names as then."""

    folder: MaildirFolder
    names: str
    newest: float
    before: _Stand | None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.folder.name


class MaildirMailSource:
    """A `MailSource` over a directory."""

    def __init__(self, root: Path, names: FolderNames = BY_SERVER) -> None:
        self._root = root
        self._names = names

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, known: KnownMail, *, since: date, sparing: Sparing = WHOLE) -> MailChanges:  # noqa: ARG002 - it has all at hand
        """What changed in the window outside Trash, Junk and Drafts. Raises SourceError when this is no Maildir."""
        found = maildir_folders(self._root, self._names)
        changes = MailChanges(items=iter(()))
        wanted = [each for each in found if each.folder.role not in NOT_EVIDENCE]
        changes.items = _Reading(known, since, changes).items(wanted)
        return changes

    def close(self) -> None:
        """Nothing to let go of."""


class _Reading:
    """One pass over the folders; it fills `changes` as it goes."""

    def __init__(self, known: KnownMail, since: date, changes: MailChanges) -> None:
        self._known = known
        self._since = since
        self._changes = changes

    def items(self, found: Iterable[MaildirFolder]) -> Iterator[RawMessage | FolderRead]:
        """The new messages of the window, folder by folder."""
        listings = [listing for folder in found if (listing := self._listing(folder))]
        stands = [_Stand(listing.names, listing.newest, timed=True) for listing in listings]
        timed = any(stand.inside(self._since) for stand in stands)
        for listing in listings:
            try:
                yield from self._folder(listing, timed=timed)
            except OSError as error:
                self._unreadable(listing.name, error)

    def _listing(self, folder: MaildirFolder) -> _Listing | None:
        name = folder.folder.name
        try:
            names = _digest(unique_names(folder))
            before = _stand(self._known.stand(name))
            if before and before.names == names:
                return _Listing(folder, names, before.newest, before)
            newest = max((file.stored_at.timestamp() for file in files(folder)), default=0.0)
        except OSError as error:
            self._unreadable(name, error)
            return None
        return _Listing(folder, names, newest, None)

    def _folder(self, listing: _Listing, *, timed: bool) -> Iterator[RawMessage | FolderRead]:
        folder = listing.folder.folder
        stand = _Stand(listing.names, listing.newest, timed).word()
        if listing.before and listing.before.timed == timed:
            yield FolderRead(folder.name, folder.role, stand)
            return
        known, present, whole = self._known.keys(folder.name), set(), True
        for file in list(files(listing.folder)):
            if timed and not in_window(file.stored_at, self._since):
                continue
            key = _key(listing.folder, file, timed=timed)
            present.add(key)
            if key in known:
                continue
            try:
                message = _message(listing.folder, file, key, timed=timed)
            except OSError as error:
                whole = False
                self._report(
                    "mail.unreadable",
                    f"{folder.name};{file.unique}",
                    f"the file {shown(file.name)} could not be read",
                    error,
                )
                continue
            if message is not None:
                yield message
        yield FolderRead(folder.name, folder.role, stand if whole else "", known - present)

    def _unreadable(self, name: str, error: OSError) -> None:
        self._report("mail.folder-unreadable", name, "the folder could not be read", error)

    def _report(self, code: str, subject: str, message: str, error: OSError) -> None:
        self._changes.truncated = True
        hint = "check who may read it"
        self._changes.problems.append(Problem(code, subject, f"{message}: {error.strerror}", hint))


def _stand(word: str) -> _Stand | None:
    """How a folder stood; None for a word of another version or none."""
    version, *parts = word.split(" ")
    if version != _VERSION:
        return None
    try:
        names, newest, timed = parts
        return _Stand(names, float(newest), timed == "1")
    except ValueError:
        return None


def _digest(names: Iterable[str]) -> str:
    return hashlib.blake2b("/".join(sorted(names)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _key(folder: MaildirFolder, file: MaildirFile, *, timed: bool) -> str:
    """A message's name; a file that was written anew, or whose time is now read otherwise, is another message."""
    stored = file.stored_at.timestamp() if timed else 0.0
    return f"{folder.folder.name};{file.unique};{file.size};{stored!r}"


def _message(folder: MaildirFolder, file: MaildirFile, key: str, *, timed: bool) -> RawMessage | None:
    """The message, under whatever name it now has; None when it is gone. Raises OSError when it cannot be read."""
    try:
        raw = _head(file.path)
    except FileNotFoundError:
        now = renamed(file)
        if now is None:
            return None
        file, raw = now, _head(now.path)
    received_at = file.stored_at if timed else None
    return RawMessage(key, folder.folder.name, folder.folder.role, file.flags, received_at, file.size, raw)


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(CAP)
