"""Cuts an iCalendar text into the lines that matter, before any library sees it (RFC 5545 section 3.1).

Decides what is small and whole enough to be read at all: size, number of components, components that never end.
It keeps only the properties crmlink uses, and drops alarms and everything else that is nested in an event. It does not
read a single value. In: the bytes of one resource or mail part. Out: the lines of each VEVENT and of each VTIMEZONE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from crmlink.model.problem import Problem

MAX_BYTES: Final = 1_000_000
MAX_EVENTS: Final = 2_000
MAX_LINES: Final = 3_000
"""Per event: a meeting with 2,000 attendees still fits."""
MAX_ZONES: Final = 50
MAX_DEPTH: Final = 20
MAX_RULE: Final = 2_000
MAX_VALUE: Final = 50_000

DATE_PROPERTIES: Final = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
STAMPS: Final = frozenset({"CREATED", "LAST-MODIFIED", "DTSTAMP"})
KEPT: Final = (
    DATE_PROPERTIES
    | STAMPS
    | {"UID", "DURATION", "RRULE", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "SEQUENCE"}
    | {"ORGANIZER", "ATTENDEE", "CATEGORIES", "X-MICROSOFT-CDO-BUSYSTATUS"}
)

_LINE_END: Final = re.compile(rb"\r\n?|\n")
_FOLD: Final = re.compile(rb"\n[ \t]")
_UID: Final = re.compile(rb"^UID(?:;[^:\n]*)?:([^\n]+)", re.MULTILINE | re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAME: Final = re.compile(r"([A-Za-z0-9-]+)\s*[;:]")


@dataclass(frozen=True, slots=True)
class CalendarText:
    """What stands in an iCalendar text: METHOD in upper case or "", each VEVENT's lines, each VTIMEZONE's by TZID.

    `uids` are the UID lines' values, also of what was left out: an event that cannot be read is still there.
    """

    method: str = ""
    events: tuple[tuple[str, ...], ...] = ()
    zones: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    uids: tuple[str, ...] = ()


def cut(raw: bytes, *, subject: str) -> CalendarText:
    """The lines of each event. `subject` names the resource in problems. Never raises, linear in the size."""
    if len(raw) > MAX_BYTES:
        problem = _problem("too-large", subject, f"is larger than {MAX_BYTES} bytes")
        return CalendarText(problems=(problem,), uids=uids_in(raw))
    if b"BEGIN:VCALENDAR" not in raw.upper():
        return CalendarText(problems=(_problem("not-a-calendar", subject, "is not an iCalendar text"),))
    walk = _Walk(subject)
    for line in unfold(raw):
        walk.take(line)
    return walk.finish(uids_in(raw))


def uids_in(raw: bytes) -> tuple[str, ...]:
    """The value of every UID line, whatever component it stands in and however broken the rest is."""
    joined = _FOLD.sub(b"", _LINE_END.sub(b"\n", raw))
    return tuple(value.decode("utf-8", errors="replace") for value in _UID.findall(joined))


def unfold(raw: bytes) -> list[str]:
    """The content lines, long lines joined (RFC 5545 section 3.1), control characters dropped.

    Joined as bytes first: some writers fold in the middle of a UTF-8 sequence.
    """
    joined = _FOLD.sub(b"", _LINE_END.sub(b"\n", raw))
    try:
        text = joined.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = joined.decode("cp1252", errors="replace")
    return _CONTROL.sub("", text).split("\n")


def property_name(line: str) -> str:
    """The name of a content line in upper case, "" for a line without one."""
    found = _NAME.match(line)
    return found.group(1).upper() if found else ""


class _Walk:
    """Goes through the lines once and remembers which components are open."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.method = ""
        self.open: list[str] = []
        self.events: list[tuple[str, ...]] = []
        self.zones: dict[str, tuple[str, ...]] = {}
        self.lines: list[str] = []
        self.problems: list[Problem] = []

    def take(self, line: str) -> None:
        name = property_name(line)
        if len(self.open) > MAX_DEPTH:
            return
        if name == "BEGIN":
            self._begin(_value(line))
        elif name == "END":
            self._end(_value(line))
        elif "VTIMEZONE" in self.open:
            self.lines.append(line)
        elif self.open[-1:] == ["VEVENT"]:
            if name in KEPT and len(self.lines) <= MAX_LINES:
                self.lines.append(_capped(name, line))
        elif name == "METHOD" and self.open[-1:] == ["VCALENDAR"]:
            self.method = self.method or _value(line)

    def _begin(self, name: str) -> None:
        if name in {"VCALENDAR", "VEVENT", "VTIMEZONE"} and name in self.open:
            # A component cannot hold one of its own kind: the earlier one was never closed.
            self._broken(self.open[self.open.index(name)])
            del self.open[self.open.index(name) :]
        if name in {"VEVENT", "VTIMEZONE"}:
            self.lines = []
        elif "VTIMEZONE" in self.open:
            self.lines.append(f"BEGIN:{name}")
        self.open.append(name)

    def _end(self, name: str) -> None:
        if name not in self.open:
            return
        del self.open[len(self.open) - 1 - self.open[::-1].index(name) :]
        if name == "VEVENT":
            self._close_event()
        elif name == "VTIMEZONE" and len(self.zones) < MAX_ZONES:
            tzid = next((_value(line, upper=False) for line in self.lines if property_name(line) == "TZID"), "")
            self.zones.setdefault(tzid, tuple(self.lines))
        elif "VTIMEZONE" in self.open:
            self.lines.append(f"END:{name}")

    def _close_event(self) -> None:
        if len(self.lines) > MAX_LINES:
            self.problems.append(_problem("too-large", self.subject, f"holds an event of over {MAX_LINES} lines"))
        elif len(self.events) < MAX_EVENTS:
            self.events.append(tuple(self.lines))
        else:
            problem = _problem("too-many-events", self.subject, f"holds more than {MAX_EVENTS} events")
            if problem not in self.problems:
                self.problems.append(problem)

    def _broken(self, name: str) -> None:
        problem = _problem("broken-text", self.subject, f"holds a {name} that is never closed")
        if name in {"VEVENT", "VTIMEZONE"} and problem not in self.problems:
            self.problems.append(problem)

    def finish(self, uids: tuple[str, ...]) -> CalendarText:
        for name in self.open:
            self._broken(name)
        return CalendarText(self.method, tuple(self.events), self.zones, tuple(self.problems), uids)


def _capped(name: str, line: str) -> str:
    """A line nobody needs in full is cut; half a rule would be another rule, so it becomes one that cannot be read."""
    if name == "RRULE" and len(line) > MAX_RULE:
        return "RRULE:"
    return line if name in DATE_PROPERTIES else line[:MAX_VALUE]


def _value(line: str, *, upper: bool = True) -> str:
    value = line.partition(":")[2].strip()
    return value.upper() if upper else value


def _problem(code: str, subject: str, what: str) -> Problem:
    hint = "Open it in your calendar program and save it again, or remove it."
    return Problem(f"calendar.{code}", subject, f"The calendar item {what}; it was left out.", hint)
