"""When a VEVENT is: start, end and names of occurrences, as real moments or whole days (RFC 5545 section 3.6.1).

It expands nothing. In: a component as icalendar parsed it, its lines, the owner's zone. Out: dates and aware
datetimes. Broken values raise one of `LIBRARY_ERRORS`; whoever reads an event turns that into a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from crmlink.facts.calendar_text import property_name

MAX_DURATION: Final = timedelta(days=3660)
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


def recurrence_key(moment: date) -> str:
    """How an occurrence is named: a date, or a moment in UTC ("2026-03-10T08:00:00Z")."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


def real_time(moment: datetime) -> datetime:
    """The same moment on a clock that exists: a time in the hour skipped in spring moves on (RFC 5545 section 3.3.5)."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)


def first(value: Any) -> Any:
    """The value of a property, the first when it is there more than once."""
    return value[0] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class EventTimes:
    """The times of one parsed VEVENT. `zone` is the owner's."""

    parsed: Any
    lines: tuple[str, ...]
    zone: ZoneInfo

    def span(self, *, start_needed: bool) -> tuple[date, date, bool]:
        """Start, end (exclusive) and whether DTSTART was there. Raises ValueError for times nobody can mean.

        Without `start_needed`, the occurrence's name or else the time of writing stands in for a missing start.
        """
        start = self.moment("DTSTART")
        given = start is not None
        if start is None:
            start = None if start_needed else self.moment("RECURRENCE-ID") or self.stamp("DTSTAMP")
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
        moment = first(value).dt
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


def _calendar_days(lines: tuple[str, ...]) -> timedelta:
    """The weeks and days a DURATION names as such: the library makes a day of PT24H."""
    value = next(line.rpartition(":")[2] for line in lines if property_name(line) == "DURATION")
    found = _WHOLE_DAYS.match(value.strip().upper())
    weeks, days = (int(number or 0) for number in found.groups()) if found else (0, 0)
    return timedelta(weeks=weeks, days=days)
