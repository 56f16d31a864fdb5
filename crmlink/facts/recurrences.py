"""Turns the components of one UID into its occurrences inside a window (RFC 5545 section 3.8.5).

It keeps from the library what it would get wrong or never finish: refused rules, overrides of occurrences that do not
exist, the recurrence-id of moved occurrences. In: components of one UID, an aware window. Out: events, problems.
Never raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from crmlink.facts.components import Component
from crmlink.facts.event_times import LIBRARY_ERRORS, real_time, recurrence_key
from crmlink.facts.expansion import expand
from crmlink.facts.recurrence_guard import refusal
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event
from crmlink.model.problem import Problem

FARTHEST_MOVE: Final = timedelta(days=800)
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


def touches(event: Event, start: datetime, end: datetime, *, zone: tzinfo) -> bool:
    """Whether any of the event lies inside [start, end); days are days in `zone`."""
    first, last = moment_of(event.start, zone), moment_of(event.end, zone)
    return first < end and (last > start or first == last == start)


def moment_of(value: date, zone: tzinfo) -> datetime:
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
        overrides = [one for one in components if one is not master and _matters(one, master, start, end)]
        anchored = _anchored(master, [one for one in overrides if _is_near(one, start, end)])
        kept = [master, *anchored]
        events = tuple(_occurrence(kept[number], at, until) for number, at, until in expand(kept, start, end))
    except LIBRARY_ERRORS:
        return tuple(component.event for component in components), (_refused(uid, "could not be worked out"),)
    return events, (_stray(uid),) if len(anchored) < len(overrides) else ()


def _matters(override: Component, master: Component, start: datetime, end: datetime) -> bool:
    """Whether the override, or the occurrence it replaces, may lie in the window."""
    if override.event.this_and_future or touches(override.event, start, end, zone=UTC):
        return True
    assert override.replaces is not None
    length = moment_of(master.event.end, UTC) - moment_of(master.event.start, UTC)
    return start - length - 2 * _DAY < moment_of(override.replaces, UTC) < end + 2 * _DAY


def _is_near(override: Component, start: datetime, end: datetime) -> bool:
    """Whether it moves an occurrence by years at most: the series is expanded over all of that distance."""
    assert override.replaces is not None
    replaced = moment_of(override.replaces, UTC)
    moved = moment_of(override.event.start, UTC) - replaced
    return start - FARTHEST_MOVE < replaced < end + FARTHEST_MOVE and abs(moved) < FARTHEST_MOVE


def _anchored(master: Component, overrides: Sequence[Component]) -> list[Component]:
    """The overrides with the exact name of the occurrence each replaces; without those that replace nothing.

    The library would add an override of nothing as an event of its own, and does not find a moment by its day.
    """
    wanted = [moment_of(override.replaces, UTC) for override in overrides if override.replaces]
    if not wanted:
        return []
    alone = replace(master, excluded=())
    starts = [start for _, start, _ in expand([alone], min(wanted) - _DAY, max(wanted) + 2 * _DAY)]
    by_start = {start: start for start in starts}
    by_day = {_day(start): start for start in reversed(starts)}
    found = []
    for override in overrides:
        if original := _original(override.replaces, by_start, by_day, _zone(master.event.start)):
            event = replace(override.event, recurrence_id=recurrence_key(original))
            found.append(replace(override, replaces=original, event=event))
    return found


def _original(
    wanted: date | None, by_start: Mapping[date, date], by_day: Mapping[date, date], zone: tzinfo | None
) -> date | None:
    """The occurrence a recurrence-id names: exactly, or by its day where one of the two is a day."""
    if wanted is None or wanted in by_start:
        return None if wanted is None else by_start[wanted]
    if isinstance(wanted, datetime):
        # A series of days has no zone: the day is the one that was written.
        found = by_day.get(_day(wanted.astimezone(zone) if zone else wanted))
        return None if isinstance(found, datetime) else found
    return by_day.get(wanted)


def _occurrence(component: Component, start: date, end: date) -> Event:
    event = component.event
    if component.replaces is not None and not event.this_and_future:
        return event
    original = start if component.replaces is None else start - _moved(component.replaces, event.start)
    if isinstance(start, datetime) and isinstance(end, datetime):
        # An RDATE may be written in another zone than the series.
        zone = _zone(event.start)
        start, end = real_time(start).astimezone(zone), real_time(end).astimezone(zone)
    return replace(event, start=start, end=end, recurrence_id=recurrence_key(original))


def _moved(replaced: date, start: date) -> timedelta:
    """How far an override lies from what it replaces, on the clock of its zone."""
    if isinstance(replaced, datetime) and isinstance(start, datetime):
        return start - replaced.astimezone(start.tzinfo)
    return _day(start) - _day(replaced)


def _zone(moment: date) -> tzinfo | None:
    return moment.tzinfo if isinstance(moment, datetime) else None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


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
