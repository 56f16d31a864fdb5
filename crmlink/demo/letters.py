"""Writes a mail of the invented week as RFC 5322 bytes, as the sender's mail program would."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from crmlink.demo.days import Days
from crmlink.demo.events import calendar_text
from crmlink.demo.script import Booking, Letter, Script
from crmlink.model.contact import Address

DELIVERY_STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; mail.lindenhof.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
"""


@dataclass(frozen=True, slots=True)
class Post:
    """All mail of a script as bytes, on the days around now."""

    script: Script
    days: Days

    def raw(self, letter: Letter) -> bytes:
        """One mail, with CRLF."""
        message = EmailMessage(email.policy.SMTP)
        message["From"], message["To"] = _mailboxes([letter.sender]), _mailboxes(letter.to)
        if letter.cc:
            message["Cc"] = _mailboxes(letter.cc)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self.days.moment(letter.at))
        message["Message-ID"] = message_id(letter)
        self._add_thread(message, letter)
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(self.days.fill(letter.text.lstrip(), letter.language))
        if letter.bounced:
            _make_report(message, letter.bounced)
        if letter.event:
            self._add_event(message, letter)
        return message.as_bytes()

    def _add_thread(self, message: EmailMessage, letter: Letter) -> None:
        """In-Reply-To and References, the oldest mail first."""
        by_name: Mapping[str, Letter] = {one.name: one for one in self.script.letters}
        ancestors: list[str] = []
        parent = by_name.get(letter.answers)
        while parent:
            ancestors.insert(0, message_id(parent))
            parent = by_name.get(parent.answers)
        if ancestors:
            message["In-Reply-To"] = ancestors[-1]
            message["References"] = " ".join(ancestors)

    def _add_event(self, message: EmailMessage, letter: Letter) -> None:
        booking: Booking = next(one for one in self.script.bookings if one.name == letter.event)
        text = calendar_text(booking, self.days, self.script.owner, method=letter.method)
        message.add_alternative(text, subtype="calendar", params={"method": letter.method})


def message_id(letter: Letter) -> str:
    """Its Message-ID, with angle brackets."""
    return f"<{letter.name}@{letter.sender.domain}>"


def _mailboxes(people: Sequence[Address]) -> str:
    return ", ".join(formataddr((one.name, one.address)) for one in people)


def _make_report(message: EmailMessage, address: str) -> None:
    """What a mail system reports when an address does not exist (RFC 3464)."""
    message.make_mixed()
    message.attach(email.message_from_string(DELIVERY_STATUS.format(address=address), policy=email.policy.SMTP))
    message.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
