"""Reads from earlier mail with a contact how a letter to them should sound.

Decides language, register, greeting, form of address and telephone number; each comes from words somebody wrote. In: the
mail between owner and contact with its readings. Out: one `Correspondence`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crmlink.drafts.clocks import TheirClock, their_clock
from crmlink.drafts.greeting import Greeting, read_greeting
from crmlink.drafts.names import parse_name
from crmlink.drafts.register import Spoken, choose_register
from crmlink.drafts.written_name import PARTICLES
from crmlink.model.contact import Contact
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message
from crmlink.model.reading import Reading, Register

_TITLE = re.compile(
    r"(?im)^\W*(?P<title>dhr|de heer|mevr|mevrouw|mw|mrs|ms|herr|frau)\b\.?\s+[A-Z]|\((?P<behind>dhr|mevr|mw|m/?r?s)\.?\)"
)
_PHONE = re.compile(r"(?<![\w+])(?:\+\d{1,3}[ .-]?(?:\(0\))?[ .-]?|0)\d(?:[ .-]{0,3}\d){6,10}(?!\d)")
_NO_PHONE_LINE = re.compile(r"(?i)\b(kvk|btw|vat|iban|bic|fax|f:|ust|registration)\b")

ReadMail = tuple[Message, Reading]
"""A mail and what was read in it."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """How the owner and this contact write to each other.

    `signature` is what stands under their last mail, `signed` the name in it, for who has none in their address.
    `again` says that this is not the first lapse with them within a year (the ledger knows). `last_written` is when
    the owner last wrote to them (aware), None when never. `clock` is theirs, when it shows another time than the owner's.
    `back` is when they return, by the automatic reply that says they are away (aware), None when they are there.
    """

    language: str
    register: Register = Register.FORMAL
    greeting: Greeting | None = None
    signature: str = ""
    signed: str = ""
    gender_title: str = ""
    phone: str = ""
    again: bool = False
    last_written: datetime | None = None
    clock: TheirClock | None = None
    back: datetime | None = None


def read_correspondence(
    contact: Contact,
    mails: Iterable[ReadMail],
    *,
    language: str,
    again: bool = False,
    zone: ZoneInfo | None = None,
    thread: Collection[MessageId] = (),
) -> Correspondence:
    """How to write to `contact`, from the personal mail among `mails` to or from them, in any order.

    `language` (nl, en, de) is used when they have never written. `zone` is the owner's, to tell whether they live by
    another clock. `thread` names the mails of the conversation the draft belongs to: its language comes first.
    """
    known = sorted((pair for pair in mails if pair[0].automatic is None), key=lambda pair: pair[0].sent_at)
    from_them = [pair for pair in known if pair[0].sender is not None and pair[0].sender.address == contact.address]
    places = answering_places(contact, (mail for mail, _ in from_them))
    to_them = [pair for pair in known if pair[0].from_me and places & {one.address for one in pair[0].recipients}]
    return Correspondence(
        language=_language(from_them, to_them, thread) or language,
        register=choose_register(_spoken(to_them), _spoken(from_them)),
        greeting=_last_greeting(to_them) or _greeting_in_return(from_them),
        signature=next((mail.signature for mail, _ in reversed(from_them) if mail.signature), ""),
        signed=next((name for mail, _ in reversed(from_them) if (name := _name_under(mail.signature))), ""),
        gender_title=next((title for mail, _ in reversed(from_them) if (title := _title_in(mail.signature))), ""),
        phone=next((phone for mail, _ in reversed(from_them) if (phone := phone_in(mail.signature))), ""),
        again=again,
        last_written=to_them[-1][0].sent_at if to_them else None,
        clock=their_clock((mail.sent_at for mail, _ in reversed(from_them)), zone) if zone else None,
    )


def answering_places(contact: Contact, mails: Iterable[Message]) -> frozenset[str]:
    """Where the owner's answers to this contact went: to their address, or where their mails wanted them (Reply-To)."""
    theirs = (mail for mail in mails if mail.sender is not None and mail.sender.address == contact.address)
    return frozenset({contact.address, *(one.address for mail in theirs for one in mail.reply_to)})


def phone_in(signature: str) -> str:
    """The first telephone number in a signature that is no registration number, empty when there is none."""
    for line in signature.splitlines():
        if not _NO_PHONE_LINE.search(line) and (hit := _PHONE.search(line)):
            return hit[0].strip()
    return ""


def _language(from_them: list[ReadMail], to_them: list[ReadMail], thread: Collection[MessageId]) -> str:
    """Of their last mail in the thread, else of the owner's there, else of anybody's last mail; empty without any."""
    for mails in (_of(from_them, thread), _of(to_them, thread), from_them, to_them):
        if mails:
            return mails[-1][1].language
    return ""


def _of(mails: list[ReadMail], thread: Collection[MessageId]) -> list[ReadMail]:
    return [pair for pair in mails if pair[0].id in thread]


def _name_under(signature: str) -> str:
    """The first line of a signature, when it is a person's name: capitals but for titles and tussenvoegsels."""
    line = next((line.strip(" ,.-–") for line in signature.splitlines() if line.strip()), "")
    small = (word for word in line.split() if word[:1].islower() and not word.endswith("."))
    return line if all(word in PARTICLES for word in small) and parse_name(line, language="nl") else ""


def _spoken(mails: Iterable[ReadMail]) -> list[Spoken]:
    return [Spoken(mail.sent_at, reading.register) for mail, reading in mails]


def _last_greeting(to_them: list[ReadMail]) -> Greeting | None:
    """From the newest mail to them alone: a mail to several may greet somebody else. A blind copy is to nobody."""
    alone = (mail for mail, _ in reversed(to_them) if len((*mail.to, *mail.cc)) == 1)
    return next((greeting for mail in alone if (greeting := read_greeting(mail.text))), None)


def _greeting_in_return(from_them: list[ReadMail]) -> Greeting | None:
    """Who says "Hoi" gets "Hoi" back. The name in it is the owner's and is left out; nobody is called "Lieve" in return."""
    words = (read_greeting(mail.text) for mail, _ in reversed(from_them))
    return next((Greeting(one.word) for one in words if one and not one.word.startswith("Lie")), None)


def _title_in(signature: str) -> str:
    hit = _TITLE.search(signature)
    return (hit["title"] or hit["behind"]) if hit else ""
