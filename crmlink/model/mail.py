"""Mail as facts: one message, its folder's role, and the thread it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crmlink.model.contact import Address
from crmlink.model.ids import MessageId, ThreadId
from crmlink.model.meeting import Invitation


class Role(StrEnum):
    """What a folder is for (RFC 6154), whatever it is called."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    ARCHIVE = "archive"
    JUNK = "junk"
    ALL = "all"
    OTHER = "other"


class Automatic(StrEnum):
    """Why a message counts as not written by a person to a person."""

    LIST = "list"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    NOTIFICATION = "notification"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A named part that is not the text: file name, content type in lower case, size in bytes (decoded)."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, decoded and cut down to what its writer newly wrote.

    `id` is never empty: a message without a usable Message-ID gets one derived from its content.
    `sent_at` is aware, in the sender's own offset. `text` is the visible reply: without quotes, signature and
    disclaimer. `full_text` is everything readable. `sender` is None when From is missing or ambiguous
    (RFC 5322 section 3.6.2 wants exactly one author here), and then nothing is drafted.
    `automatic` says why this is no personal mail, `automatic_reason` which header or words showed it.
    """

    id: MessageId
    sent_at: datetime
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    full_text: str
    from_me: bool
    role: Role = Role.INBOX
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: MessageId | None = None
    references: tuple[MessageId, ...] = ()
    automatic: Automatic | None = None
    automatic_reason: str = ""
    attachments: tuple[Attachment, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    authentication_results: tuple[str, ...] = ()
    signature: str = ""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc together, in that order."""
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages of one conversation in order of `sent_at`; `id` is derived from the first message."""

    id: ThreadId
    messages: tuple[Message, ...]

    @property
    def last(self) -> Message:
        """The newest message."""
        return self.messages[-1]
