r"""Writes drafts into the Drafts folder of a Maildir, and looks for them there.

A draft is written to `tmp`, made durable, and then renamed into `cur` with the flags D and S in one step: a reader sees
the whole message or none. The only other change is the move of crmlink's own untouched draft to Trash, by one rename.
No folder is ever made. Drafts are written with bare line feeds, as mail programs expect in a Maildir.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from crmlink.mailbox.folders import BY_SERVER, FolderNames, no_folder
from crmlink.mailbox.maildir import MaildirFile, MaildirFolder, files, maildir_folders, renamed
from crmlink.model.draft import Position, StoredHeader
from crmlink.model.errors import SourceError, WriteRefusedError, WriteUnknownError
from crmlink.model.mail import Role
from crmlink.writer.headers import is_untouched, stored_header

_HEAD_BYTES: Final = 65536
_COUNTER: Final = itertools.count(1)  # part of the unique name: two drafts may be written in one microsecond


class MaildirDraftWriter:
    """A `DraftWriter` over a directory. A message's `uid` is the unique part of its file name."""

    def __init__(self, root: Path, names: FolderNames = BY_SERVER) -> None:
        self._root = root
        self._names = names

    def position(self, role: Role = Role.DRAFTS) -> Position:
        """The folder's name; a Maildir has no numbers. Raises FolderError, or SourceError when this is no Maildir."""
        return Position(self._folder(role).folder.name)

    def append(self, raw: bytes) -> None:
        """Store one message in Drafts."""
        drafts = self._folder(Role.DRAFTS).paths[0]
        written: Path | None = None
        try:
            for part in ("tmp", "cur"):  # some programs make only what they need of a folder
                (drafts / part).mkdir(mode=0o700, exist_ok=True)
            written = _write(drafts / "tmp", raw.replace(b"\r\n", b"\n"))
            target = drafts / "cur" / f"{_unique(written)}:2,DS"
            written.rename(target)
        except OSError as error:
            if written is not None:
                with contextlib.suppress(OSError):
                    written.unlink()
            raise WriteRefusedError(
                f"the draft could not be written to {drafts}: {(error.strerror or str(error)).lower()}",
                hint="make room on the disk, or check who may write there; nothing was stored",
            ) from error
        try:
            _make_durable(target.parent)
        except OSError as error:
            raise WriteUnknownError(f"the draft in {drafts} may not survive a crash: {error.strerror}") from error

    def headers(self, role: Role, *, since: Position | None = None) -> tuple[StoredHeader, ...]:  # noqa: ARG002 - a Maildir is searched whole
        """Identifying headers of what lies in the folders of that role; in Drafts only the main folder."""
        found = [each for each in maildir_folders(self._root, self._names) if each.folder.role is role]
        wanted = [each for each in found if each.folder.main or role is not Role.DRAFTS]
        return tuple(header for folder in wanted for header in _headers(folder))

    def read(self, header: StoredHeader) -> bytes | None:
        """The bytes of a message in Drafts as stored, None when it is gone."""
        file = self._find(self._folder(Role.DRAFTS), header)
        return _content(file) if file else None

    def discard(self, header: StoredHeader, raw: bytes) -> bool:
        """Move our own untouched draft to Trash, under the same name."""
        found = maildir_folders(self._root, self._names)
        drafts, trash = _main(found, Role.DRAFTS), _main(found, Role.TRASH)
        file = self._find(drafts, header) if drafts and trash else None
        content = _content(file) if file else None
        if file is None or trash is None or content is None or not is_untouched(content, file.flags, raw):
            return False
        target = trash.paths[0] / "cur"
        try:
            file.path.rename(target / file.name)
        except OSError:
            return False
        for directory in (target, file.directory):
            with contextlib.suppress(OSError):
                _make_durable(directory)
        return True

    def close(self) -> None:
        """Nothing to let go of."""

    def _folder(self, role: Role) -> MaildirFolder:
        found = _main(maildir_folders(self._root, self._names), role)
        if found is None:
            raise no_folder(f"the Maildir {self._root}", role)
        return found

    def _find(self, folder: MaildirFolder, header: StoredHeader) -> MaildirFile | None:
        try:
            return next((file for file in files(folder) if file.unique == header.uid), None)
        except OSError as error:
            raise _unreadable(folder, error) from error


def _main(found: tuple[MaildirFolder, ...], role: Role) -> MaildirFolder | None:
    return next((each for each in found if each.folder.role is role and each.folder.main), None)


def _write(directory: Path, content: bytes) -> Path:
    path = directory / f"crmlink.{os.getpid()}.{next(_COUNTER)}.{_host()}"
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return path


def _unique(written: Path) -> str:
    """A name no other message has: when the file was written, by which process, on which machine (cr.yp.to/proto/maildir.html)."""
    seconds, nanoseconds = divmod(written.stat().st_mtime_ns, 1_000_000_000)
    return f"{seconds}.M{nanoseconds // 1000}P{os.getpid()}Q{next(_COUNTER)}.{_host()}"


def _host() -> str:
    return socket.gethostname().replace("/", "\\057").replace(":", "\\072")


def _make_durable(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _headers(folder: MaildirFolder) -> Iterator[StoredHeader]:
    try:
        for file in files(folder):
            content = _content(file, _HEAD_BYTES)
            if content is not None:
                yield stored_header(file.unique, content, size=file.size, stored_at=file.stored_at)
    except OSError as error:
        raise _unreadable(folder, error) from error


def _content(file: MaildirFile, limit: int = -1) -> bytes | None:
    """The file's bytes, also when a flag changed meanwhile; None when it is gone."""
    now: MaildirFile | None = file
    while now is not None:
        with contextlib.suppress(FileNotFoundError), now.path.open("rb") as opened:
            return opened.read(limit)
        now = renamed(now)
    return None


def _unreadable(folder: MaildirFolder, error: OSError) -> SourceError:
    reason = (error.strerror or type(error).__name__).lower()
    return SourceError(
        f"the folder {folder.folder.name} cannot be read: {reason}", hint="check who may read the directory"
    )
