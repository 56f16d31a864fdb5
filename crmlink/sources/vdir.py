"""Reads a vdir: a directory of `.ics` files is a calendar, a directory of such directories is a set of them.

This is what vdirsyncer, khal and Radicale keep on disk. A file `displayname` beside the events names the calendar.
It only reads. A missing directory is a `SourceError`, a single unreadable file a `Problem`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from crmlink.facts.calendar_text import MAX_BYTES
from crmlink.model.errors import SourceError
from crmlink.model.ids import EventUid, digest
from crmlink.model.problem import Problem
from crmlink.sources.port import CalendarChanges, RawEvent
from crmlink.sources.resource_window import holds, may_touch, split_resources

MAX_FILE: Final = 20 * MAX_BYTES
"""An exported calendar of many years; single events are held to `MAX_BYTES` later."""


class VdirSource:
    """A `CalendarSource` over a directory. Always reads the whole window."""

    def __init__(self, path: Path, name: str = "calendar") -> None:
        self._path = path
        self._name = name

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, states: dict[str, str], *, start: date, end: date) -> list[CalendarChanges]:  # noqa: ARG002 - the whole window, whatever the states
        """Every resource that may touch the window, per calendar.

        Raises:
            SourceError: the directory is not there or cannot be listed.
        """
        return [
            CalendarChanges(
                found.calendar,
                tuple(event for event in found.events if may_touch(event.raw, start, end)),
                state=found.state,
                problems=found.problems,
            )
            for found in self._everything()
        ]

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place. Raises SourceError as `changes` does."""
        return [event for found in self._everything() for event in found.events if holds(event.raw, uids)]

    def close(self) -> None:
        """Nothing to let go of."""

    def _everything(self) -> list[CalendarChanges]:
        try:
            return [_read(name, directory) for name, directory in self._directories()]
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
            (name if names.count(name) == 1 else f"{name} ({folder.name})", folder)
            for name, folder in zip(names, folders, strict=True)
        ]


def _read(name: str, directory: Path) -> CalendarChanges:
    problems: list[Problem] = []
    events: list[RawEvent] = []
    stamps: list[str] = []
    for path in sorted(entry for entry in directory.iterdir() if _is_event_file(entry)):
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= MAX_FILE else b""
        except OSError as error:
            problems.append(_unreadable(path, str(error.strerror)))
            continue
        if not raw and size:
            problems.append(_unreadable(path, f"larger than {MAX_FILE} bytes"))
            continue
        etag = digest(raw.hex())[:16]
        stamps.append(f"{path.name} {etag}")
        parts = split_resources(raw)
        for number, part in enumerate(parts):
            events.append(RawEvent(name, path.name if len(parts) == 1 else f"{path.name}#{number}", etag, part))
    return CalendarChanges(name, tuple(events), state=digest(*stamps), problems=problems)


def _is_event_file(entry: Path) -> bool:
    return entry.suffix.lower() == ".ics" and not entry.name.startswith(".")


def _display_name(directory: Path) -> str:
    try:
        named = (directory / "displayname").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    return " ".join(named.split())[:100] or directory.name


def _unreadable(path: Path, reason: str) -> Problem:
    return Problem(
        "calendar.unreadable-file",
        path.name,
        f"A calendar file cannot be read ({reason}); it was left out.",
        "Make the file readable, or remove it.",
    )
