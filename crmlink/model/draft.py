"""Drafts: the mail that makes amends, the options in it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crmlink.model.contact import Address
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import LapseKind
from crmlink.model.reading import Register


@dataclass(frozen=True, slots=True)
class Option:
    """A free slot to offer: aware start and end in the owner's zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed reply. `raw` is the complete RFC 5322 message with CRLF line ends, `body` its plain text.

    `message_id` is derived from account and lapse, so that a lost ledger can compute it again. A draft that makes an
    introduction has that introduction's id in the place of the lapse's.
    """

    lapse: LapseId
    message_id: MessageId
    to: tuple[Address, ...]
    subject: str
    language: str
    register: Register
    options: tuple[Option, ...]
    body: str
    raw: bytes
    in_reply_to: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The option that the other side took: in which mail (`answer`), with which words, and when they wrote it (aware)."""

    option: Option
    answer: MessageId
    quote: str
    at: datetime


class DraftState(StrEnum):
    """Where a draft is on its way into the Drafts folder and after (the outbox).

    intent: decided and rendered, not yet on the server; unknown: handed over without a clear answer;
    placed: seen in the Drafts folder; parked: given up on, a person must look.
    The rest are outcomes.
    """

    INTENT = "intent"
    UNKNOWN = "unknown"
    PLACED = "placed"
    PARKED = "parked"
    SENT = "sent"
    EDITED = "edited"
    DISCARDED = "discarded"
    OVERTAKEN = "overtaken"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class StoredHeader:
    """What identifies a message that lies in Drafts, Sent or Trash. `uid` is the store's own name for it.

    `subject` is decoded and on one line. `stored_at` is when the store received it (aware, INTERNALDATE), None when it
    does not tell.
    """

    uid: str
    message_id: MessageId | None
    in_reply_to: MessageId | None
    references: tuple[MessageId, ...]
    to: tuple[str, ...]
    size: int
    stored_at: datetime | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a folder stands: what is stored later gets a UID of at least `uid_next` under this `uid_validity`.

    Stores without such numbers (Maildir) use 0 and are searched whole.
    """

    folder: str
    uid_validity: int = 0
    uid_next: int = 0


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as the ledger knows it: what was written, where Drafts stood before, and how far it came.

    `kind` is that of its lapse, None for a draft about something else. `attempts` counts how often it was handed to the
    writer, `refusals` how often the answer was a definite no. `unknown_since` is the last hand-over without a clear answer, `missing_since` the first look after it that did
    not find the draft, `retry_at` the earliest next try after a no. `error` is a sentence for a person. `closed_at` is
    when an outcome was seen, for a sent letter when it was sent. `acceptance` is set when the state is `accepted`.
    All times are aware.
    """

    draft: Draft
    agreement: AgreementId
    kind: LapseKind | None
    position: Position
    state: DraftState
    created_at: datetime
    attempts: int = 0
    refusals: int = 0
    error: str = ""
    unknown_since: datetime | None = None
    missing_since: datetime | None = None
    retry_at: datetime | None = None
    placed_at: datetime | None = None
    closed_at: datetime | None = None
    acceptance: Acceptance | None = None
