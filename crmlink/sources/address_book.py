"""The owner's address book as a source of raw cards, and how the setting opens one. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, assert_never

from crmlink.sources.calendar_location import CalDavLocation, VdirLocation
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.carddav import CardDavBook
from crmlink.sources.contacts_location import ContactsLocation
from crmlink.sources.vcf_directory import VcfDirectory

MAX_CARDS = 20_000
"""More than this in one address book is not a person's."""


class AddressBook(Protocol):
    """An address book that can be read."""

    def cards(self) -> Iterator[bytes]:
        """Every card, as vCard text (RFC 6350, RFC 2426); one piece may hold several.

        Raises:
            LoginError: the server refuses the login.
            UntrustedError: no valid certificate, or the server points to another host.
            SourceError: it cannot be read.
        """
        ...

    def close(self) -> None:
        """Let go of the connection. May be called twice."""
        ...


def open_address_book(location: ContactsLocation, login: CalendarLogin) -> AddressBook:
    """The address book there. Connects to nothing yet: the first read does."""
    match location:
        case CalDavLocation():
            return CardDavBook(location.url, login)
        case VdirLocation():
            return VcfDirectory(location.path)
        case _:
            assert_never(location)
