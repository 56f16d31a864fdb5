"""Where the address book is: reads the setting CONTACTS into a value. Opens nothing.

    https://host/path       CardDAV (RFC 6352): a principal, a home of address books or one of them
    http://127.0.0.1/path   the same without TLS, on this machine only
    vdir:///absolute/path   a directory of .vcf files, or of such directories

No error repeats the address: it may hold a password that somebody put there.
"""

from __future__ import annotations

from crmlink.sources.calendar_location import CalDavLocation, FeedLocation, VdirLocation, parse_calendars

ContactsLocation = CalDavLocation | VdirLocation


def parse_contacts(text: str) -> ContactsLocation | None:
    """The place a CONTACTS setting names, None for an empty one.

    Raises ValueError with one sentence that a person can act on.
    """
    if not text.strip():
        return None
    scheme = text.strip().partition("://")[0].lower()
    if scheme not in {"https", "http", "vdir"} or "," in text:
        raise ValueError(
            "an address book is one address: https://… (CardDAV) or vdir:///path (a directory of .vcf files)"
        )
    try:
        (found,) = parse_calendars(text)
    except ValueError as error:
        raise ValueError(in_words_of_contacts(str(error))) from None
    assert not isinstance(found, FeedLocation)
    return found


def in_words_of_contacts(sentence: str) -> str:
    """What is said of a calendar and its server, said of the address book and its server: the doors are the same."""
    for calendar, contacts in (
        ("CRMLINK_CALENDAR", "CRMLINK_CONTACTS"),
        ("CalDAV", "CardDAV"),
        ("calendar", "address book"),
    ):
        sentence = sentence.replace(calendar, contacts)
    return sentence.replace("a address", "an address")
