"""Reads the values of calendar properties: plain text, addresses, attendees, closed word lists.

What people and programs put there is untrusted: control and direction characters are dropped, lengths are capped, and
an address counts only when it is one. In: property values as icalendar parsed them. Out: model values. Never raises.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from crmlink.model.contact import Address
from crmlink.model.meeting import Attendee, EventStatus, Participation

MAX_TITLE: Final = 250
MAX_NAME: Final = 100
MAX_TEXT: Final = 10_000
MAX_ADDRESS: Final = 320

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_BREAK: Final = re.compile("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"\\()\[\]]+@[^\s@<>,;:\"\\()\[\]]+")
_STATUS: Final = {
    "CONFIRMED": EventStatus.CONFIRMED,
    "TENTATIVE": EventStatus.TENTATIVE,
    "CANCELLED": EventStatus.CANCELLED,
    "CANCELED": EventStatus.CANCELLED,
}


def line_of(text: str, limit: int) -> str:
    """One line of visible text without surrounding or repeated space, at most `limit` characters."""
    head = _BREAK.sub(" ", text[: limit * 4])
    return " ".join(_INVISIBLE.sub("", head).split())[:limit].rstrip()


def text_of(text: str, limit: int = MAX_TEXT) -> str:
    """Visible text with its line breaks as newlines, at most `limit` characters."""
    return _INVISIBLE.sub("", _BREAK.sub("\n", text[: limit * 4]))[:limit].strip()


def status_of(text: str) -> EventStatus | None:
    """STATUS, None when it is missing or not one of a VEVENT's."""
    return _STATUS.get(text.strip().upper())


def address_of(value: object) -> Address | None:
    """The mailbox of an ORGANIZER or ATTENDEE value, None when it names none.

    Some servers put a path or a urn there and the address in an EMAIL parameter.
    """
    parameters: dict[str, Any] = getattr(value, "params", {})
    for candidate in (str(value), _parameter(parameters, "EMAIL")):
        if address := mailbox_of(candidate):
            return Address(line_of(_parameter(parameters, "CN").strip("'\""), MAX_NAME), address)
    return None


def mailbox_of(text: str) -> str | None:
    """The addr-spec in lower case of "mailto:…" or a bare address, None for anything else."""
    bare = text.strip().strip('"')
    if bare[:7].lower() == "mailto:":
        bare = unquote(bare[7:].partition("?")[0]).strip()
    if len(bare) > MAX_ADDRESS or _INVISIBLE.search(bare) or not _ADDRESS.fullmatch(bare):
        return None
    return bare.lower()


def sent_by_of(value: object) -> Address | None:
    """SENT-BY of an ORGANIZER: who acts for them (RFC 5545 section 3.2.18)."""
    address = mailbox_of(_parameter(getattr(value, "params", {}), "SENT-BY"))
    return Address("", address) if address else None


def attendee_of(value: object) -> Attendee | None:
    """One ATTENDEE line, None when it names no mailbox."""
    address = address_of(value)
    if address is None:
        return None
    parameters: dict[str, Any] = getattr(value, "params", {})
    role = _parameter(parameters, "ROLE").upper()
    return Attendee(
        address,
        _participation(_parameter(parameters, "PARTSTAT")),
        optional=role in {"OPT-PARTICIPANT", "NON-PARTICIPANT"},
        room=_parameter(parameters, "CUTYPE").upper() in {"ROOM", "RESOURCE"},
    )


def _participation(text: str) -> Participation:
    try:
        return Participation(text.strip().lower())
    except ValueError:
        return Participation.NEEDS_ACTION


def _parameter(parameters: dict[str, Any], name: str) -> str:
    # An unquoted comma ("CN=Berg, Jan van der") makes the parser see a list.
    value = parameters.get(name, "")
    return ", ".join(str(part).strip() for part in value) if isinstance(value, list | tuple) else str(value)
