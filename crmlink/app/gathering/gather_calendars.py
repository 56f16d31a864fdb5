"""Reads the calendars, and says which of them cannot be trusted in this pass.

A calendar that cannot be read, is no longer listed, is suddenly empty or lost more than half of what it should still
hold is doubtful: nothing is concluded from what it lacks, and no free time is read from any calendar. A loss that
lasts longer than a day is taken as meant, without concluding anything from it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from crmlink.agreements.attendance import moment
from crmlink.app.gathering.careful import Careful, Item, Unread
from crmlink.app.gathering.gather import BEFORE, GatheredAgenda, Health, Progress, SourceReport, Window
from crmlink.app.gathering.reader_name import code_name
from crmlink.cache.calendars import CalendarCache
from crmlink.facts.calendar_text import uids_in
from crmlink.facts.calendar_values import line_of
from crmlink.facts.components import MAX_UID
from crmlink.facts.events import EventFacts, read_events
from crmlink.model.errors import CrmlinkError, LoginError, SourceError, TemporaryError, UntrustedError
from crmlink.model.ids import EventUid, digest
from crmlink.model.meeting import Agenda, Event
from crmlink.model.memory import RememberedEvent
from crmlink.model.policy import Policy
from crmlink.model.problem import Problem
from crmlink.sources.port import CalendarChanges, CalendarSource, RawEvent

LOSS_IS_MEANT_AFTER = timedelta(days=1)
REFUSALS: Final = (SourceError, LoginError, UntrustedError)
"""How a source says that it cannot be read. Trouble with what is kept is none of these: it ends the pass."""
# With one of these nobody knows what a calendar holds: no free time is read from it, and nothing is missing in it.
CONTENT_UNKNOWN = frozenset(
    {
        "calendar.broken-text",
        "calendar.missing-data",
        "calendar.too-large",
        "calendar.too-many-events",
        "calendar.unreadable-file",
    }
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier passes saw in the calendars, and since when each doubtful calendar is in doubt."""

    events: tuple[RememberedEvent, ...] = ()
    doubtful_since: Mapping[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What reading needs besides the sources: what need not be read again (it gets what was read), and care."""

    kept: CalendarCache
    careful: Careful


@dataclass(frozen=True, slots=True)
class _Days:
    """The window in whole days, so that what was worked out in one pass holds in the next one of the same day."""

    first: date
    last: date
    policy: Policy

    @classmethod
    def of(cls, window: Window, policy: Policy) -> _Days:
        """The days that the window touches, with a week before it."""
        since, until = ((window.since - BEFORE).astimezone(policy.zone), window.until.astimezone(policy.zone))
        return cls(since.date(), until.date(), policy)

    def facts(self, resource: RawEvent) -> EventFacts:
        """What one resource says of these days."""
        start = datetime.combine(self.first, time.min, self.policy.zone)
        end = datetime.combine(self.last + timedelta(days=1), time.min, self.policy.zone)
        return read_events(resource.raw, calendar=resource.calendar, zone=self.policy.zone, start=start, end=end)

    def stamp(self, calendar: str) -> str:
        """Stands for all that facts depend on besides the resource."""
        return digest(calendar, self.policy.zone.key, str(self.first), str(self.last), code_name())


@dataclass(slots=True)
class _Reading:
    """One source while it is read. `names` are its calendars by the name the source gives them, `keys` by their keys."""

    source: CalendarSource
    names: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    uids: dict[str, frozenset[EventUid]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    error: CrmlinkError | None = None


def gather_calendars(
    sources: Iterable[CalendarSource],
    policy: Policy,
    window: Window,
    memory: Memory,
    means: Means,
    progress: Progress,
) -> GatheredAgenda:
    """All occurrences of the window over all calendars. Never raises for a calendar that cannot be read."""
    taken: set[str] = set()
    days = _Days.of(window, policy)
    readings = [_read(source, days, means, taken, progress) for source in sources]
    if not readings:
        return GatheredAgenda(Agenda(configured=False))
    _look_further(readings, policy, window, memory)
    uids = {name: present for reading in readings for name, present in reading.uids.items()}
    losses = _losses(uids, policy, window, memory)
    failed = {reading.source.name for reading in readings if reading.error}
    if not failed:
        means.kept.drop_others({key for reading in readings for key in reading.keys})
    unread = {name for reading in readings for name in reading.unread}
    doubtful = {loss.calendar for loss in losses if not loss.meant} | failed | unread
    known = {one.event.uid for one in memory.events}
    return GatheredAgenda(
        agenda=Agenda(tuple(event for reading in readings for event in reading.events), uids, tuple(sorted(doubtful))),
        reports=tuple(_report(reading, doubtful, known, means.careful) for reading in readings),
        problems=(
            *(problem for reading in readings for problem in reading.problems),
            *(loss.problem for loss in losses if not failed),
        ),
        refused=next((one.error for one in readings if one.error and not isinstance(one.error, TemporaryError)), None),
        missing=tuple(event for loss in losses if loss.meant for event in loss.events),
    )


def _read(source: CalendarSource, days: _Days, means: Means, taken: set[str], progress: Progress) -> _Reading:
    """Read one source: all of it, or with its error nothing. What came in before the error is kept for the next pass."""
    reading = _Reading(source)
    try:
        for changes in source.changes(means.kept.known(), start=days.first, end=days.last):
            means.kept.take(changes)
            _add(reading, changes, days, means, taken)
            progress(source.name, len(reading.events))
    except REFUSALS as error:
        problem = Problem("calendar.unreadable", source.name, str(error), error.hint)
        return _Reading(source, problems=[problem], error=error)
    return reading


def _add(reading: _Reading, changes: CalendarChanges, days: _Days, means: Means, taken: set[str]) -> None:
    """Add one calendar; one of a name that is `taken` gets a number, so that no two are taken for one."""
    name = reading.names.setdefault(changes.calendar, _unique(changes.calendar, taken))
    taken.add(name)
    reading.keys.add(changes.key)
    problems = list(changes.problems)
    found: list[EventFacts] = []
    fresh: dict[str, EventFacts] = {}
    stamp = days.stamp(name)
    for href, facts in means.kept.facts(changes.key, stamp=stamp):
        if facts is None:
            resource = means.kept.resource(changes.key, name, href)
            facts = _carefully(reading, resource, days, means.careful)  # noqa: PLW2901
            if facts is None:
                facts = EventFacts(uids=_uids(resource))  # noqa: PLW2901 -- not kept: it is tried again
            else:
                fresh[href] = facts
        found.append(facts)
    if fresh:
        means.kept.keep(changes.key, fresh, stamp=stamp)
    for facts in found:
        reading.events += facts.events
        problems += facts.problems
    reading.problems += problems
    reading.uids[name] = reading.uids.get(name, frozenset()).union(*(facts.uids for facts in found))
    if any(problem.code in CONTENT_UNKNOWN for problem in problems):
        reading.unread.add(name)


def _carefully(reading: _Reading, resource: RawEvent, days: _Days, careful: Careful) -> EventFacts | None:
    """What stands in a resource; None when it cannot be read: then its calendar is in doubt."""
    name = f"{resource.calendar};{resource.href}"
    item = Item(reading.source.name, name, resource.etag or digest(resource.raw.hex())[:16])
    found = careful.read(item, partial(days.facts, resource))
    if not isinstance(found, Unread):
        return found
    reading.unread.add(resource.calendar)
    reading.problems += (found.problem,) if found.problem else ()
    return None


def _uids(resource: RawEvent) -> frozenset[EventUid]:
    """Whom the resource is about, however broken it is."""
    return frozenset(EventUid(line_of(uid, MAX_UID)) for uid in uids_in(resource.raw))


def _unique(name: str, taken: set[str]) -> str:
    """The name itself, or with the first free number behind it."""
    number = 1
    while (numbered := name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return numbered


def _look_further(readings: list[_Reading], policy: Policy, window: Window, memory: Memory) -> None:
    """An event that is not in the window any more may have been moved out of it: that is not gone."""
    here = {uid for reading in readings for present in reading.uids.values() for uid in present}
    coming = (
        one for one in memory.events if one.gone_since is None and moment(one.event.end, policy.zone) > window.since
    )
    missing = frozenset(one.event.uid for one in coming) - here
    for reading in readings if missing else ():
        if reading.error:
            continue
        try:
            found = reading.source.find(missing)
        except REFUSALS as error:
            reading.problems.append(Problem("calendar.unreadable", reading.source.name, str(error), error.hint))
            reading.unread |= set(reading.uids)
            continue
        for resource in found:
            name = reading.names.get(resource.calendar, resource.calendar)
            reading.uids[name] = reading.uids.get(name, frozenset()) | _uids(resource)


@dataclass(frozen=True, slots=True)
class _Loss:
    """A calendar that lost everything or more than half of what it should still hold."""

    calendar: str
    events: tuple[Event, ...]
    problem: Problem
    meant: bool


def _losses(uids: Mapping[str, frozenset[EventUid]], policy: Policy, window: Window, memory: Memory) -> list[_Loss]:
    anywhere = {uid for present in uids.values() for uid in present}
    expected: dict[str, dict[EventUid, Event]] = {}
    for one in memory.events:
        if one.gone_since is None and moment(one.event.end, policy.zone) > window.now - BEFORE:
            expected.setdefault(one.event.calendar, {})[one.event.uid] = one.event
    losses = []
    for calendar, events in sorted(expected.items()):
        missing = [event for uid, event in events.items() if uid not in anywhere]
        if not missing or (uids.get(calendar) and len(missing) * 2 <= len(events)):
            continue
        since = (memory.doubtful_since or {}).get(calendar)
        meant = calendar in uids and since is not None and window.now - since > LOSS_IS_MEANT_AFTER
        losses.append(_Loss(calendar, tuple(missing), _problem(calendar, len(events), len(missing)), meant))
    return losses


def _problem(calendar: str, expected: int, missing: int) -> Problem:
    return Problem(
        "calendar.suddenly-smaller",
        calendar,
        f"the calendar lists {expected - missing} of the {expected} events it should still hold; nothing is concluded from that",
        "if you cleared it on purpose, this passes by itself after a day; otherwise look at it in your calendar program",
    )


def _report(reading: _Reading, doubtful: set[str], known: set[EventUid], careful: Careful) -> SourceReport:
    present = {uid for some in reading.uids.values() for uid in some}
    if reading.error:
        return SourceReport(reading.source.name, Health.FAILED)
    health = Health.DOUBTFUL if doubtful & set(reading.uids) else Health.OK
    set_aside = careful.left_alone(reading.source.name)
    return SourceReport(reading.source.name, health, len(present), len(present - known), set_aside=set_aside)
