"""Whose password is said to the address book, and how often it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crmlink.app.config.load_settings import load
from crmlink.app.doors import contacts_of
from crmlink.app.house import House
from crmlink.app.people.address_book import AGAIN_AFTER, note_cards, read_cards
from crmlink.model.errors import SourceError
from crmlink.model.problem import Problem
from crmlink.sources.carddav import CardDavBook
from tests.life_world import ASKERS, LifeWorld

ACCOUNT = "marleen@veen.example"
CALENDAR = "https://dav.example.nl/marleen/"


@dataclass(slots=True)
class Book:
    """An address book in memory that counts how often it is read."""

    pieces: list[bytes]
    broken: bool = False
    reads: int = 0
    closed: bool = field(default=False)

    def cards(self) -> Iterator[bytes]:
        self.reads += 1
        if self.broken:
            raise SourceError("The address book server is away.", hint="Try again later.")
        yield from self.pieces

    def close(self) -> None:
        self.closed = True


def card(name: str, address: str) -> bytes:
    return f"BEGIN:VCARD\nVERSION:4.0\nFN:{name}\nEMAIL:{address}\nEND:VCARD\n".encode()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house of a pass that saw one question."""
    with LifeWorld() as world:
        world.asks(ASKERS[0])
        seen: list[House] = []

        def noting(opened: House, now: datetime) -> tuple[Problem, ...]:
            seen.append(opened)
            return note_cards(opened, now)

        monkeypatch.setattr("crmlink.app.scan.note_cards", noting)
        assert world.one_pass() is not None
        yield seen[0]


@pytest.mark.parametrize(
    ("contacts", "more", "user"),
    [
        ("https://dav.example.nl/marleen/boek/", {}, "marleen"),
        ("https://elders.example.nl/boek/", {}, ""),
        ("https://dav.example.nl:8443/boek/", {}, ""),
        ("https://elders.example.nl/boek/", {"CRMLINK_CONTACTS_USER": "ik", "CRMLINK_CONTACTS_PASSWORD": "b"}, "ik"),
    ],
    ids=["the calendar's own server", "another server", "another port", "a login of its own"],
)
def test_the_calendar_password_is_said_to_its_own_server_only(
    contacts: str, more: dict[str, str], user: str, tmp_path: Path
) -> None:
    settings = load(
        {
            "CRMLINK_ME": ACCOUNT,
            "CRMLINK_MAIL": f"maildir://{tmp_path}",
            "CRMLINK_CALENDAR": CALENDAR,
            "CRMLINK_CALENDAR_USER": "marleen",
            "CRMLINK_CALENDAR_PASSWORD": "a",
            "CRMLINK_CONTACTS": contacts,
            **more,
        }
    )
    book = contacts_of(settings)
    assert isinstance(book, CardDavBook)
    assert book._session.login.user == user
    assert book._session.login.password == {"marleen": "a", "ik": "b"}.get(user, "")


def test_it_is_read_a_few_times_a_day_and_kept_of_it_who_is_known(house: House) -> None:
    book = Book([card("Gijs Bakker", ASKERS[0]), card("Tante Corrie", "corrie@familie.example")])
    with_book = replace(house, contacts=book)
    now = house.clock()
    for hours in (0, 1, 5, AGAIN_AFTER.total_seconds() / 3600):
        assert note_cards(with_book, now + timedelta(hours=hours)) == ()
    assert book.reads == 2
    (kept,) = house.ledger.cards.all(ACCOUNT)
    assert (kept.name, kept.addresses) == ("Gijs Bakker", (ASKERS[0],))
    assert note_cards(house, now) == ()  # the setting is gone, and with it what was kept
    assert house.ledger.cards.all(ACCOUNT) == ()


def test_one_that_cannot_be_read_is_told_tried_again_and_loses_nothing(house: House) -> None:
    book = Book([card("Gijs Bakker", ASKERS[0])])
    now = house.clock()
    note_cards(replace(house, contacts=book), now)
    book.broken = True
    for _ in range(2):
        (problem,) = note_cards(replace(house, contacts=book), now + timedelta(days=1))
        assert (problem.code, problem.message) == ("contacts.unreadable", "The address book server is away.")
    assert book.reads == 3
    assert len(house.ledger.cards.all(ACCOUNT)) == 1


def test_an_address_book_without_end_is_read_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmlink.app.people.address_book.MAX_CARDS", 500)

    def endless() -> Iterator[bytes]:
        while True:
            yield card("Niemand", "niemand@x.example") * 100

    class Endless(Book):
        def cards(self) -> Iterator[bytes]:
            return endless()

    found = sum(1 for _ in read_cards(Endless([])))
    assert 500 <= found <= 600
