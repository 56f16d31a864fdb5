"""Turns the components of one UID into its occurrences inside a window (RFC 5545 section 3.8.5).

The arithmetic is recurring-ical-events'; this module hands it bare times only, and keeps from it what it would get
wrong or never finish: refused rules, overrides of occurrences that do not exist, the recurrence-id of moved
occurrences. In: components of one UID, an aware window. Out: events, problems. Never raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from crmlink.facts.components import LIBRARY_ERRORS, Component, real_time, recurrence_key
from crmlink.facts.recurrence_guard import refusal
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event
from crmlink.model.problem import Problem

_NUMBER: Final = "X-CRMLINK-COMPONENT"
_DAY: Final = timedelta(days=1)


def occurrences(
    components: Sequence[Component], *, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Every occurrence that touches [start, end), in no particular order. All components have the same UID."""
    current = _current(components)
    found = tuple(component.event for component in current)
    problems: tuple[Problem, ...] = ()
    master = next((component for component in current if component.replaces is None), None)
    if master is not None and master.recurs:
        if reason := refusal(master, start=start.date() - _DAY, end=end.date() + _DAY):
            problems = (_refused(master.event.uid, reason),)
        else:
            found, problems = _expand(master, current, start=start.astimezone(zone), end=end.astimezone(zone))
    return tuple(event for event in found if touches(event, start, end, zone=zone)), problems


def touches(event: Event, start: datetime, end: datetime, *, zone: ZoneInfo) -> bool:
    """Whether any of the event lies inside [start, end); days are days in `zone`."""
    first, last = moment_of(event.start, zone), moment_of(event.end, zone)
    return first < end and (last > start or first == last == start)


def moment_of(value: date, zone: ZoneInfo) -> datetime:
    """The value itself, or the midnight that begins the day in `zone`."""
    return value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time(), zone)


def _current(components: Sequence[Component]) -> tuple[Component, ...]:
    """The newest version of the series and of each override (SEQUENCE, then the time of change)."""
    newest: dict[tuple[str | None, bool], Component] = {}
    for component in components:
        key = (component.event.recurrence_id, component.event.this_and_future)
        if key not in newest or _version(component) >= _version(newest[key]):
            newest[key] = component
    return tuple(newest.values())


def _version(component: Component) -> tuple[int, datetime]:
    return component.event.sequence, component.event.modified_at or datetime.min.replace(tzinfo=UTC)


def _expand(
    master: Component, components: tuple[Component, ...], *, start: datetime, end: datetime
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    uid = master.event.uid
    try:
        overrides = [component for component in components if component is not master]
        strays = _strays(master, overrides)
        kept = [master, *(component for component in overrides if component not in strays)]
        found = _query(kept, start, end)
        events = tuple(_event(kept[number], at, until) for number, at, until in found)
    except LIBRARY_ERRORS:
        return tuple(component.event for component in components), (_refused(uid, "could not be worked out"),)
    return events, tuple(_stray(uid) for _ in strays[:1])


def _query(components: Sequence[Component], start: datetime, end: datetime) -> list[tuple[int, date, date]]:
    """Index of the component, start and end of each occurrence between the two moments."""
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


def _strays(master: Component, overrides: Sequence[Component]) -> list[Component]:
    """Overrides whose recurrence-id is no occurrence of the series: the library would add them as events of their own."""
    strays = []
    alone: Any = replace(master, excluded=())
    for override in overrides:
        wanted = override.replaces
        assert wanted is not None
        begin = wanted if isinstance(wanted, datetime) else datetime.combine(wanted, datetime.min.time(), UTC) - _DAY
        until = begin + (timedelta(seconds=1) if isinstance(wanted, datetime) else 3 * _DAY)
        if not any(_names(wanted, at) for _, at, _ in _query([alone], begin, until)):
            strays.append(override)
    return strays


def _names(recurrence_id: date, occurrence: date) -> bool:
    if isinstance(recurrence_id, datetime) and isinstance(occurrence, datetime):
        return recurrence_id == occurrence
    return _date(recurrence_id) == _date(occurrence)


def _date(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _event(component: Component, start: date, end: date) -> Event:
    event = component.event
    if component.replaces is not None and not event.this_and_future:
        return event
    moved = timedelta(0)
    if component.replaces is not None:
        moved = _distance(component.replaces, event.start)
    original = start - moved
    if isinstance(start, datetime) and isinstance(end, datetime):
        # An RDATE may be written in another zone than the series.
        zone = event.start.tzinfo if isinstance(event.start, datetime) else start.tzinfo
        start, end = real_time(start).astimezone(zone), real_time(end).astimezone(zone)
    return replace(event, start=start, end=end, recurrence_id=recurrence_key(original))


def _distance(replaced: date, start: date) -> timedelta:
    if isinstance(replaced, datetime) and isinstance(start, datetime):
        return start - replaced.astimezone(start.tzinfo)
    return _date(start) - _date(replaced)


def _refused(uid: EventUid, reason: str) -> Problem:
    return Problem(
        "calendar.refused-recurrence",
        uid,
        f"The series {reason}; only its first occurrence and its exceptions were read.",
        "Shorten the series in your calendar program.",
    )


def _stray(uid: EventUid) -> Problem:
    return Problem(
        "calendar.stray-override",
        uid,
        "An exception belongs to no occurrence of its series; it was left out.",
        "Open the series in your calendar program and save it again.",
    )
