"""Reads one calendar resource: the occurrences that touch a window, and all that could not be read.

It never says what an occurrence means; cancelled ones come along, marked. In: the bytes of one iCalendar resource
(usually one UID with its overrides, RFC 4791 section 4.1), the calendar's name, the owner's zone, an aware window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from crmlink.facts.calendar_text import cut
from crmlink.facts.components import Component, read_components
from crmlink.facts.recurrences import moment_of, occurrences
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event
from crmlink.model.problem import Problem

MAX_OCCURRENCES: Final = 5_000
"""In one resource. A resource is one event and its exceptions, or a whole exported calendar."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What one resource says. `uids` holds every UID in it, also of what lies outside the window or was refused."""

    events: tuple[Event, ...] = ()
    uids: frozenset[EventUid] = frozenset()
    problems: tuple[Problem, ...] = ()


def read_events(raw: bytes, *, calendar: str, zone: ZoneInfo, start: datetime, end: datetime) -> EventFacts:
    """Occurrences that touch [start, end) in order of start, cancelled ones included. Never raises.

    `start` and `end` are aware. `zone` is the owner's: floating times and whole days are read in it.
    """
    components, uids, problems = read_components(cut(raw, subject=calendar), calendar=calendar, zone=zone)
    by_uid: dict[EventUid, list[Component]] = {}
    for component in components:
        by_uid.setdefault(component.event.uid, []).append(component)
    events: list[Event] = []
    found_problems = list(problems)
    for uid, series in by_uid.items():
        if len(events) > MAX_OCCURRENCES:
            found_problems.append(_too_many(uid))
            break
        found, trouble = occurrences(series, start=start, end=end, zone=zone)
        events.extend(found)
        found_problems.extend(trouble)
    events.sort(key=lambda event: (moment_of(event.start, zone), event.uid))
    return EventFacts(tuple(events), uids, tuple(found_problems))


def _too_many(uid: EventUid) -> Problem:
    return Problem(
        "calendar.too-many-occurrences",
        uid,
        f"More than {MAX_OCCURRENCES} meetings stand in one calendar item; the rest was left out.",
        "Divide the calendar item, or shorten its series.",
    )
