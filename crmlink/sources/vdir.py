"""Reads a vdir: a directory of `.ics` files is a calendar, a directory of such directories is a set of them.

This is what vdirsyncer, khal and Radicale keep on disk. A file `displayname` beside the events names the calendar.
It only reads, and a file only again when its size, its place on the disk or one of its times is another (a copy may
carry an old date, but not an old time of change). A missing directory is a `SourceError`, an unreadable file a `Problem`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from crmlink.facts.calendar_text import MAX_BYTES
from crmlink.mailbox.file_names import shown
from crmlink.model.errors import SourceError
from crmlink.model.ids import EventUid, digest
from crmlink.model.problem import Problem
from crmlink.sources.calendar_state import stand_of, state_of, to_fetch
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent
from crmlink.sources.regular_file import read_regular
from crmlink.sources.resource_window import holds, may_touch, split_resources

MAX_FILE: Final = 20 * MAX_BYTES
"""An exported calendar of many years; single events are held to `MAX_BYTES` later."""
MAX_DISPLAY_NAME: Final = 10_000


class VdirSource:
    """A `CalendarSource` over a directory. A calendar's key is its path."""

    def __init__(self, path: Path, name: str = "calendar") -> None:
        self._path = path
        self._name = name

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, known: Mapping[str, KnownCalendar], *, start: date, end: date) -> Iterator[CalendarChanges]:
        """What changed among the resources that may touch the window, per calendar.

        Raises:
            SourceError: the directory is not there or cannot be listed.
        """
        with self._listable():
            for name, directory in self._directories():
                kept = known.get(str(directory), KnownCalendar())
                yield _changes(name, directory, kept, start, end)

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place. Raises SourceError as `changes` does."""
        with self._listable():
            everything = [_read(name, _Folder(directory)) for name, directory in self._directories()]
        return [event for events in everything for event in events if holds(event.raw, uids)]

    def close(self) -> None:
        """Nothing to let go of."""

    @contextmanager
    def _listable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SourceError(
                f"The calendar directory {error.filename or self._path} cannot be read ({error.strerror}).",
                hint="Correct CRMLINK_CALENDAR, or make the directory readable.",
            ) from error

    def _directories(self) -> list[tuple[str, Path]]:
        """Name and place of each calendar; the directory itself when it holds events or nothing at all."""
        entries = sorted(self._path.iterdir())
        folders = [entry for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
        if not folders or any(_is_event_file(entry) for entry in entries):
            return [(_display_name(self._path), self._path)]
        names = [_display_name(folder) for folder in folders]
        return [
            (name if names.count(name) == 1 else f"{name} ({shown(folder.name)})", folder)
            for name, folder in zip(names, folders, strict=True)
        ]


class _Folder:
    """The event files of one directory: name -> what tells one version of the file from another."""

    def __init__(self, directory: Path) -> None:
        self.problems: list[Problem] = []
        self.stamps: dict[str, str] = {}
        self._paths: dict[str, Path] = {}
        for path in sorted(entry for entry in directory.iterdir() if _is_event_file(entry)):
            try:
                stat = path.stat()
            except OSError as error:
                self.problems.append(_unreadable(path, str(error.strerror)))
                continue
            if stat.st_size > MAX_FILE:
                self.problems.append(_unreadable(path, f"larger than {MAX_FILE} bytes"))
                continue
            times = f"{stat.st_mtime_ns}-{stat.st_ctime_ns}"
            name = shown(path.name)
            self._paths[name] = path
            self.stamps[name] = f"{stat.st_dev}-{stat.st_ino}-{stat.st_size}-{times}"

    def read(self, calendar: str, name: str) -> list[RawEvent]:
        """The resources in one file. Its stamp is older than its content at worst: then it is read again next time."""
        path = self._paths[name]
        try:
            raw = read_regular(path, MAX_FILE)
        except OSError as error:
            self.problems.append(_unreadable(path, str(error.strerror)))
            return []
        parts = split_resources(raw)
        hrefs = [name] if len(parts) == 1 else [f"{name}#{number}" for number in range(len(parts))]
        return [RawEvent(calendar, href, self.stamps[name], part) for href, part in zip(hrefs, parts, strict=True)]


def _changes(name: str, directory: Path, known: KnownCalendar, start: date, end: date) -> CalendarChanges:
    """What is new in a directory. In another window, files that lay outside the old one must be looked into again."""
    folder = _Folder(directory)
    before = known.etags if stand_of(known.state, start, end) else {}
    events: list[RawEvent] = []
    elsewhere: dict[str, str] = {}
    changed = to_fetch({_file_of(href): etag for href, etag in before.items()}, folder.stamps)
    for file in changed:
        parts = folder.read(name, file)
        inside = [event for event in parts if may_touch(event.raw, start, end)]
        events += inside
        if parts and not inside:
            elsewhere[file] = folder.stamps[file]
    touched = {*changed} | {_file_of(href) for href in before} - folder.stamps.keys()
    return CalendarChanges(
        name,
        shown(str(directory)),
        tuple(events),
        complete=not before,
        gone=tuple(href for href in before if _file_of(href) in touched),
        elsewhere=elsewhere,
        state=state_of(start, end, digest(*(f"{file} {stamp}" for file, stamp in folder.stamps.items()))),
        problems=folder.problems,
    )


def _read(name: str, folder: _Folder) -> list[RawEvent]:
    return [event for file in folder.stamps for event in folder.read(name, file)]


def _file_of(href: str) -> str:
    """The file of a resource: a file with several has them numbered behind its name, which ends in .ics."""
    return href if _is_event_file(Path(href)) else href.rpartition("#")[0]


def _is_event_file(entry: Path) -> bool:
    return entry.suffix.lower() == ".ics" and not entry.name.startswith(".")


def _display_name(directory: Path) -> str:
    try:
        named = read_regular(directory / "displayname", MAX_DISPLAY_NAME).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    return " ".join(named.split())[:100] or shown(directory.name)


def _unreadable(path: Path, reason: str) -> Problem:
    return Problem(
        "calendar.unreadable-file",
        shown(path.name),
        f"A calendar file cannot be read ({reason}); it was left out.",
        "Make the file readable, or remove it.",
    )
