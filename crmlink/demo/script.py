"""The script of the demo: the mails and events of the invented week as it stands in the data files of `week/`.

Decides the shape only; nothing here knows what day it is. In: TOML. Out: values, with people as whole addresses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from importlib import resources
from typing import Any

from crmlink.model.contact import Address

OWNER = "me"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `at` is a moment as `days` reads it, `answers` the name of the mail it answers.

    `event` and `method` make it an iTIP message (RFC 6047), `bounced` a report that this address does not exist.
    """

    name: str
    sender: Address
    to: tuple[Address, ...]
    at: str
    subject: str
    text: str
    cc: tuple[Address, ...] = ()
    language: str = "nl"
    answers: str = ""
    unread: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    event: str = ""
    method: str = ""
    bounced: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """One event. It has `start` and `minutes`, or whole `days` (first, and the day after the last)."""

    name: str
    title: str
    made: str
    organizer: Address
    guests: tuple[Address, ...] = ()
    start: str = ""
    minutes: int = 0
    days: tuple[str, ...] = ()
    changed: str = ""
    location: str = ""
    my_answer: str = "ACCEPTED"
    cancelled: bool = False
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """The whole week. `owner` is the person whose mailbox and calendar these are."""

    owner: Address
    letters: tuple[Letter, ...]
    bookings: tuple[Booking, ...]


def read_script() -> Script:
    """The script that comes with crmlink."""
    people = {key: _address(text) for key, text in _table("people").items()}
    letters = [*_table("stories")["mail"], *_table("others")["mail"]]
    return Script(
        people[OWNER],
        tuple(_letter(row, people) for row in letters),
        tuple(_booking(row, people) for row in _table("calendar")["event"]),
    )


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("crmlink.demo.week").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _address(text: str) -> Address:
    return Address(*parseaddr(text))


def _letter(row: Mapping[str, Any], people: Mapping[str, Address]) -> Letter:
    plain = {key: value for key, value in row.items() if key not in ("from", "to", "cc")}
    to, cc = (tuple(people[key] for key in row.get(name, ())) for name in ("to", "cc"))
    return Letter(sender=people[row["from"]], to=to, cc=cc, **plain)


def _booking(row: Mapping[str, Any], people: Mapping[str, Address]) -> Booking:
    plain = {key: value for key, value in row.items() if key not in ("with", "organizer", "days")}
    guests = tuple(people[key] for key in row.get("with", ()))
    organizer = people[row.get("organizer", OWNER)]
    return Booking(organizer=organizer, guests=guests, days=tuple(row.get("days", ())), **plain)
