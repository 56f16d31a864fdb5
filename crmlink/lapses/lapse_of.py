"""Makes the lapse of a broken agreement: its identity follows from kind and agreement, on every machine the same."""

from __future__ import annotations

from datetime import datetime

from crmlink.model.agreement import Agreement
from crmlink.model.ids import LapseId, short_id
from crmlink.model.lapse import Fault, Lapse, LapseKind


def lapse_of(
    agreement: Agreement,
    kind: LapseKind,
    happened_at: datetime,
    *,
    fault: Fault = Fault.ME,
    confidence: float | None = None,
) -> Lapse:
    """The lapse of this agreement; as sure as the agreement is, unless another confidence (0 to 1) is given."""
    return Lapse(
        id=LapseId(short_id(kind, agreement.id)),
        kind=kind,
        fault=fault,
        confidence=agreement.confidence if confidence is None else confidence,
        agreement=agreement,
        happened_at=happened_at,
        evidence=agreement.evidence,
        due=agreement.due,
    )
