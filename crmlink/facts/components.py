"""Reads one VEVENT: the facts that hold for all its occurrences, and what its recurrence is made of (RFC 5545).

It expands nothing and decides nothing. In: the lines of one VEVENT with settled zones. Out: a `Component`, or a
problem when there is nothing safe to read. Never raises.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Event as IcalEvent

from crmlink.facts.calendar_text import CalendarText, property_name
from crmlink.facts.calendar_values import (
    MAX_NAME,
    MAX_TITLE,
    address_of,
    attendee_of,
    line_of,
    sent_by_of,
    status_of,
    text_of,
)
from crmlink.facts.event_times import LIBRARY_ERRORS, EventTimes, first, recurrence_key
from crmlink.facts.zones import Zones
from crmlink.model.ids import EventUid, digest
from crmlink.model.meeting import Event, EventStatus
from crmlink.model.problem import Problem

MAX_UID: Final = 500
MAX_ATTENDEES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Component:
    """One VEVENT. `event` carries its own start and end; `rules`, `extra` and `excluded` are RRULE, RDATE, EXDATE values.

    `replaces` is the RECURRENCE-ID as a value, None for the series itself or a single event.
    """

    event: Event
    rules: tuple[Any, ...] = ()
    extra: tuple[Any, ...] = ()
    excluded: tuple[date, ...] = ()
    replaces: date | None = None

    @property
    def recurs(self) -> bool:
        """Whether it stands for more than its own start."""
        return bool(self.rules or self.extra)


def read_components(
    text: CalendarText, *, calendar: str, zone: ZoneInfo, start_needed: bool = True
) -> tuple[tuple[Component, ...], frozenset[EventUid], tuple[Problem, ...]]:
    """All VEVENTs that can be read, the UIDs of all that are there, and the problems of the rest.

    `start_needed` is False for iTIP, where a CANCEL or REPLY may leave DTSTART out.
    """
    zones = Zones(text.zones, zone)
    components: list[Component] = []
    uids = {EventUid(uid) for given in text.uids if (uid := line_of(given, MAX_UID))}
    problems = list(text.problems)
    for lines in text.events:
        settled, unknown = zones.settle(lines)
        reading = _Reading(settled, calendar, zone, start_needed=start_needed)
        uids.add(reading.uid)
        problems.extend(_unknown_zone(reading.uid, tzid) for tzid in unknown)
        try:
            component = reading.component()
        except LIBRARY_ERRORS:
            problems.append(_broken(reading.uid))
            continue
        if unknown:
            component = replace(component, event=replace(component.event, zone_known=False))
        components.append(component)
    return tuple(components), frozenset(uids), tuple(problems)


class _Reading:
    """One VEVENT being read with icalendar; its accessors raise `LIBRARY_ERRORS` on broken values."""

    def __init__(self, lines: tuple[str, ...], calendar: str, zone: ZoneInfo, *, start_needed: bool) -> None:
        self.calendar = calendar
        self.zone = zone
        self.start_needed = start_needed
        self.uid = _uid(lines)
        self.lines = lines
        self.parsed: Any
        self.times: EventTimes

    def component(self) -> Component:
        text = "\r\n".join(("BEGIN:VEVENT", *self.lines, "END:VEVENT", ""))
        self.parsed = IcalEvent.from_ical(text)
        self.times = EventTimes(self.parsed, self.lines, self.zone)
        replaced = self.times.moment("RECURRENCE-ID")
        rules = self.all("RRULE")
        extra = tuple(value.dt for listed in self.all("RDATE") for value in listed.dts)
        event = replace(
            self._event(),
            recurrence_id=None if replaced is None else recurrence_key(replaced),
            this_and_future=replaced is not None and "RANGE" in self.parsed["RECURRENCE-ID"].params,
            recurring=bool(rules or extra),
        )
        excluded = tuple(value.dt for listed in self.all("EXDATE") for value in listed.dts)
        return Component(event, rules, extra, excluded, replaced)

    def _event(self) -> Event:
        start, end, given = self.times.span(start_needed=self.start_needed)
        status = status_of(self.text("STATUS"))
        organizer = self.parsed.get("ORGANIZER")
        attendees = (attendee_of(value) for value in self.all("ATTENDEE")[:MAX_ATTENDEES])
        outlook = self.text("X-MICROSOFT-CDO-BUSYSTATUS").strip().upper()
        transparent = self.text("TRANSP").strip().upper() or ("TRANSPARENT" if outlook == "FREE" else "")
        return Event(
            self.uid,
            start,
            end,
            line_of(self.text("SUMMARY"), MAX_TITLE),
            calendar=self.calendar,
            sequence=self.sequence(),
            status=status or EventStatus.CONFIRMED,
            organizer=None if organizer is None else address_of(first(organizer)),
            sent_by=None if organizer is None else sent_by_of(first(organizer)),
            attendees=tuple(attendee for attendee in attendees if attendee),
            location=line_of(self.text("LOCATION"), MAX_TITLE),
            description=text_of(self.text("DESCRIPTION")),
            categories=self.categories(),
            busy=transparent != "TRANSPARENT",
            created_at=self.times.stamp("CREATED"),
            modified_at=self.times.stamp("LAST-MODIFIED") or self.times.stamp("DTSTAMP"),
            status_given=status is not None,
            away=outlook == "OOF",
            start_given=given,
        )

    def sequence(self) -> int:
        value = first(self.parsed.get("SEQUENCE", 0))
        return min(max(int(value), 0), 2**31 - 1) if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        return str(first(self.parsed.get(name, "")))

    def all(self, name: str) -> tuple[Any, ...]:
        value = self.parsed.get(name)
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (value,)

    def categories(self) -> tuple[str, ...]:
        names = (str(name) for listed in self.all("CATEGORIES") for name in getattr(listed, "cats", ()))
        return tuple(clean for name in names if (clean := line_of(name, MAX_NAME)))


def _uid(lines: tuple[str, ...]) -> EventUid:
    given = next((line.partition(":")[2] for line in lines if property_name(line) == "UID"), "")
    return EventUid(line_of(given, MAX_UID) or f"no-uid-{digest(*lines)[:16]}")


def _unknown_zone(uid: EventUid, tzid: str) -> Problem:
    return Problem(
        "calendar.unknown-zone",
        uid,
        f"The event is in a time zone nobody knows ({line_of(tzid, MAX_NAME)}); its hours are not certain.",
        "Give the event a normal time zone in your calendar program; until then the time around it is not offered.",
    )


def _broken(uid: EventUid) -> Problem:
    return Problem(
        "calendar.broken-event",
        uid,
        "The event has no usable start or end; it was left out.",
        "Open it in your calendar program and save it again, or remove it.",
    )
