"""What is remembered of agreements and of contact with people, longer than mail is read back.

Plain facts to count: how each agreement ended, and on which days there was contact. No score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crmlink.model.agreement import AgreementKind, State
from crmlink.model.ids import AgreementId
from crmlink.model.lapse import Fault


@dataclass(frozen=True, slots=True)
class PastAgreement:
    """How an agreement with one person stands or ended. A meeting with several people has one of these for each.

    All times are aware. `ended_at` is when it reached its state, None while it is open. `broken_at` is when it broke, by
    whose `fault`; `repaired_at` when it was kept after all. `dismissed` says the owner called it no lapse. `ref` is the
    Message-ID or event UID it rests on, `refs` are all mails that made it. Subject and quote may have been erased.
    """

    id: AgreementId
    address: str
    name: str
    kind: AgreementKind
    state: State
    fault: Fault
    made_at: datetime
    ref: str
    due: datetime | None = None
    ended_at: datetime | None = None
    broken_at: datetime | None = None
    repaired_at: datetime | None = None
    dismissed: bool = False
    subject: str = ""
    quote: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactDay:
    """Contact with one address on one day (UTC): mails from it, mails of the owner to it, meetings that took place.

    `name` is the fullest name it went by.
    """

    address: str
    day: date
    mails_in: int = 0
    mails_out: int = 0
    meetings: int = 0
    name: str = ""
