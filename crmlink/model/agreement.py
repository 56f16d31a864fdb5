"""Agreements: a meeting, a request to the owner, or a promise by the owner, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crmlink.model.contact import Address, Contact
from crmlink.model.evidence import Evidence
from crmlink.model.ids import AgreementId, ThreadId
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message
from crmlink.model.meeting import Event


class AgreementKind(StrEnum):
    """What was agreed. A `request` is made to the owner, a `question` by the owner; `contact` is no more than to keep in touch."""

    MEETING = "meeting"
    REQUEST = "request"
    PROMISE = "promise"
    QUESTION = "question"
    CONTACT = "contact"


class State(StrEnum):
    """How an agreement stands. `proposed` is for meetings that nobody has confirmed yet."""

    PROPOSED = "proposed"
    OPEN = "open"
    KEPT = "kept"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement with one contact (a meeting may have more `others`).

    `ref` is the Message-ID or event UID it rests on, `quote` the words. `made_at`, `due` and `changed_at` (when it
    reached its state) are aware. `event` is the occurrence of a meeting that stands in a calendar.
    `anchor` is the message a draft about this agreement would answer, None when there is no mail about it.
    `fault` is meaningful once the state is cancelled or missed.
    """

    id: AgreementId
    kind: AgreementKind
    state: State
    contact: Contact
    subject: str
    made_at: datetime
    ref: str
    quote: str = ""
    due: datetime | None = None
    changed_at: datetime | None = None
    fault: Fault = Fault.UNKNOWN
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    others: tuple[Address, ...] = ()
    thread: ThreadId | None = None
    anchor: Message | None = None
    event: Event | None = None
    doubts: tuple[str, ...] = field(default=())
