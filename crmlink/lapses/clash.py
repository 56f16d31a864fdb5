"""The `clash` lapse: a coming meeting the owner agreed to and cannot attend. To say so before is better than sorry.

An away block is as good as certain; two bound meetings at one time mean that the later-made one has to give way. With a
series in it, or on a public holiday, people often mean it so: those are listed and left to the owner.
"""

from __future__ import annotations

from crmlink.agreements.absence import AWAY, AWAY_SERIES, DOUBLE, DOUBLE_SERIES, HOLIDAY
from crmlink.agreements.picture import Picture
from crmlink.lapses.lapse_of import lapse_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Lapse, LapseKind

CONFIDENCE = {AWAY: 0.9, AWAY_SERIES: 0.5, DOUBLE: 0.7, DOUBLE_SERIES: 0.5, HOLIDAY: 0.4}


def clash(agreement: Agreement, picture: Picture) -> Lapse | None:
    """The lapse of an open meeting with something in its way, from the day it can be known until the meeting begins."""
    if agreement.kind is not AgreementKind.MEETING or agreement.state is not State.OPEN:
        return None
    if agreement.due is None or agreement.due <= picture.now:
        return None
    confidence = max((CONFIDENCE[one.rule] for one in agreement.evidence if one.rule in CONFIDENCE), default=0.0)
    if not confidence:
        return None
    return lapse_of(
        agreement, LapseKind.CLASH, min(agreement.changed_at or picture.now, picture.now), confidence=confidence
    )
