"""The `waiting` lapse: a question of the owner's that nobody answered, once a patient time is over.

It is nobody's sin and gets no apology: it is there only where the owner wants gentle nudges (`Policy.nudge`). Who is out of
office, or just back, is left in peace: the lapse then stands with a doubt, which keeps the draft back.
"""

from __future__ import annotations

from dataclasses import replace

from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.lapses.out_of_office import last_return
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Fault, Lapse, LapseKind

WORKING_DAYS_TO_CATCH_UP = 3
"""What somebody who was away needs to read what came in."""


def waiting(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open question to others after `Policy.nudge_after_working_days`, counted from its last mail."""
    if agreement.kind is not AgreementKind.QUESTION or agreement.state is not State.OPEN:
        return None
    asked_at = agreement.anchor.sent_at if agreement.anchor else agreement.made_at
    over_at = picture.workdays.later(asked_at, picture.policy.nudge_after_working_days)
    if picture.now <= over_at or over_at < picture.now - picture.policy.lookback:
        return None
    return lapse_of(_in_peace(agreement, picture), LapseKind.WAITING, over_at, fault=Fault.THEM)


def _in_peace(agreement: Agreement, picture: Picture) -> Agreement:
    """The question, with a doubt when one of those asked is away or has just returned."""
    for address in (agreement.contact.address, *(one.address for one in agreement.others)):
        back = last_return(address, picture)
        if back and picture.now < picture.workdays.later(back, WORKING_DAYS_TO_CATCH_UP):
            away = "is out of office until" if back > picture.now else "was out of office until"
            doubt = f"{address} {away} {back:%Y-%m-%d} and needs some days to catch up"
            return replace(agreement, doubts=(*agreement.doubts, doubt))
    return agreement
