"""The `promise` lapse: what I promised and neither delivered nor took back, once its day and some grace are over.

A promise without a day is to be kept within a week of work: nobody who says "you will hear from me" means a month. While
the other side is away the lapse stands with a doubt, which keeps the draft back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crmlink.agreements.picture import Picture
from crmlink.lapses.out_of_office import away_doubts
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.ids import LapseId, short_id
from crmlink.model.lapse import Fault, Lapse, LapseKind

WORKING_DAYS_WITHOUT_DATE = 5


def promise(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open promise past its day and the grace (`Policy.promise_grace`)."""
    if agreement.kind is not AgreementKind.PROMISE or agreement.state is not State.OPEN:
        return None
    broke_at = agreement.due or _in_a_week_of_work(agreement.made_at, picture)
    grace = picture.policy.promise_grace if agreement.due else None
    if picture.now <= (broke_at + grace if grace else broke_at) or broke_at < picture.now - picture.policy.lookback:
        return None
    return Lapse(
        id=LapseId(short_id(LapseKind.PROMISE, agreement.id)),
        kind=LapseKind.PROMISE,
        fault=Fault.ME,
        confidence=agreement.confidence,
        agreement=away_doubts(agreement if picture.mail_complete else _unread(agreement), picture),
        happened_at=broke_at,
        evidence=agreement.evidence,
        due=agreement.due,
    )


def _unread(agreement: Agreement) -> Agreement:
    doubt = "not all of your mail could be read, so you may have kept it"
    return replace(agreement, doubts=(*agreement.doubts, doubt))


def _in_a_week_of_work(made_at: datetime, picture: Picture) -> datetime:
    """The same time of day, five working days later."""
    local = made_at.astimezone(picture.policy.zone)
    day = picture.workdays.add_working_days(local.date(), WORKING_DAYS_WITHOUT_DATE)
    return local.replace(year=day.year, month=day.month, day=day.day)
