"""The `missed` lapse: a meeting that took place without one side, and nothing was set right since."""

from __future__ import annotations

from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Lapse, LapseKind


def missed(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of a missed meeting within the look-back. It happened when the meeting began.

    A meeting known from talk alone has no start for certain: then it happened when somebody said so.
    """
    if agreement.kind is not AgreementKind.MEETING or agreement.state is not State.MISSED:
        return None
    said_at = agreement.changed_at or picture.now
    began_at = agreement.due if agreement.due and agreement.due <= said_at else said_at
    happened_at = min(began_at, picture.now)
    if happened_at < picture.now - picture.policy.lookback:
        return None
    return lapse_of(agreement, LapseKind.MISSED, happened_at, fault=agreement.fault)
