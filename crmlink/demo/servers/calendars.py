"""Fills calendars of our own servers over plain HTTP, by the standards (RFC 4791, 5689).

For calendars that this package itself just made on 127.0.0.1: crmlink never writes to a calendar of a person. For that
it refuses every other host, and the library that reads calendars has no part in it.
"""

from __future__ import annotations

import base64
import http.client
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from crmlink.demo.servers.accounts import CalendarAccount
from crmlink.model.errors import TemporaryError
from crmlink.model.ids import short_id

LOOPBACK = "127.0.0.1"
SUCCESS = 2  # of the hundreds: 200 to 299
MAKE_CALENDAR = """<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname>
</D:prop></D:set></C:mkcalendar>"""


class CalendarRequestError(TemporaryError):
    """The server did not do what was asked of it."""


def request(
    method: str, url: str, login: tuple[str, str], *, body: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """One HTTP request with basic authentication: status and body. No redirects, no retries, no other machine.

    Raises:
        CalendarRequestError: the address is not on 127.0.0.1.
    """
    parts = urlsplit(url)
    if parts.hostname != LOOPBACK:
        raise CalendarRequestError(f"{method} {url}: not a server of our own")
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
    assert uid, "a calendar object needs a UID"
    href = urljoin(account.calendars[calendar], quote(uid.group(1), safe="") + ".ics")
    expect("PUT", href, (account.user, account.password), body=ics, content="calendar")
    return normalised(href)


def normalised(url: str) -> str:
    """The address with its path escaped in one way, so that two servers' spellings compare equal."""
    parts = urlsplit(url)
    segments = (quote(unquote(segment), safe="") for segment in parts.path.split("/"))
    return parts._replace(path="/".join(segments)).geturl()


def slug(name: str) -> str:
    """A collection's last path segment for this display name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or short_id(name)


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
    if status // 100 != SUCCESS:
        raise CalendarRequestError(f"{method} {url}: {status} {answer[:500]}")
    return answer
