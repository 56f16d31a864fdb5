"""The recurrence library as crmlink sees it: bare times in, bare times out (RFC 5545 section 3.8.5).

The arithmetic is recurring-ical-events'. It is handed nothing but times, of one kind, for rules the guard let through.
In: the components of one series. Out: which component each occurrence between two moments comes from, and its span.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import icalendar
import recurring_ical_events

from crmlink.facts.components import Component

_NUMBER: Final = "X-CRMLINK-COMPONENT"


def expand(components: Sequence[Component], start: datetime, end: datetime) -> list[tuple[int, date, date]]:
    """Index of the component, start and end of each occurrence between the two moments, cancelled ones included.

    Raises one of `LIBRARY_ERRORS` on data that slipped through.
    """
    calendar = icalendar.Calendar()
    for number, component in enumerate(components):
        calendar.add_component(_bare(component, number))
    found = recurring_ical_events.of(calendar, components=["VEVENT"]).between(start, end)
    return [(int(item[_NUMBER]), item["DTSTART"].dt, item["DTEND"].dt) for item in found]


def _bare(component: Component, number: int) -> icalendar.Event:
    """A component with nothing but its times."""
    bare = icalendar.Event()
    bare.add("UID", "series")
    bare.add("DTSTART", component.event.start)
    bare.add("DTEND", component.event.end)
    bare.add(_NUMBER, str(number))
    if component.replaces is not None:
        extent = {"RANGE": "THISANDFUTURE"} if component.event.this_and_future else {}
        bare.add("RECURRENCE-ID", component.replaces, parameters=extent)
        return bare
    for rule in component.rules:
        bare.add("RRULE", _same_kind_of_end(rule, component.event.start))
    if component.extra:
        bare.add("RDATE", list(component.extra))
    if component.excluded:
        bare.add("EXDATE", list(component.excluded))
    return bare


def _same_kind_of_end(rule: Any, start: date) -> Any:
    """The rule with UNTIL of the kind that DTSTART has (RFC 5545 section 3.3.10); many programs write the other one.

    A day includes all of that day; a moment bounds whole days by the day it falls on.
    """
    until = next(iter(rule.get("UNTIL", ())), None)
    if until is None:
        return rule
    kept = icalendar.vRecur(rule)
    if isinstance(start, datetime):
        if not isinstance(until, datetime):
            until = datetime.combine(until, datetime.max.time().replace(microsecond=0), start.tzinfo)
        elif until.tzinfo is None:
            until = until.replace(tzinfo=start.tzinfo)
        kept["UNTIL"] = [until.astimezone(UTC)]
    elif isinstance(until, datetime):
        kept["UNTIL"] = [until.date()]
    return kept
