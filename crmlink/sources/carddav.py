"""Reads the address books of a CardDAV account (RFC 6352) through the same guarded door as calendars.

Only PROPFIND and REPORT, over TLS or to this machine, on the one host; every answer has an end. The cards are listed by
PROPFIND and fetched by addressbook-multiget, which every server knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from crmlink.model.errors import LoginError, SourceError, UntrustedError
from crmlink.sources.caldav_answers import DAV, Answer
from crmlink.sources.caldav_session import PRINCIPAL, CalDavSession
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.contacts_location import in_words_of_contacts

MULTIGET: Final = 50
CARDDAV: Final = "{urn:ietf:params:xml:ns:carddav}"

_SPACES: Final = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>'
_HOME: Final = f"{CARDDAV}addressbook-home-set"
_DATA: Final = f"{CARDDAV}address-data"
DISCOVERY: Final = (
    f"{_HEAD}<D:propfind {_SPACES}><D:prop><D:resourcetype/><D:current-user-principal/><C:addressbook-home-set/>"
    "</D:prop></D:propfind>"
)
LISTING: Final = f"{_HEAD}<D:propfind {_SPACES}><D:prop><D:resourcetype/><D:getetag/></D:prop></D:propfind>"


class CardDavBook:
    """An `AddressBook` over one CardDAV address: a principal, a home of address books, or one of them."""

    def __init__(self, url: str, login: CalendarLogin) -> None:
        self._session = CalDavSession(url, login)

    def cards(self) -> Iterator[bytes]:
        """Every card of every address book there, one at a time. Raises as an `AddressBook` does."""
        with _in_words_of_contacts():
            for book in self._books():
                yield from self._cards_in(book)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _books(self) -> list[str]:
        """The addresses of the address books. None at all is a failure: some servers show strangers nothing."""
        own = self._session.properties(self._session.url, DISCOVERY)
        if _is_book(own):
            return [self._session.url]
        homes, base = own.hrefs(_HOME), self._session.url
        principal = next(iter(own.hrefs(PRINCIPAL)), "")
        if not homes and principal:
            base = urljoin(base, principal)
            homes = self._session.properties(base, DISCOVERY).hrefs(_HOME)
        found = [
            urljoin(home, answer.href)
            for home in ([urljoin(base, one) for one in homes] or [self._session.url])
            for answer in self._session.multistatus("PROPFIND", home, DISCOVERY, depth=1)
            if _is_book(answer)
        ]
        if not found:
            raise SourceError(
                "The calendar server shows no calendars at this address.",
                hint="Set CRMLINK_CALENDAR to the address of the principal or of one calendar, and check the login.",
            )
        return list(dict.fromkeys(found))

    def _cards_in(self, book: str) -> Iterator[bytes]:
        listed = self._session.multistatus("PROPFIND", book, LISTING, depth=1)
        hrefs = [one.href for one in listed if one.etag and not one.has(f"{DAV}resourcetype", f"{DAV}collection")]
        for batch in (hrefs[first : first + MULTIGET] for first in range(0, len(hrefs), MULTIGET)):
            for answer in self._session.multistatus("REPORT", book, _these_cards(batch), depth=1):
                if text := answer.text(_DATA):
                    yield text.encode()


def _is_book(answer: Answer) -> bool:
    return answer.has(f"{DAV}resourcetype", f"{CARDDAV}addressbook")


def _these_cards(hrefs: list[str]) -> str:
    """An addressbook-multiget (RFC 6352 section 8.7) for what is read of a card; servers may send all of it."""
    wanted = "".join(f'<C:prop name="{name}"/>' for name in ("VERSION", "FN", "N", "EMAIL", "ORG", "TITLE", "NICKNAME"))
    listed = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
    return (
        f"{_HEAD}<C:addressbook-multiget {_SPACES}><D:prop><D:getetag/><C:address-data>{wanted}</C:address-data></D:prop>"
        f"{listed}</C:addressbook-multiget>"
    )


@contextmanager
def _in_words_of_contacts() -> Iterator[None]:
    """The door speaks of calendars; here it is the address book that cannot be read."""
    try:
        yield
    except (LoginError, SourceError, UntrustedError) as error:
        raise type(error)(in_words_of_contacts(str(error)), hint=in_words_of_contacts(error.hint)) from error
