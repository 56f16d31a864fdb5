"""Seeds calendars over plain HTTP and looks into them, without the library that the product uses.

For tests only: crmlink itself never writes to a calendar.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from crmlink.demo.servers.calendars import expect, make_calendars, normalised, put_event, request
from tests.servers.accounts import CalendarAccount

__all__ = ["delete_event", "events", "expect", "make_calendars", "normalised", "put_event", "request"]


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
