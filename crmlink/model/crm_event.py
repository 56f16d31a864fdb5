"""What a CRM may be told: one event, with the names and times it needs and never a word of a mail's text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crmlink.model.contact import Address, Contact
from crmlink.model.draft import Option
from crmlink.model.ids import LapseId, MessageId
from crmlink.model.lapse import Fault, LapseKind


class CrmEventType(StrEnum):
    """What happened: a lapse was found, its draft lies in Drafts, or something became of that draft."""

    LAPSE_FOUND = "lapse.found"
    DRAFT_PLACED = "draft.placed"
    DRAFT_OUTCOME = "draft.outcome"


REPAIRED = "repaired"
"""The outcome of a draft whose lapse was made good; the others are the outcomes among `DraftState`."""


@dataclass(frozen=True, slots=True)
class CrmDraft:
    """The draft of an event. Subject and recipients are empty once the ledger has let go of them."""

    message_id: MessageId
    to: tuple[Address, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class CrmEvent:
    """One event of one account. All times are aware; `at` is when it happened, as far as crmlink knows.

    `id` is the same whenever and however often the event is told. `draft` is None for `lapse.found`, `outcome` empty
    for all but `draft.outcome`, `accepted` the moment that was picked when the outcome is `accepted`.
    """

    id: str
    type: CrmEventType
    account: str
    at: datetime
    lapse: LapseId
    kind: LapseKind
    fault: Fault
    contact: Contact
    subject: str
    happened_at: datetime
    due: datetime | None = None
    draft: CrmDraft | None = None
    outcome: str = ""
    accepted: Option | None = None
