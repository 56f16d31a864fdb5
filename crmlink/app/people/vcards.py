"""Contacts as vCards: version 4 (RFC 6350), or 3 (RFC 2426) for programs that know no other.

Escaping and folding are icalendar's, which are the same in both formats.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from icalendar import Component, vText
from icalendar.prop import vN, vOrg, vUri

from crmlink.drafts.names import PersonName, person_of
from crmlink.model.contact import Contact

_OURS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:crmlink:contact")


class _VCard(Component):
    name = "VCARD"


class VCardVersion(StrEnum):
    """Which format to write."""

    V4 = "4"
    V3 = "3"


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody, and when something last happened with them (aware)."""

    contact: Contact
    last: datetime | None = None


def vcards(cards: Iterable[Card], version: VCardVersion, *, language: str) -> str:
    """The cards one after the other, with CRLF. A card has the same UID whenever it is written."""
    return "".join(_vcard(one, version, language) for one in cards)


def _vcard(card: Card, version: VCardVersion, language: str) -> str:
    contact = card.contact
    person = person_of(contact, language=language)
    shown = contact.name or (person.full if person else "") or contact.address
    written = _VCard()
    written.add("version", vText(f"{version.value}.0"))
    written.add("uid", vUri(f"urn:uuid:{uuid.uuid5(_OURS, contact.address)}"))
    written.add("fn", vText(shown))
    if person or version is VCardVersion.V3:  # version 3 demands a name in parts
        written.add("n", vN(_parts(person, shown)))
    kind = {"type": "INTERNET"} if version is VCardVersion.V3 else {}
    written.add("email", vText(contact.address), parameters=kind)
    if contact.company:
        written.add("org", vOrg((contact.company,)))
    if card.last:
        written.add("rev", vText(f"{card.last.astimezone(UTC):%Y%m%dT%H%M%SZ}"))
    raw: bytes = written.to_ical(sorted=False)
    return raw.decode()


def _parts(person: PersonName | None, shown: str) -> tuple[str, str, str, str, str]:
    """Family name, given name, further names, prefix, suffix."""
    if person is None:
        return shown, "", "", "", ""
    return person.surname, person.given, "", person.title, ""
