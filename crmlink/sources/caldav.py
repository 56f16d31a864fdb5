"""Reads the calendars of a CalDAV account (RFC 4791): what touches the window, and of that only what changed.

A calendar that says it is unchanged (ctag, sync token) in the window that was read last is not listed. Otherwise the
etags in the window are listed and what is new or changed is fetched. So the state is only compared here, never sent:
no server can take an outdated token for good, and another window, every day, looks through everything again.
Whole resources come in, never expanded by the server: servers disagree on that. Servers that ignore the time range are
fine, the facts look at it again. It never writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crmlink.model.errors import SourceError
from crmlink.model.ids import EventUid
from crmlink.model.problem import Problem
from crmlink.sources.caldav_answers import (
    CALDAV,
    Answer,
    etags_between,
    events_between,
    events_named,
    these_events,
)
from crmlink.sources.caldav_discovery import FoundCalendar, find_calendars
from crmlink.sources.caldav_session import CalDavSession
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.calendar_state import state_of, to_fetch, vanished
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent
from crmlink.sources.resource_window import holds

MULTIGET: Final = 50
_DATA: Final = f"{CALDAV}calendar-data"


@dataclass(slots=True)
class _Listing:
    """What a query brought along, and what it only named. `places` has the address of each, as the server writes it."""

    events: dict[str, RawEvent] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class CalDavSource:
    """A `CalendarSource` over one CalDAV address. Connects at the first read. A calendar's key is user and address."""

    def __init__(self, url: str, login: CalendarLogin, name: str = "calendar") -> None:
        self._session = CalDavSession(url, login)
        self._name = name
        self._found: list[FoundCalendar] = []

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, known: Mapping[str, KnownCalendar], *, start: date, end: date) -> Iterator[CalendarChanges]:
        """What changed among the resources that touch the window, per calendar.

        Raises:
            LoginError: the server refuses the login.
            UntrustedError: no valid certificate, or the server points to another host.
            SourceError: no connection, no calendar, or an answer that is not whole.
        """
        self._found = find_calendars(self._session)
        for calendar in self._found:
            key = f"{self._session.login.user} {calendar.url}"
            before = known.get(key, KnownCalendar())
            state = state_of(start, end, calendar.stand)
            if state and state == before.state:
                yield CalendarChanges(calendar.name, key, (), complete=False, state=state)
                continue
            changes = self._news(calendar, key, before.etags, etags_between(start, end))
            if changes is None:
                changes = self._everything(calendar, key, events_between(start, end))
            # What was not whole is looked at again next time.
            changes.state = "" if changes.problems else state
            yield changes

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place. Raises as `changes` does."""
        calendars = (self._found or find_calendars(self._session)) if uids else []
        found: dict[str, RawEvent] = {}
        for calendar in calendars:
            for uid in sorted(uids):
                listing = self._filled(calendar, self._listed(calendar, events_named(uid)))
                found |= {href: event for href, event in listing.events.items() if holds(event.raw, uids)}
        return list(found.values())

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()
        self._found = []

    def _everything(self, calendar: FoundCalendar, key: str, query: str) -> CalendarChanges:
        listing = self._filled(calendar, self._listed(calendar, query))
        return CalendarChanges(calendar.name, key, tuple(listing.events.values()), problems=listing.problems)

    def _news(self, calendar: FoundCalendar, key: str, known: Mapping[str, str], query: str) -> CalendarChanges | None:
        """What is new since the known etags. None without any, and when most were lost: then all is asked for anew."""
        if not known:
            return None
        listing = self._listed(calendar, query)
        gone = vanished(known, listing.etags)
        if len(gone) * 2 > len(known):
            return None
        wanted = to_fetch(known, listing.etags)
        listing = self._filled(calendar, listing, wanted)
        lacking = (href for href in wanted if href in known and href not in listing.events)
        return CalendarChanges(
            calendar.name,
            key,
            tuple(listing.events[href] for href in wanted if href in listing.events),
            complete=False,
            gone=(*gone, *lacking),
            problems=listing.problems,
        )

    def _listed(self, calendar: FoundCalendar, query: str) -> _Listing:
        """What a calendar-query names, with what it brings along."""
        listing, itself = _Listing(), Answer(calendar.url, 0, {}).path.rstrip("/")
        for answer in self._session.multistatus("REPORT", calendar.url, query, depth=1):
            if answer.status == 507:  # noqa: PLR2004 - Insufficient Storage: the answer was cut off (RFC 6578 section 3.6)
                raise SourceError(f"The calendar {calendar.name} is too large for one answer of its server.")
            href = answer.path
            if answer.status not in {0, 200} or href.rstrip("/") == itself:
                continue
            listing.places[href] = answer.href
            listing.etags[href] = answer.etag
            if data := answer.text(_DATA):
                listing.events[href] = RawEvent(calendar.name, href, listing.etags[href], data.encode())
        return listing

    def _filled(self, calendar: FoundCalendar, listing: _Listing, wanted: Iterable[str] | None = None) -> _Listing:
        """The listing with what it only names fetched: all of it, or what is wanted."""
        named = [href for href in (listing.etags if wanted is None else wanted) if href not in listing.events]
        for batch in (named[first : first + MULTIGET] for first in range(0, len(named), MULTIGET)):
            query = these_events([listing.places[href] for href in batch])
            for answer in self._session.multistatus("REPORT", calendar.url, query, depth=1):
                if data := answer.text(_DATA):
                    listing.events[answer.path] = RawEvent(calendar.name, answer.path, answer.etag, data.encode())
        listing.problems += [_without_data(href) for href in named if href not in listing.events]
        return listing


def _without_data(href: str) -> Problem:
    return Problem(
        "calendar.missing-data",
        href.rpartition("/")[2],
        "The calendar server lists an event and does not show it; it was left out.",
        "Open the event in your calendar program and save it again.",
    )
