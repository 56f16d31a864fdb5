"""Reads a Maildir without touching it: no message moves from `new` to `cur`, no flag changes.

A message's time is that of its file. Copied or restored directories may carry times that have nothing to do with the
mail: when no file at all lies in the window, times say nothing here, and every message is read with its time unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from crmlink.mailbox.folders import BY_SERVER, NOT_EVIDENCE, FolderNames
from crmlink.mailbox.maildir import MaildirFile, MaildirFolder, files, maildir_folders, renamed
from crmlink.mailbox.window import CAP, in_window
from crmlink.model.problem import Problem
from crmlink.sources.port import MailChanges, RawMessage


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
        listing = [(each, _listing(each, changes)) for each in found if each.folder.role not in NOT_EVIDENCE]
        changes.messages = _read(listing, since, changes)
        return changes

    def close(self) -> None:
        """Nothing to let go of."""


def _listing(folder: MaildirFolder, changes: MailChanges) -> list[MaildirFile]:
    try:
        return list(files(folder))
    except OSError as error:
        hint = "check who may read the directory"
        _report(
            changes,
            "mail.folder-unreadable",
            folder.folder.name,
            f"the folder could not be read: {error.strerror}",
            hint,
        )
        return []


def _read(
    listing: list[tuple[MaildirFolder, list[MaildirFile]]], since: date, changes: MailChanges
) -> Iterator[RawMessage]:
    timed = any(in_window(file.stored_at, since) for _, found in listing for file in found)
    for folder, found in listing:
        for file in found:
            if timed and not in_window(file.stored_at, since):
                continue
            message = _message(folder, file, changes, timed=timed)
            if message is not None:
                yield message
    stand = {folder.folder.name: len(found) for folder, found in listing}
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
        message = f"the file {file.path.name} could not be read: {error.strerror}"
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
