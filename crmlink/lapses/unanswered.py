"""The `unanswered` lapse: a request to me that stayed open longer than the grace, or past the day it was needed.

While the asker is away the lapse stands with a doubt, which keeps the draft back.
"""

from __future__ import annotations

from datetime import datetime

from crmlink.agreements.picture import Picture
from crmlink.lapses.out_of_office import away_doubts
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.ids import LapseId, short_id
from crmlink.model.lapse import Fault, Lapse, LapseKind


def unanswered(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open request once its time is over."""
    if agreement.kind is not AgreementKind.REQUEST or agreement.state is not State.OPEN:
        return None
    broke_at = agreement.due or _end_of_grace(agreement.made_at, picture)
    if picture.now <= broke_at or broke_at < picture.now - picture.policy.lookback:
        return None
    return Lapse(
        id=LapseId(short_id(LapseKind.UNANSWERED, agreement.id)),
        kind=LapseKind.UNANSWERED,
        fault=Fault.ME,
        confidence=agreement.confidence,
        agreement=away_doubts(agreement, picture),
        happened_at=broke_at,
        evidence=agreement.evidence,
        due=agreement.due,
    )


def _end_of_grace(made_at: datetime, picture: Picture) -> datetime:
    """The same time of day, so many working days later; weekends and holidays do not count."""
    local = made_at.astimezone(picture.policy.zone)
    day = picture.workdays.add_working_days(local.date(), picture.policy.unanswered_after_working_days)
    return local.replace(year=day.year, month=day.month, day=day.day)
