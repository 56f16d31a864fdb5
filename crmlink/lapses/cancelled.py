"""The `cancelled` lapse: a meeting with others that was called off, and no new date stands."""

from __future__ import annotations

from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Lapse, LapseKind


def cancelled(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of a cancelled meeting that was to take place, or was called off, within the look-back."""
    if agreement.kind is not AgreementKind.MEETING or agreement.state is not State.CANCELLED:
        return None
    happened_at = min(agreement.changed_at or picture.now, picture.now)
    horizon = picture.now - picture.policy.lookback
    if max(happened_at, agreement.due or happened_at) < horizon:
        return None
    return lapse_of(agreement, LapseKind.CANCELLED, happened_at, fault=agreement.fault)
