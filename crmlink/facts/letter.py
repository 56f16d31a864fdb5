"""What the question "did a person write this to a person?" is answered from.

In: the parsed message. Out: one value with the headers, the people, the text, and the shape of the parts.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass

from flufl.bounce import scan_message

from crmlink.facts.headers import Headers
from crmlink.facts.people import is_role_address
from crmlink.model.contact import Address, Owner

_LOOKS_BOUNCED = re.compile(
    r"deliver|bounce|undeliver|returned mail|mail system|mailer-daemon|permanent (?:fatal )?error|could not be (?:sent|delivered)|unknown user|user unknown",
    re.IGNORECASE,
)
_MAX_BOUNCE = 30_000
_MAX_BOUNCE_PARTS = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the detectors of automatic mail see it.

    `types` are the content types of all parts, `report_type` the parameter of a multipart/report. `text` is the subject
    and the newly written text with its signature, `said` the same without the signature, both in lower case and cut to their
    first and last pages; `html` the HTML as sent (empty when there is none), `plain` whether there was a plain text.
    `calendar_method` is the METHOD of an invitation that is part of the message itself, not an attached file.
    """

    headers: Headers
    owner: Owner
    sender: Address | None
    recipients: tuple[Address, ...]
    subject: str
    text: str
    said: str
    html: str
    plain: bool
    types: tuple[str, ...]
    report_type: str
    calendar_method: str
    raw: bytes

    def has_part(self, content_type: str) -> bool:
        """Whether some part of the message is of that type, forwarded messages aside."""
        return content_type in self.types

    @property
    def answers(self) -> bool:
        """Whether it refers to an earlier message."""
        return "in-reply-to" in self.headers or "references" in self.headers

    @property
    def from_owner(self) -> bool:
        """Whether the owner wrote it."""
        return self.sender is not None and self.owner.is_me(self.sender.address)

    @property
    def to_owner(self) -> bool:
        """Whether the owner is named among the recipients."""
        return any(self.owner.is_me(person.address) for person in self.recipients)

    @property
    def suppresses_answers(self) -> bool:
        """Whether it asks mail systems not to answer it; programs do, and sometimes Outlook does for people."""
        value = self.headers.first("x-auto-response-suppress").lower()
        return any(word in value for word in ("all", "autoreply", "oof", "dr"))

    @property
    def from_office(self) -> bool:
        """Whether the sender is an office or a machine, not one person."""
        return self.sender is None or is_role_address(self.sender.address)

    @property
    def from_mail_system(self) -> bool:
        """Whether a mail system may have written it: only such mail is looked at for reports of its own."""
        local = self.sender.local_part if self.sender else ""
        unanswerable = self.headers.first("return-path").strip() == "<>"
        return unanswerable or local in ("postmaster", "mailer-daemon", "mail-daemon", "")

    def bounced(self) -> bool:
        """Whether a mail system reports here, in one of its many dialects, that a mail did not arrive."""
        if (
            not self.from_mail_system
            or not _LOOKS_BOUNCED.search(f"{self.subject} {self.text[:500]}")
            or len(self.types) > _MAX_BOUNCE_PARTS
        ):
            return False
        try:
            return bool(scan_message(email.message_from_bytes(self.raw[:_MAX_BOUNCE])))
        except Exception:  # noqa: BLE001 - a detector for foreign dialects must never stop the reading of a message
            return False
