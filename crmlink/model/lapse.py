"""Lapses: agreements that broke or are about to, whose fault it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmlink.model.agreement import Agreement
    from crmlink.model.evidence import Evidence
    from crmlink.model.ids import LapseId


class LapseKind(StrEnum):
    """How it broke. Mildest are `waiting` (a question of the owner's has no answer yet) and `silent` (no contact at all)."""

    MISSED = "missed"
    CLASH = "clash"
    CANCELLED = "cancelled"
    PROMISE = "promise"
    UNANSWERED = "unanswered"
    WAITING = "waiting"
    SILENT = "silent"

    @property
    def urgency(self) -> int:
        """Place in the queue when more lapses wait than drafts are allowed today; 0 comes first."""
        return list(LapseKind).index(self)


class Fault(StrEnum):
    """Whose side broke it. Illness counts for the ill; `nobody` is a strike, a storm, a mix-up."""

    ME = "me"
    THEM = "them"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What happens with a lapse in this pass."""

    DRAFT = "draft"
    DRAFTED = "drafted"
    HOLD = "hold"
    SKIP = "skip"


WAITS = "this one waits for tomorrow"
"""How the reason ends of a lapse that only the brake of so many drafts a day holds."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """A broken (or soon broken) agreement. `happened_at` and `due` are aware; confidence runs from 0 to 1."""

    id: LapseId
    kind: LapseKind
    fault: Fault
    confidence: float
    agreement: Agreement
    happened_at: datetime
    evidence: tuple[Evidence, ...]
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A lapse with the decision on it and the one sentence that explains it to a person."""

    lapse: Lapse
    decision: Decision
    reason: str
