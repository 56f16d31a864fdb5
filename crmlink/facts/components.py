"""Reads one VEVENT: the facts that hold for all its occurrences, and what its recurrence is made of (RFC 5545).

It expands nothing and decides nothing. In: the lines of one VEVENT with settled zones. Out: a `Component`, or a
problem when there is nothing safe to read. Never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
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
from crmlink.facts.zones import Zones
from crmlink.model.ids import EventUid, digest
from crmlink.model.meeting import Event, EventStatus
from crmlink.model.problem import Problem

MAX_DURATION: Final = timedelta(days=3660)
MAX_UID: Final = 500
MAX_ATTENDEES: Final = 1_000
_WHOLE_DAYS: Final = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?")
LIBRARY_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What icalendar, dateutil and recurring-ical-events raise on broken data, as seen by fuzzing them."""


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


def recurrence_key(moment: date) -> str:
    """How an occurrence is named: a date, or a moment in UTC ("2026-03-10T08:00:00Z")."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def real_time(moment: datetime) -> datetime:
    """The same moment on a clock that exists: a time in the hour skipped in spring moves on (RFC 5545 section 3.3.5)."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


class _Reading:
    """One VEVENT being read with icalendar; its accessors raise `LIBRARY_ERRORS` on broken values."""

    def __init__(self, lines: tuple[str, ...], calendar: str, zone: ZoneInfo, *, start_needed: bool) -> None:
        self.calendar = calendar
        self.zone = zone
        self.start_needed = start_needed
        self.uid = _uid(lines)
        self.lines = lines
        self.parsed: Any = None

    def component(self) -> Component:
        text = "\r\n".join(("BEGIN:VEVENT", *self.lines, "END:VEVENT", ""))
        self.parsed = IcalEvent.from_ical(text)
        replaced = self.moment("RECURRENCE-ID")
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
        start, end, given = self.span()
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
            organizer=None if organizer is None else address_of(_first(organizer)),
            sent_by=None if organizer is None else sent_by_of(_first(organizer)),
            attendees=tuple(attendee for attendee in attendees if attendee),
            location=line_of(self.text("LOCATION"), MAX_TITLE),
            description=text_of(self.text("DESCRIPTION")),
            categories=self.categories(),
            busy=transparent != "TRANSPARENT",
            created_at=self.stamp("CREATED"),
            modified_at=self.stamp("LAST-MODIFIED") or self.stamp("DTSTAMP"),
            status_given=status is not None,
            away=outlook == "OOF",
            start_given=given,
        )

    def span(self) -> tuple[date, date, bool]:
        """Start, end (exclusive) and whether DTSTART was there. Raises ValueError for times nobody can mean."""
        start = self.moment("DTSTART")
        given = start is not None
        if start is None:
            start = None if self.start_needed else self.moment("RECURRENCE-ID") or self.stamp("DTSTAMP")
        if start is None:
            raise ValueError("no DTSTART")
        end = self._end(start) if given else start
        if isinstance(start, datetime) and isinstance(end, datetime):
            start, end = real_time(start), real_time(end)
        end = max(start, end)
        if end - start > MAX_DURATION:
            raise ValueError("lasts for years")
        return start, end, given

    def _end(self, start: date) -> date:
        """DTEND, else DTSTART plus DURATION, else the day itself or no time at all (RFC 5545 section 3.6.1)."""
        end = self.moment("DTEND")
        if end is None and "DURATION" in self.parsed:
            duration: timedelta = self.parsed["DURATION"].dt
            if isinstance(start, datetime):
                # Hours are exact, also over a change of the clock (RFC 5545 section 3.3.6); days are calendar days.
                days = min(_calendar_days(self.lines), duration)
                return ((start + days).astimezone(UTC) + (duration - days)).astimezone(start.tzinfo)
            return start + max(timedelta(days=-(-duration // timedelta(days=1))), timedelta(days=1))
        if end is None:
            return start if isinstance(start, datetime) else start + timedelta(days=1)
        if isinstance(start, datetime) and not isinstance(end, datetime):
            return datetime.combine(end, datetime.min.time(), start.tzinfo)
        if isinstance(end, datetime) and not isinstance(start, datetime):
            return end.astimezone(self.zone).date() + timedelta(days=1)
        # DTEND on the start day itself is a common way to write a one-day event.
        return end if isinstance(start, datetime) else max(end, start + timedelta(days=1))

    def moment(self, name: str) -> date | None:
        """A date or an aware datetime. Raises a library error when it is there but broken."""
        value = self.parsed.get(name)
        if value is None:
            return None
        moment = _first(value).dt
        if isinstance(moment, datetime):
            return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        if not isinstance(moment, date):
            raise TypeError(name)
        return moment

    def stamp(self, name: str) -> datetime | None:
        """A moment in UTC that only informs: broken counts as missing."""
        try:
            moment = self.moment(name)
            return moment.astimezone(UTC) if isinstance(moment, datetime) else None
        except LIBRARY_ERRORS:
            return None

    def sequence(self) -> int:
        value = _first(self.parsed.get("SEQUENCE", 0))
        return min(max(int(value), 0), 2**31 - 1) if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        return str(_first(self.parsed.get(name, "")))

    def all(self, name: str) -> tuple[Any, ...]:
        value = self.parsed.get(name)
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (value,)

    def categories(self) -> tuple[str, ...]:
        names = (str(name) for listed in self.all("CATEGORIES") for name in getattr(listed, "cats", ()))
        return tuple(clean for name in names if (clean := line_of(name, MAX_NAME)))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _uid(lines: tuple[str, ...]) -> EventUid:
    given = next((line.partition(":")[2] for line in lines if property_name(line) == "UID"), "")
    return EventUid(line_of(given, MAX_UID) or f"no-uid-{digest(*lines)[:16]}")


def _calendar_days(lines: tuple[str, ...]) -> timedelta:
    """The weeks and days a DURATION names as such: the library makes a day of PT24H."""
    value = next(line.rpartition(":")[2] for line in lines if property_name(line) == "DURATION")
    found = _WHOLE_DAYS.match(value.strip().upper())
    weeks, days = (int(number or 0) for number in found.groups()) if found else (0, 0)
    return timedelta(weeks=weeks, days=days)


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
