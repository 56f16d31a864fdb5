"""Keeps a note on a person in a CRM: for connectors to CRMs that know people and notes.

The person is found by mail address; whom the CRM does not know gets no note, and nobody is created. A note ends with
the event's identifier, so that an event that comes twice makes one note.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from babel.dates import format_date

from crmlink.model.crm_event import CrmEvent, CrmEventType


class NoteBook(Protocol):
    """What a CRM must be able to do. Every method may raise the errors of the port."""

    def person(self, address: str) -> str | None:
        """The CRM's own name for whoever has this mail address, None for nobody."""
        ...

    def has_note(self, person: str, mark: str) -> bool:
        """Whether a note on that person holds these words."""
        ...

    def add_note(self, person: str, text: str) -> None:
        """Write a note on that person."""
        ...


def keep_note(book: NoteBook, event: CrmEvent, *, language: str, zone: tzinfo | None) -> None:
    """Note the event on its contact, unless it stands there already or the CRM does not know the contact."""
    person = book.person(event.contact.address)
    if person is not None and not book.has_note(person, event.id):
        book.add_note(person, note_text(event, language=language, zone=zone))


def note_text(event: CrmEvent, *, language: str, zone: tzinfo | None) -> str:
    """One sentence on one line, and the event's identifier."""
    words = _words()[language]
    about = event.subject if event.type is CrmEventType.LAPSE_FOUND or event.draft is None else event.draft.subject
    key = event.outcome or event.type.value
    if event.type is CrmEventType.LAPSE_FOUND and f"{event.kind.value}.found" in words:
        key = f"{event.kind.value}.found"
    sentence = str(words[key]).format(
        kind=words["kinds"].get(event.kind.value, ""),
        subject=" ".join((about or event.subject).split()),
        day=_day(event.happened_at.astimezone(zone), language),
        moment=_moment(event.accepted.start.astimezone(zone), language) if event.accepted else "",
    )
    return f"crmlink: {sentence} [{event.id}]"


def _day(at: datetime, language: str) -> str:
    return format_date(at, "long", locale=language)


def _moment(at: datetime, language: str) -> str:
    return f"{_day(at, language)}, {at:%H:%M}"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("crmlink.crm").joinpath("notes.toml").read_text("utf-8"))
