"""Reads the calendars of a CalDAV account (RFC 4791): finds them, and fetches what touches the window.

Whole resources come in, never expanded by the server: servers disagree on that. Servers that ignore the time range are
fine, the facts look at it again. No calendar at all is a failure, never a free agenda. It never writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

from crmlink.facts.calendar_values import MAX_NAME, line_of
from crmlink.model.errors import LoginError, SourceError
from crmlink.model.ids import EventUid
from crmlink.model.problem import Problem
from crmlink.sources.caldav_answers import (
    CALDAV,
    DAV,
    DISCOVERY,
    Answer,
    answers,
    events_between,
    events_named,
    these_events,
)
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.port import CalendarChanges, RawEvent
from crmlink.sources.resource_window import holds

if TYPE_CHECKING:
    from crmlink.sources.caldav_client import ReadingClient

MULTIGET: Final = 50
_DATA: Final = f"{CALDAV}calendar-data"
_PRINCIPAL: Final = f"{DAV}current-user-principal"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """One calendar on the server. `stand` changes whenever the calendar does, "" when the server does not say."""

    url: str
    name: str
    stand: str


class CalDavSource:
    """A `CalendarSource` over one CalDAV address. Connects at the first read; always reads the whole window."""

    def __init__(self, url: str, login: CalendarLogin, name: str = "calendar") -> None:
        self._url = url
        self._login = login
        self._name = name
        self._opened: ReadingClient | None = None

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, states: dict[str, str], *, start: date, end: date) -> list[CalendarChanges]:  # noqa: ARG002 - the whole window, whatever the states
        """Every resource that touches the window, per calendar.

        Raises:
            LoginError: the server refuses the login.
            UntrustedError: no valid certificate, or the server points to another host.
            SourceError: no connection, no calendar, or an answer that is not whole.
        """
        return [self._listed(calendar, events_between(start, end)) for calendar in self._calendars()]

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every resource with one of these UIDs, whenever it takes place. Raises as `changes` does."""
        calendars = self._calendars() if uids else []
        found: dict[str, RawEvent] = {}
        for calendar in calendars:
            for uid in sorted(uids):
                listing = self._listed(calendar, events_named(uid))
                found |= {event.href: event for event in listing.events if holds(event.raw, uids)}
        return list(found.values())

    def close(self) -> None:
        """Let go of the connection."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _client(self) -> ReadingClient:
        if self._opened is None:
            # The library takes a third of a second to load.
            from crmlink.sources.caldav_client import ReadingClient  # noqa: PLC0415

            self._opened = ReadingClient(self._url, self._login)
        return self._opened

    def _calendars(self) -> list[_Calendar]:
        own = self._properties(self._url)
        if own.is_calendar:
            return [_calendar(self._url, own)]
        homes = self._homes(own) or (self._url,)
        found = {
            urljoin(home, answer.href): answer
            for home in homes
            for answer in self._multistatus("PROPFIND", home, DISCOVERY, depth=1)
            if answer.is_calendar
        }
        if not found:
            raise SourceError(
                "The calendar server shows no calendars at this address.",
                hint="Set CRMLINK_CALENDAR to the address of the principal or of one calendar, and check the login.",
            )
        return _named([_calendar(url, answer) for url, answer in found.items()])

    def _properties(self, url: str) -> Answer:
        found = next(self._multistatus("PROPFIND", url, DISCOVERY, depth=0), Answer("", 404, {}))
        if not found.has(_PRINCIPAL, f"{DAV}unauthenticated"):
            return found
        # Some servers let strangers in, show them nothing, and never ask for a login: say it unasked, once.
        if self._client.auth is None and self._login.password:
            self._client.build_auth_object(["basic"])
            return self._properties(url)
        raise LoginError(
            "The calendar server does not know this login.",
            hint="Check CRMLINK_CALENDAR_USER and CRMLINK_CALENDAR_PASSWORD; many providers want an app password.",
        )

    def _homes(self, own: Answer) -> tuple[str, ...]:
        """Where the calendars lie: named by the address itself, or by the principal it names (RFC 4791 section 6.2.1)."""
        homes, base = own.hrefs(f"{CALDAV}calendar-home-set"), self._url
        principal = next(iter(own.hrefs(_PRINCIPAL)), "")
        if not homes and principal:
            base = urljoin(self._url, principal)
            homes = self._properties(base).hrefs(f"{CALDAV}calendar-home-set")
        return tuple(urljoin(base, home) for home in homes)

    def _listed(self, calendar: _Calendar, query: str) -> CalendarChanges:
        """What a calendar-query brings; what it only names is fetched."""
        found: dict[str, RawEvent] = {}
        named: list[str] = []
        for answer in self._multistatus("REPORT", calendar.url, query, depth=1):
            if event := _event(calendar, answer):
                found[answer.href] = event
            elif answer.status == 507:  # noqa: PLR2004 - Insufficient Storage: the answer was cut off (RFC 6578 section 3.6)
                raise SourceError(f"The calendar {calendar.name} is too large for one answer of its server.")
            elif answer.properties:
                named.append(answer.href)
        for batch in (named[first : first + MULTIGET] for first in range(0, len(named), MULTIGET)):
            for answer in self._multistatus("REPORT", calendar.url, these_events(batch), depth=1):
                if event := _event(calendar, answer):
                    found[answer.href] = event
        problems = [_without_data(href) for href in named if href not in found]
        return CalendarChanges(calendar.name, tuple(found.values()), state=calendar.stand, problems=problems)

    def _multistatus(self, method: str, url: str, body: str, *, depth: int) -> Iterator[Answer]:
        headers = {"Depth": str(depth), "Content-Type": "application/xml; charset=utf-8"}
        response = self._client.request(url, method, body, headers)
        if response.status != 207 or response.tree is None:  # noqa: PLR2004 - Multi-Status (RFC 4918 section 11.1)
            raise SourceError(
                f"The calendar server answers {response.status} where calendars were expected.",
                hint="Check that CRMLINK_CALENDAR is the address of a CalDAV principal or calendar.",
            )
        return answers(response.tree)


def _calendar(url: str, answer: Answer) -> _Calendar:
    name = line_of(answer.text(f"{DAV}displayname"), MAX_NAME)
    return _Calendar(url, name or _last_part(url), answer.stand)


def _named(calendars: list[_Calendar]) -> list[_Calendar]:
    """Calendars of the same name told apart by the last part of their address."""
    names = [calendar.name for calendar in calendars]
    return [
        calendar
        if names.count(calendar.name) == 1
        else _Calendar(calendar.url, f"{calendar.name} ({_last_part(calendar.url)})", calendar.stand)
        for calendar in calendars
    ]


def _last_part(url: str) -> str:
    return line_of(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]), MAX_NAME) or "calendar"


def _event(calendar: _Calendar, answer: Answer) -> RawEvent | None:
    data = answer.text(_DATA)
    if not data:
        return None
    return RawEvent(calendar.name, answer.href, answer.text(f"{DAV}getetag"), data.encode())


def _without_data(href: str) -> Problem:
    return Problem(
        "calendar.missing-data",
        unquote(href.rpartition("/")[2]),
        "The calendar server lists an event and does not show it; it was left out.",
        "Open the event in your calendar program and save it again.",
    )
