"""Whether the owner already made amends: an apology with an action in it, not an apology alone."""

from __future__ import annotations

from crmlink.agreements.picture import Picture
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Lapse
from crmlink.model.mail import Message
from crmlink.model.reading import MeetingAct

ACTIONS = frozenset({MeetingAct.PROPOSE, MeetingAct.RESCHEDULE, MeetingAct.ACCEPT})


def amends(lapse: Lapse, picture: Picture) -> Evidence | None:
    """A mail of mine to the contact since the lapse that names a coming date; "sorry!" alone leaves it open."""
    for _, message in picture.messages():
        if (
            message.from_me
            and message.automatic is None
            and message.sent_at > lapse.happened_at
            and _to_contact(lapse, message)
        ):
            words = _action(message, picture)
            if words:
                return Evidence("mail.amends", EvidenceSource.MAIL, message.id, words)
    return None


def _to_contact(lapse: Lapse, message: Message) -> bool:
    return any(one.address == lapse.agreement.contact.address for one in message.recipients)


def _action(message: Message, picture: Picture) -> str:
    reading = picture.readings.get(message.id)
    if reading is None:
        return ""
    if reading.meeting.act in ACTIONS:
        return reading.meeting.quote
    return next((date.quote for date in reading.dates if date.deadline > message.sent_at), "")
