"""Seeds calendars over plain HTTP, by the standards (RFC 4791, 5689), without the library that the product uses.

For tests only: crmlink itself never writes to a calendar.
"""

from __future__ import annotations

import base64
import http.client
import re
import uuid
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from tests.servers.accounts import CalendarAccount

MAKE_CALENDAR = """<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname>
</D:prop></D:set></C:mkcalendar>"""


class CalendarRequestError(AssertionError):
    """The server did not do what the test asked of it."""


def request(
    method: str, url: str, login: tuple[str, str], *, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """One HTTP request with basic authentication: status and body. No redirects, no retries."""
    parts = urlsplit(url)
    token = base64.b64encode(":".join(login).encode()).decode()
    connection = http.client.HTTPConnection(parts.netloc, timeout=15)
    try:
        sent = {"Authorization": f"Basic {token}", **(headers or {})}
        connection.request(method, parts.path or "/", body=body.encode(), headers=sent)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()


def make_calendars(home: str, user: str, password: str, names: Sequence[str]) -> dict[str, str]:
    """Make one calendar per name below `home`; gives name -> address."""
    made = {name: urljoin(home, quote(slug(name)) + "/") for name in names}
    for name, url in made.items():
        expect("MKCALENDAR", url, (user, password), body=MAKE_CALENDAR.format(name=escape(name)), content="xml")
    return made


def put_event(account: CalendarAccount, ics: str, calendar: str = "Agenda") -> str:
    """Store one calendar object; gives its address, as `events` spells it. Storing the same UID again replaces it."""
    uid = re.search(r"^UID:(.+?)\r?$", ics, re.MULTILINE)
    name = uid.group(1) if uid else uuid.uuid4().hex
    href = urljoin(account.calendars[calendar], quote(name, safe="") + ".ics")
    expect("PUT", href, (account.user, account.password), body=ics, content="calendar")
    return normalised(href)


def delete_event(account: CalendarAccount, href: str) -> None:
    """Remove one calendar object; a scheduling server tells the attendees."""
    expect("DELETE", href, (account.user, account.password))


def events(account: CalendarAccount, calendar: str = "Agenda") -> dict[str, str]:
    """Every object of a calendar as the server holds it now: address -> iCalendar text."""
    url, login = account.calendars[calendar], (account.user, account.password)
    query = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
    answer = expect("PROPFIND", url, login, body=query, content="xml", headers={"Depth": "1"})
    hrefs = [urljoin(url, found) for found in re.findall(r"<(?:\w+:)?href[^>]*>([^<]+\.ics)</", answer)]
    # Some servers escape less than we do ('@'): compare addresses by what they mean.
    return {normalised(href): expect("GET", href, login) for href in hrefs}


def normalised(url: str) -> str:
    """The address with its path escaped in one way, so that two servers' spellings compare equal."""
    parts = urlsplit(url)
    segments = (quote(unquote(segment), safe="") for segment in parts.path.split("/"))
    return parts._replace(path="/".join(segments)).geturl()


def slug(name: str) -> str:
    """A collection's last path segment for this display name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or uuid.uuid4().hex


def expect(
    method: str,
    url: str,
    login: tuple[str, str],
    *,
    body: str = "",
    content: str = "",
    headers: Mapping[str, str] | None = None,
) -> str:
    """A request that must succeed; gives the answer's body, raises CalendarRequestError with it otherwise."""
    kinds = {"xml": "application/xml; charset=utf-8", "calendar": "text/calendar; charset=utf-8"}
    sent = {**({"Content-Type": kinds[content]} if content else {}), **(headers or {})}
    status, answer = request(method, url, login, body=body, headers=sent)
    if status // 100 != 2:
        raise CalendarRequestError(f"{method} {url}: {status} {answer[:500]}")
    return answer
