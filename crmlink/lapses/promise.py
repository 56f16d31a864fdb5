"""The `promise` lapse: what I promised and neither delivered nor took back, once its day and some grace are over.

A promise without a day is to be kept within a week of work: nobody who says "you will hear from me" means a month. While
the other side is away the lapse stands with a doubt, which keeps the draft back.
"""

from __future__ import annotations

from dataclasses import replace

from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.lapses.out_of_office import away_doubts
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Lapse, LapseKind

WORKING_DAYS_WITHOUT_DATE = 5


def promise(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open promise past its day and the grace (`Policy.promise_grace`)."""
    if agreement.kind is not AgreementKind.PROMISE or agreement.state is not State.OPEN:
        return None
    broke_at = agreement.due or picture.workdays.later(agreement.made_at, WORKING_DAYS_WITHOUT_DATE)
    grace = picture.policy.promise_grace if agreement.due else None
    if picture.now <= (broke_at + grace if grace else broke_at) or broke_at < picture.now - picture.policy.lookback:
        return None
    return lapse_of(
        away_doubts(agreement if picture.mail_complete else _unread(agreement), picture), LapseKind.PROMISE, broke_at
    )


def _unread(agreement: Agreement) -> Agreement:
    doubt = "not all of your mail could be read, so you may have kept it"
    return replace(agreement, doubts=(*agreement.doubts, doubt))
