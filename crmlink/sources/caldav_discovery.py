"""Finds the calendars at a CalDAV address: a principal, a calendar home or one calendar (RFC 4791 section 6.2.1).

No calendar at all is a failure, never an empty list: some servers show nothing to a login they do not know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin, urlsplit

from crmlink.facts.calendar_values import MAX_NAME, line_of
from crmlink.model.errors import LoginError, SourceError
from crmlink.sources.caldav_answers import CALDAV, DAV, DISCOVERY, SYNC_TOKEN, Answer
from crmlink.sources.caldav_session import PRINCIPAL, CalDavSession


@dataclass(frozen=True, slots=True)
class FoundCalendar:
    """One calendar on the server. `stand` changes whenever the calendar does, "" when the server does not say."""

    url: str
    name: str
    stand: str


def find_calendars(session: CalDavSession) -> list[FoundCalendar]:
    """The calendars at the session's address, names told apart. Raises as the session does."""
    own = session.properties(session.url, DISCOVERY)
    if own.is_calendar:
        return [_calendar(session, session.url, own)]
    found = {
        urljoin(home, answer.href): answer
        for home in _homes(session, own) or (session.url,)
        for answer in session.multistatus("PROPFIND", home, DISCOVERY, depth=1)
        if answer.is_calendar
    }
    if not found:
        raise SourceError(
            "The calendar server shows no calendars at this address.",
            hint="Set CRMLINK_CALENDAR to the address of the principal or of one calendar, and check the login.",
        )
    return _named([_calendar(session, url, answer) for url, answer in found.items()])


def _homes(session: CalDavSession, own: Answer) -> tuple[str, ...]:
    """Where the calendars lie: named by the address itself, or by the principal it names."""
    homes, base = own.hrefs(f"{CALDAV}calendar-home-set"), session.url
    principal = next(iter(own.hrefs(PRINCIPAL)), "")
    if not homes and principal:
        base = urljoin(session.url, principal)
        homes = session.properties(base, DISCOVERY).hrefs(f"{CALDAV}calendar-home-set")
    return tuple(urljoin(base, home) for home in homes)


def _calendar(session: CalDavSession, url: str, answer: Answer) -> FoundCalendar:
    name = line_of(answer.text(f"{DAV}displayname"), MAX_NAME)
    return FoundCalendar(url, name or _last_part(url), answer.ctag or _sync_token(session, url))


def _sync_token(session: CalDavSession, url: str) -> str:
    """Asked for only where there is no ctag: making one costs some servers seconds. Without either, etags are compared."""
    try:
        return session.properties(url, SYNC_TOKEN).text(f"{DAV}sync-token")
    except (SourceError, LoginError):
        return ""


def _named(calendars: list[FoundCalendar]) -> list[FoundCalendar]:
    """Calendars of the same name told apart by the last part of their address."""
    names = [calendar.name for calendar in calendars]
    return [
        calendar
        if names.count(calendar.name) == 1
        else replace(calendar, name=f"{calendar.name} ({_last_part(calendar.url)})")
        for calendar in calendars
    ]


def _last_part(url: str) -> str:
    return line_of(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]), MAX_NAME) or "calendar"
