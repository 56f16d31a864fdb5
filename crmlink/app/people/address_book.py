"""The owner's address book in a pass: read a few times a day, and kept of it only who the ledger knows anyway.

An address book that cannot be read is a problem to report; the pass goes on with what was kept before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from crmlink.app.house import House
from crmlink.facts.vcards import cards_in
from crmlink.ledger.records import SourceState
from crmlink.model.contact import Card
from crmlink.model.errors import CrmlinkError
from crmlink.model.problem import Problem
from crmlink.sources.address_book import MAX_CARDS, AddressBook

SOURCE = "contacts"
AGAIN_AFTER = timedelta(hours=6)


def note_cards(house: House, now: datetime) -> tuple[Problem, ...]:
    """Read the address book when it is time, and keep what it says of people the ledger knows. Gives what went wrong."""
    ledger, account = house.ledger, house.account
    if house.contacts is None:
        ledger.cards.replace(account, ())
        return ()
    states = {one.source: one for one in ledger.sources.all(account)}
    last = states[SOURCE].last_success if SOURCE in states else None
    if last and timedelta(0) <= now - last < AGAIN_AFTER:
        return ()
    known = _known(house)
    try:
        found = tuple(card for one in read_cards(house.contacts) if (card := _about(one, known)))
    except CrmlinkError as error:
        return (Problem("contacts.unreadable", "address book", str(error), error.hint),)
    ledger.cards.replace(account, found)
    ledger.sources.remember(account, SourceState(SOURCE, "", "", len(found), last_success=now))
    return ()


def read_cards(book: AddressBook) -> Iterator[Card]:
    """The cards of an address book, up to the most that is a person's.

    Raises:
        LoginError, UntrustedError, SourceError: it cannot be read.
    """
    count = 0
    for piece, raw in enumerate(book.cards()):
        for card in cards_in(raw):
            count += 1
            yield card
        if max(piece, count) >= MAX_CARDS:
            return


def _known(house: House) -> frozenset[str]:
    """Everybody the ledger holds something on, but whom the owner had forgotten."""
    history, account = house.ledger.history, house.account
    tombstones = house.ledger.privacy.tombstones(account)
    known = {*history.known(account), *(one.address for one in history.agreements(account))}
    return frozenset(one for one in known if not tombstones.cover_address(one))


def _about(card: Card, known: Collection[str]) -> Card | None:
    """The card with its known addresses, None when it has none."""
    addresses = tuple(one for one in card.addresses if one in known)
    return replace(card, addresses=addresses) if addresses else None
