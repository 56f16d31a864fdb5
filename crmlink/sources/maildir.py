"""Reads a Maildir without touching it: no message moves from `new` to `cur`, no flag changes.

A message's time is that of its file. Copied or restored directories may carry times that have nothing to do with the
mail: when no file at all lies in the window, times say nothing here, and every message is read with its time unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crmlink.mailbox.folders import BY_SERVER, NOT_EVIDENCE, FolderNames
from crmlink.mailbox.maildir import MaildirFile, MaildirFolder, files, maildir_folders, renamed
from crmlink.mailbox.window import CAP, in_window
from crmlink.model.problem import Problem
from crmlink.sources.port import MailChanges, RawMessage


@dataclass(slots=True)
class _Listing:
    """A folder's messages of the window; how many it holds in all, and when the newest was stored (POSIX seconds)."""

    folder: MaildirFolder
    inside: list[MaildirFile] = field(default_factory=list)
    total: int = 0
    newest: float = 0


class MaildirMailSource:
    """A `MailSource` over a directory. Always reads the whole window."""

    def __init__(self, root: Path, names: FolderNames = BY_SERVER) -> None:
        self._root = root
        self._names = names

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "mail"

    def changes(self, state: str | None, *, since: date) -> MailChanges:  # noqa: ARG002 - the whole window, whatever the state
        """Every message of the window outside Trash, Junk and Drafts. Raises SourceError when this is no Maildir."""
        found = maildir_folders(self._root, self._names)
        changes = MailChanges(messages=iter(()), complete=True)
        listings = [_listing(each, since, changes) for each in found if each.folder.role not in NOT_EVIDENCE]
        changes.messages = _read(listings, changes)
        return changes

    def close(self) -> None:
        """Nothing to let go of."""


def _listing(folder: MaildirFolder, since: date, changes: MailChanges) -> _Listing:
    listing = _Listing(folder)
    for file in _readable(folder, changes):
        listing.total += 1
        listing.newest = max(listing.newest, file.stored_at.timestamp())
        if in_window(file.stored_at, since):
            listing.inside.append(file)
    return listing


def _readable(folder: MaildirFolder, changes: MailChanges) -> Iterator[MaildirFile]:
    name, hint = folder.folder.name, "check who may read the directory"
    try:
        yield from files(folder)
    except OSError as error:
        _report(changes, "mail.folder-unreadable", name, f"the folder could not be read: {error.strerror}", hint)


def _read(listings: list[_Listing], changes: MailChanges) -> Iterator[RawMessage]:
    timed = any(listing.inside for listing in listings)
    for listing in listings:
        for file in listing.inside if timed else _readable(listing.folder, changes):
            message = _message(listing.folder, file, changes, timed=timed)
            if message is not None:
                yield message
    stand = {listing.folder.folder.name: [listing.total, listing.newest] for listing in listings}
    changes.state = json.dumps({"version": 1, "folders": stand}, sort_keys=True)


def _message(folder: MaildirFolder, file: MaildirFile, changes: MailChanges, *, timed: bool) -> RawMessage | None:
    key = f"{folder.folder.name};{file.unique}"
    try:
        try:
            raw = _head(file.path)
        except FileNotFoundError:
            now = renamed(file)
            if now is None:
                return None
            file, raw = now, _head(now.path)
    except OSError as error:
        message = f"the file {file.name} could not be read: {error.strerror}"
        _report(changes, "mail.unreadable", key, message, "check who may read it")
        return None
    received_at = file.stored_at if timed else None
    return RawMessage(key, folder.folder.name, folder.folder.role, file.flags, received_at, file.size, raw)


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(CAP)


def _report(changes: MailChanges, code: str, subject: str, message: str, hint: str) -> None:
    changes.truncated = True
    changes.problems.append(Problem(code, subject, message, hint))
