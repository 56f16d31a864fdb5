"""The `unanswered` lapse: a request to me that stayed open longer than the grace, or past the day it was needed.

While the asker is away the lapse stands with a doubt, which keeps the draft back.
"""

from __future__ import annotations

from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.lapses.out_of_office import away_doubts
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Lapse, LapseKind


def unanswered(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open request once its time is over."""
    if agreement.kind is not AgreementKind.REQUEST or agreement.state is not State.OPEN:
        return None
    broke_at = agreement.due or picture.workdays.later(agreement.made_at, picture.policy.unanswered_after_working_days)
    if picture.now <= broke_at or broke_at < picture.now - picture.policy.lookback:
        return None
    return lapse_of(away_doubts(agreement, picture), LapseKind.UNANSWERED, broke_at)
