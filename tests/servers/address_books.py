"""Seeds address books of our own servers over plain HTTP, without the library that the product uses (RFC 5689, 6352)."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from crmlink.demo.servers.calendars import expect
from tests.servers.accounts import CalendarAccount

MAKE = """<?xml version="1.0" encoding="utf-8"?>
<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:set><D:prop>
<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype><D:displayname>Contacten</D:displayname>
</D:prop></D:set></D:mkcol>"""


def make_address_book(account: CalendarAccount, home: str = "") -> str:
    """An empty address book below the principal; gives its address."""
    url = urljoin(account.url, f"{home}contacten/")
    expect("MKCOL", url, (account.user, account.password), body=MAKE, content="xml")
    return url


def put_card(account: CalendarAccount, book: str, name: str, card: str) -> None:
    """Store one card."""
    login = (account.user, account.password)
    expect("PUT", urljoin(book, quote(name) + ".vcf"), login, body=card, headers={"Content-Type": "text/vcard"})
