"""Calendars in memory: what the contract of a calendar source means, in its shortest form.

A test or the demo puts resources in; the source hands them out. In: iCalendar texts. Out: `CalendarChanges`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from crmlink.model.ids import EventUid, digest
from crmlink.sources.calendar_state import state_of, to_fetch, vanished
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent
from crmlink.sources.resource_window import holds, may_touch


@dataclass(slots=True)
class MemoryCalendars:
    """Calendar name -> href -> iCalendar bytes. Whoever holds it changes it; the source only reads."""

    calendars: dict[str, dict[str, bytes]] = field(default_factory=dict)


class MemoryCalendarSource:
    """A `CalendarSource` over `MemoryCalendars`. A calendar's key is its name."""

    def __init__(self, store: MemoryCalendars, name: str = "calendar") -> None:
        self._store = store
        self._name = name

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, known: Mapping[str, KnownCalendar], *, start: date, end: date) -> Iterator[CalendarChanges]:
        """What changed among the resources that may touch the window, per calendar."""
        for name in self._store.calendars:
            yield self._read(name, known.get(name, KnownCalendar()), start, end)

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place."""
        return [event for name in self._store.calendars for event in self._all(name) if holds(event.raw, uids)]

    def close(self) -> None:
        """Nothing to let go of."""

    def _read(self, name: str, known: KnownCalendar, start: date, end: date) -> CalendarChanges:
        events = self._all(name)
        stand = digest(*(f"{event.href} {event.etag}" for event in events))
        inside = {event.href: event for event in events if may_touch(event.raw, start, end)}
        listed = {href: event.etag for href, event in inside.items()}
        return CalendarChanges(
            name,
            name,
            tuple(inside[href] for href in to_fetch(known.etags, listed)),
            complete=not known.etags,
            gone=vanished(known.etags, listed),
            state=state_of(start, end, stand),
        )

    def _all(self, name: str) -> list[RawEvent]:
        stored = sorted(self._store.calendars[name].items())
        return [RawEvent(name, href, digest(raw.hex())[:16], raw) for href, raw in stored]
