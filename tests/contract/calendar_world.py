"""The same calendar world over each kind of store: what a test puts there, and how a source reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from crmlink.model.ids import digest
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.icsfeed import FeedSource
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.sources.port import CalendarSource
from crmlink.sources.vdir import VdirSource
from tests.servers import calendars as served
from tests.servers.accounts import CalendarServer
from tests.servers.certificates import CertificateFiles
from tests.servers.scripted_http import Reply, ScriptedServer


class CalendarWorld(Protocol):
    """A store with calendars that a test fills."""

    @property
    def source(self) -> CalendarSource:
        """A new source over the store."""
        ...

    def put(self, ics: str, calendar: str = "Agenda") -> str:
        """Store one resource; gives the handle to delete it by."""
        ...

    def delete(self, handle: str, calendar: str = "Agenda") -> None:
        """Remove one resource."""
        ...

    def contents(self) -> dict[str, str]:
        """Everything that is stored, to see that nothing changed."""
        ...


class MemoryWorld:
    """Calendars in memory."""

    def __init__(self, calendars: Sequence[str]) -> None:
        self.store = MemoryCalendars({name: {} for name in calendars})

    @property
    def source(self) -> CalendarSource:
        return MemoryCalendarSource(self.store)

    def put(self, ics: str, calendar: str = "Agenda") -> str:
        href = f"{uid_of(ics)}.ics"
        self.store.calendars[calendar][href] = ics.encode()
        return href

    def delete(self, handle: str, calendar: str = "Agenda") -> None:
        del self.store.calendars[calendar][handle]

    def contents(self) -> dict[str, str]:
        return {href: raw.decode() for stored in self.store.calendars.values() for href, raw in stored.items()}


class VdirWorld:
    """Calendars in directories."""

    def __init__(self, calendars: Sequence[str], root: Path) -> None:
        self.root = root
        for name in calendars:
            (root / name).mkdir()

    @property
    def source(self) -> CalendarSource:
        return VdirSource(self.root)

    def put(self, ics: str, calendar: str = "Agenda") -> str:
        path = self.root / calendar / f"{uid_of(ics)}.ics"
        path.write_bytes(ics.encode())
        return path.name

    def delete(self, handle: str, calendar: str = "Agenda") -> None:
        (self.root / calendar / handle).unlink()

    def contents(self) -> dict[str, str]:
        return {str(path): f"{path.stat().st_mtime_ns} {path.read_bytes()!r}" for path in self.root.rglob("*.ics")}


class FeedWorld:
    """One calendar published as a feed."""

    def __init__(self, server: ScriptedServer, certificate: CertificateFiles, name: str) -> None:
        self.server = server
        self._authority = certificate.authority
        self._path = f"/{name}.ics"
        self._stored: dict[str, str] = {}
        self._publish()

    @property
    def source(self) -> CalendarSource:
        return FeedSource(f"{self.server.url}{self._path}", self._authority, public_only=False)

    def put(self, ics: str, calendar: str = "Agenda") -> str:  # noqa: ARG002 - there is only one
        self._stored[uid_of(ics)] = "".join(
            line for line in ics.splitlines(keepends=True) if "VCALENDAR" not in line and not line.startswith("VERSION")
        )
        self._publish()
        return uid_of(ics)

    def delete(self, handle: str, calendar: str = "Agenda") -> None:  # noqa: ARG002 - there is only one
        del self._stored[handle]
        self._publish()

    def contents(self) -> dict[str, str]:
        return dict(self._stored)

    def _publish(self) -> None:
        body = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(self._stored.values())}END:VCALENDAR\r\n"
        self.server.replies[f"GET {self._path}"] = Reply(200, body, {"ETag": f'"{digest(body)[:8]}"'})


class ServedWorld:
    """Calendars on a CalDAV server."""

    def __init__(self, calendars: Sequence[str], server: CalendarServer) -> None:
        self.account = server.account(calendars)
        self._names = calendars

    @property
    def source(self) -> CalendarSource:
        return self.source_at(self.account.url)

    def source_at(self, url: str, *, password: str | None = None) -> CalDavSource:
        """A source over any address of the account, with any password."""
        login = CalendarLogin(self.account.user, self.account.password)
        return CalDavSource(url, login if password is None else replace(login, password=password))

    def put(self, ics: str, calendar: str = "Agenda") -> str:
        return served.put_event(self.account, ics, calendar)

    def delete(self, handle: str, calendar: str = "Agenda") -> None:  # noqa: ARG002 - the address says which
        served.delete_event(self.account, handle)

    def contents(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._names:
            url, login = self.account.calendars[name], (self.account.user, self.account.password)
            asked = (
                '<?xml version="1.0"?><D:propfind xmlns:D="DAV:" xmlns:S="http://calendarserver.org/ns/"><D:prop>'
                "<D:getetag/><S:getctag/><D:sync-token/></D:prop></D:propfind>"
            )
            found[name] = served.expect("PROPFIND", url, login, body=asked, content="xml", headers={"Depth": "1"})
            found |= served.events(self.account, name)
        return found


def uid_of(ics: str) -> str:
    return next(line.partition(":")[2].strip() for line in ics.splitlines() if line.startswith("UID:"))
