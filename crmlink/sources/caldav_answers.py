"""What crmlink asks a CalDAV server, and how the answers are read (RFC 4918, RFC 4791).

Pure: request bodies as text, answers as the element trees the library parsed. Decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import unquote
from xml.sax.saxutils import escape

DAV: Final = "{DAV:}"
CALDAV: Final = "{urn:ietf:params:xml:ns:caldav}"
_SPACES: Final = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/" '
    'xmlns:N="http://nextcloud.com/ns"'
)
_ORIGIN: Final = re.compile(r"^https?://[^/]*", re.IGNORECASE)
_ESCAPED_SLASH: Final = re.compile("%2F", re.IGNORECASE)
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>'

DISCOVERY: Final = (
    f"{_HEAD}<D:propfind {_SPACES}><D:prop><D:resourcetype/><D:displayname/><D:current-user-principal/>"
    "<C:calendar-home-set/><C:supported-calendar-component-set/><S:getctag/></D:prop></D:propfind>"
)
SYNC_TOKEN: Final = f"{_HEAD}<D:propfind {_SPACES}><D:prop><D:sync-token/></D:prop></D:propfind>"


@dataclass(frozen=True, slots=True)
class Answer:
    """One resource in a multistatus: its href as sent, its status, and the properties that were found."""

    href: str
    status: int
    properties: dict[str, Any]

    def text(self, name: str) -> str:
        """The text of a property, "" when it is missing."""
        element = self.properties.get(name)
        return "" if element is None or element.text is None else str(element.text).strip()

    def has(self, name: str, child: str) -> bool:
        """Whether a property is there and holds this child element."""
        element = self.properties.get(name)
        return element is not None and element.find(child) is not None

    def hrefs(self, name: str) -> tuple[str, ...]:
        """The addresses inside a property."""
        element = self.properties.get(name)
        found = () if element is None else element.iter(f"{DAV}href")
        return tuple(str(href.text).strip() for href in found if href.text)

    @property
    def is_calendar(self) -> bool:
        """Whether it is a calendar that holds events and was not thrown away."""
        kinds = self.properties.get(f"{DAV}resourcetype")
        if kinds is None or kinds.find(f"{CALDAV}calendar") is None:
            return False
        if any(str(kind.tag).endswith("}deleted-calendar") for kind in kinds):
            return False
        supported = self.properties.get(f"{CALDAV}supported-calendar-component-set")
        names = [] if supported is None else [str(comp.get("name", "")).upper() for comp in supported]
        return not names or "VEVENT" in names

    @property
    def path(self) -> str:
        """The path of its href in one spelling: servers differ in what they escape, and some name themselves in front."""
        path = _ORIGIN.sub("", self.href)
        return unquote(_ESCAPED_SLASH.sub("%252F", path)) if "%" in path else path

    @property
    def etag(self) -> str:
        """The etag without quotes and weakness mark, which come and go between answers; "" without one."""
        return self.text(f"{DAV}getetag").removeprefix("W/").strip('"')

    @property
    def ctag(self) -> str:
        """What changes whenever the calendar does; "" when the server does not say."""
        return self.text("{http://calendarserver.org/ns/}getctag")


def answers(tree: Any) -> Iterator[Answer]:
    """The responses of a multistatus (RFC 4918 section 14.24); none for anything else."""
    for response in () if tree is None else tree.iter(f"{DAV}response"):
        href = response.find(f"{DAV}href")
        properties: dict[str, Any] = {}
        for propstat in response.findall(f"{DAV}propstat"):
            if _status(propstat) in {0, 200}:
                properties |= {str(found.tag): found for group in propstat.findall(f"{DAV}prop") for found in group}
        yield Answer("" if href is None else str(href.text or "").strip(), _status(response), properties)


def events_between(start: date, end: date) -> str:
    """A calendar-query for all events that touch the days, whole and unexpanded (RFC 4791 section 7.8).

    A day more on both sides: the server counts in UTC, the owner does not.
    """
    return _between(start, end, "<D:getetag/><C:calendar-data/>")


def etags_between(start: date, end: date) -> str:
    """The same for nothing but the etags."""
    return _between(start, end, "<D:getetag/>")


def _between(start: date, end: date, properties: str) -> str:
    first, last = (day.strftime("%Y%m%dT000000Z") for day in (start - timedelta(days=1), end + timedelta(days=2)))
    return (
        f"{_HEAD}<C:calendar-query {_SPACES}><D:prop>{properties}</D:prop><C:filter>"
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f'<C:time-range start="{first}" end="{last}"/>'
        "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def events_named(uid: str) -> str:
    """A calendar-query for the events with this UID, whenever they are (RFC 4791 section 7.8.6).

    Servers may take it as a part of a UID, or leave the filter out: look at what comes back.
    """
    return (
        f"{_HEAD}<C:calendar-query {_SPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter>"
        '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
        f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
        "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )


def these_events(hrefs: list[str]) -> str:
    """A calendar-multiget for resources that a query named but did not bring along (RFC 4791 section 7.9)."""
    listed = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return (
        f"{_HEAD}<C:calendar-multiget {_SPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>"
        f"{listed}</C:calendar-multiget>"
    )


def _status(element: Any) -> int:
    status = element.find(f"{DAV}status")
    words = "" if status is None or status.text is None else str(status.text)
    return next((int(word) for word in words.split() if word.isdecimal()), 0)
