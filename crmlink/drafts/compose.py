r"""Composes the reply as bytes: RFC 5322 with CRLF, plain UTF-8 text in quoted-printable, and no header too many.

Decides on form only. Headers are written here one by one, because what a stranger wrote (subject, name, ids) ends up in
them: every value is cleaned of line breaks, control and direction characters, cut to a sane length and encoded
(RFC 2047). Nothing betrays a machine: no X- header, no User-Agent, an ordinary Message-ID.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime, quote

from crmlink.drafts.quoting import one_line
from crmlink.model.contact import Address
from crmlink.model.draft import Draft
from crmlink.model.ids import LapseId, MessageId, digest
from crmlink.model.mail import Message

LONGEST_SUBJECT = 250
SIGNATURE_MARK = "-- "
"""The line above a signature; its space must survive on the way (RFC 3676 section 4.3)."""
MOST_EDITIONS = 10
"""How many drafts about one lapse the owner can have after all; so many names are looked for."""
_LONGEST_NAME = 100
_MOST_REFERENCES = 20
_LINE = 76
# What stands in a thread only because a mail without a Message-ID needed a name is known to nobody else.
_MESSAGE_ID = re.compile(r"<(?![!-;=?-~]*@derived\.invalid>)[!-;=?-~]{1,240}>")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers of a draft before they are written: who, to whom, about what, when (aware), answering which mail."""

    sender: Address
    to: tuple[Address, ...]
    subject: str
    message_id: MessageId
    date: datetime
    anchor: Message | None = None
    bcc: Address | None = None


def compose(envelope: Envelope, body: str) -> bytes:
    """The complete message.

    Raises:
        ValueError: an address is not one plain addr-spec (RFC 5322 section 3.4.1), or there is no recipient.
    """
    if not envelope.to:
        raise ValueError("a draft needs a recipient")
    lines = [
        f"From: {_mailbox(envelope.sender)}",
        "To: " + ",\r\n ".join(_mailbox(address) for address in envelope.to),
        *([f"Bcc: {_mailbox(envelope.bcc)}"] if envelope.bcc else []),
        f"Subject: {_encoded(one_line(envelope.subject, LONGEST_SUBJECT), len('Subject: '))}",
        f"Date: {format_datetime(envelope.date)}",
        f"Message-ID: {envelope.message_id}",
        *_threading(envelope.anchor),
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    return "\r\n".join([*lines, "", _quoted_printable(body)]).encode()


def draft_message_id(account: str, lapse: LapseId, domain: str, *, edition: int = 0) -> MessageId:
    """The Message-ID of the draft about this lapse: looks random, yet the same for ever.

    `account` is the owner's main address, `domain` the part after its @. `edition` counts how often the owner wanted
    another one after all; each has a name of its own.
    """
    name = ("draft", account.lower(), lapse, *((str(edition),) if edition else ()))
    key = uuid.UUID(bytes=bytes.fromhex(digest(*name))[:16], version=4)
    return MessageId(f"<{key}@{_ascii_domain(domain)}>")


def names_of_drafts(account: str, lapse: LapseId, domain: str) -> tuple[MessageId, ...]:
    """The Message-IDs of all editions of the draft about this lapse, in order."""
    return tuple(draft_message_id(account, lapse, domain, edition=edition) for edition in range(MOST_EDITIONS))


def editions_of(account: str, draft: Draft) -> tuple[frozenset[MessageId], frozenset[MessageId]]:
    """The names of a draft's earlier and later editions; no names for a draft that has another kind of name."""
    domain = draft.message_id.rpartition("@")[2].rstrip(">")
    names = names_of_drafts(account, draft.lapse, domain)
    if draft.message_id not in names:
        return frozenset(), frozenset()
    place = names.index(draft.message_id)
    return frozenset(names[:place]), frozenset(names[place + 1 :])


def references_of(anchor: Message) -> tuple[MessageId, ...]:
    """The References of an answer to this mail, oldest first (RFC 5322 section 3.6.4); the middle of a long row is cut."""
    parents: Sequence[MessageId] = anchor.references or ((anchor.in_reply_to,) if anchor.in_reply_to else ())
    row = [MessageId(id_) for id_ in dict.fromkeys((*parents, anchor.id)) if _MESSAGE_ID.fullmatch(id_)]
    return tuple(row if len(row) <= _MOST_REFERENCES else [row[0], *row[1 - _MOST_REFERENCES :]])


def answered_id(anchor: Message | None) -> MessageId | None:
    """The Message-ID a draft can answer; None without an anchor, or when that mail has no usable one."""
    return anchor.id if anchor and _MESSAGE_ID.fullmatch(anchor.id) else None


def _threading(anchor: Message | None) -> list[str]:
    answered = answered_id(anchor)
    if anchor is None or answered is None:
        return []
    return [f"In-Reply-To: {answered}", "References: " + "\r\n ".join(references_of(anchor))]


def _mailbox(address: Address) -> str:
    if not _ADDRESS.fullmatch(address.address):
        raise ValueError("an address is not one plain addr-spec")
    local_part, _, domain = address.address.rpartition("@")
    spec = f"{local_part}@{_ascii_domain(domain)}"
    name = one_line(address.name, _LONGEST_NAME)
    if not name:
        return spec
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name, len('From: '))} <{spec}>"
    return f"{name} <{spec}>" if _ATOMS.fullmatch(name) else f'"{quote(name)}" <{spec}>'


def _encoded(text: str, taken: int) -> str:
    """A text for a header, folded; as encoded words where it is not plain ASCII or would be mistaken for one."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=_LINE, header_name="x" * max(taken - 2, 0)).encode(linesep="\r\n")


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("a domain cannot be written in ASCII") from error


def _quoted_printable(body: str) -> str:
    """RFC 2045 section 6.7: lines of at most 76 characters, CRLF, UTF-8."""
    text = "\n".join(line if line == SIGNATURE_MARK else line.rstrip() for line in body.splitlines()) + "\n"
    return body_encode(text.encode().decode("latin-1"), maxlinelen=_LINE, eol="\r\n")
