r"""How a Maildir lies on disk: folders as directories, messages as files, flags in file names.

Maildir++ (as Dovecot and Courier keep it): the directory itself, or `INBOX` in it, is the inbox; `.Sent` and `.A.B` are
further folders, their names in modified UTF-7. Directories without the dot (`Sent/`, as mbsync makes them) count too.
A message lies in `new` or `cur` as `<unique>:2,<flags>`; other programs rename it whenever a flag changes, so only the
unique part names it. Nothing here writes or renames.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from imapclient.imap_utf7 import decode

from crmlink.mailbox.file_names import shown
from crmlink.mailbox.folders import BY_SERVER, Folder, FolderNames, Listed, folders
from crmlink.model.errors import SourceError

_PARTS: Final = ("cur", "new", "tmp")
_MARKER: Final = "maildirfolder"  # what Courier and Dovecot put into every folder but the root
_FLAG_LETTERS: Final = {
    "D": "\\draft",
    "F": "\\flagged",
    "P": "$forwarded",
    "R": "\\answered",
    "S": "\\seen",
    "T": "\\deleted",
}
# The colon cannot stand in a file name everywhere; "!" and ";" are what programs use instead.
_INFO: Final = re.compile(r"[:;!]2,([A-Za-z]*)$")


@dataclass(frozen=True, slots=True)
class MaildirFolder:
    """One folder and the directories it lies in: one, but for an inbox that is both the root and `INBOX`."""

    folder: Folder
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class MaildirFile:
    """One message on disk: the directory (`cur` or `new`) and its name there, when it was last written, its bytes."""

    directory: Path
    name: str
    stored_at: datetime
    size: int

    @property
    def path(self) -> Path:
        """Where it lay when it was listed."""
        return self.directory / self.name

    @property
    def unique(self) -> str:
        """The part of the name that stays when flags change."""
        return _unique(self.name)

    @property
    def flags(self) -> frozenset[str]:
        """Its flags as IMAP calls them; what lies in `new` has none yet."""
        info = _INFO.search(self.name)
        letters = info[1] if info and self.directory.name == "cur" else ""
        return frozenset(_FLAG_LETTERS[letter] for letter in letters if letter in _FLAG_LETTERS)


def maildir_folders(root: Path, names: FolderNames = BY_SERVER) -> tuple[MaildirFolder, ...]:
    """Every folder of a Maildir with its role. Raises SourceError when `root` cannot be read or is no Maildir."""
    paths: dict[str, list[Path]] = {}
    try:
        for name, path in _directories(root):
            paths.setdefault(name, []).append(path)
    except OSError as error:
        raise SourceError(
            f"the Maildir {root} cannot be read: {_reason(error)}", hint="check the path in CRMLINK_MAIL"
        ) from error
    if not paths:
        raise SourceError(
            f"{root} is no Maildir: it has no cur or new and no folders", hint="check the path in CRMLINK_MAIL"
        )
    found = folders((Listed(frozenset(), ".", name) for name in paths), names)
    return tuple(MaildirFolder(folder, tuple(paths[folder.name])) for folder in found)


def files(folder: MaildirFolder) -> Iterator[MaildirFile]:
    """Every message of a folder, by name. One that vanishes meanwhile is passed over; raises OSError otherwise."""
    for directory in (path / part for path in folder.paths for part in ("new", "cur")):
        for entry in _entries(directory):
            found = _file(directory, entry)
            if found is not None:
                yield found


def unique_names(folder: MaildirFolder) -> Iterator[str]:
    """What names each message of a folder, whatever its flags, without looking at the files. Raises OSError."""
    for directory in (path / part for path in folder.paths for part in ("new", "cur")):
        for entry in _entries(directory):
            yield _unique(entry.name)


def inbox_stamps(root: Path) -> tuple[int, ...]:
    """What changes whenever mail arrives in the inbox, or goes, or gets a flag; cheap enough to ask for every second."""
    places = (place / part for place in (root, root / "INBOX", root / ".INBOX") for part in ("new", "cur"))
    return tuple(_changed_at(place) for place in places)


def renamed(file: MaildirFile) -> MaildirFile | None:
    """The same message under its present name, after another program changed its flags; None when it is gone."""
    for part in ("cur", "new"):
        directory = file.directory.parent / part
        for entry in _entries(directory):
            if _unique(entry.name) == file.unique:
                return _file(directory, entry)
    return None


def _directories(root: Path) -> Iterator[tuple[str, Path]]:
    if _is_folder(root):
        yield "INBOX", root
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        if entry.name in _PARTS or not entry.is_dir() or not _is_folder(Path(entry.path)):
            continue
        name = entry.name.removeprefix(".")
        if name:
            yield "INBOX" if name.upper() == "INBOX" else _decoded(name), Path(entry.path)


def _unique(name: str) -> str:
    return shown(_INFO.sub("", name))


def _is_folder(path: Path) -> bool:
    return any((path / part).is_dir() for part in _PARTS) or (path / _MARKER).is_file()


def _decoded(name: str) -> str:
    try:
        return str(decode(name.encode("ascii")))
    except ValueError:
        return shown(name)  # not modified UTF-7: newer servers write UTF-8


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted((each for each in entries if not each.name.startswith(".")), key=lambda each: each.name)
    except FileNotFoundError:
        return []


def _file(directory: Path, entry: os.DirEntry[str]) -> MaildirFile | None:
    try:
        status = entry.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return MaildirFile(directory, entry.name, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size)


def _changed_at(directory: Path) -> int:
    try:
        return directory.stat().st_mtime_ns
    except OSError:
        return 0


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
