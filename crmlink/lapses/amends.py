"""Whether the owner already made amends: an apology with an action in it, not an apology alone.

An action is a new time proposed or agreed, an invitation, or a coming day that is offered. A day on which the owner was
or will be away is none, nor is a talk about something else when words were broken, not a meeting.
"""

from __future__ import annotations

from crmlink.agreements.exchange import near_subject
from crmlink.agreements.picture import Picture
from crmlink.language.closing import Closing, closing_words
from crmlink.language.sentences import sentences
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import ThreadId
from crmlink.model.lapse import Lapse, LapseKind
from crmlink.model.mail import Message
from crmlink.model.meeting import Method
from crmlink.model.reading import DateMention, Grain, MeetingAct, Reading

ACTIONS = frozenset({MeetingAct.PROPOSE, MeetingAct.RESCHEDULE, MeetingAct.ACCEPT})
WORDS_BROKEN = frozenset({LapseKind.PROMISE, LapseKind.UNANSWERED, LapseKind.WAITING})
_MOMENTS = frozenset({Grain.MINUTE, Grain.HOUR})


class Amends:
    """What the owner wrote in a picture, by the people it went to; built once, asked for every lapse."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._to: dict[str, list[tuple[ThreadId, Message]]] = {}
        for thread, message in picture.messages():
            for person in {one.address for one in message.recipients} if message.from_me else ():
                self._to.setdefault(person, []).append((thread.id, message))

    def made_for(self, lapse: Lapse) -> Evidence | None:
        """A mail of mine to these people since the lapse that names a coming date; "sorry!" alone leaves it open."""
        agreement = lapse.agreement
        people = dict.fromkeys((agreement.contact.address, *(one.address for one in agreement.others)))
        for thread, message in (pair for person in people for pair in self._to.get(person, ())):
            if message.sent_at > lapse.happened_at and _is_about(lapse, thread, message):
                words = _invites(message) or _action(message, self._picture)
                if words:
                    return Evidence("mail.amends", EvidenceSource.MAIL, message.id, words)
        return None


def _is_about(lapse: Lapse, thread: ThreadId, message: Message) -> bool:
    """Whatever I write to somebody whose meeting broke counts; words that broke want the same conversation or subject."""
    agreement = lapse.agreement
    return (
        lapse.kind not in WORDS_BROKEN or thread == agreement.thread or near_subject(message.subject, agreement.subject)
    )


def _invites(message: Message) -> str:
    new = (one.event.title for one in message.invitations if one.method is Method.REQUEST and not one.in_forward)
    return next((title or message.subject for title in new), "")


def _action(message: Message, picture: Picture) -> str:
    reading = picture.readings.get(message.id)
    if reading is None or message.automatic is not None:
        return ""
    if reading.meeting.act in ACTIONS:
        return reading.meeting.quote
    return next((date.quote for date in reading.dates if _is_offer(date, message, reading)), "")


def _is_offer(date: DateMention, message: Message, reading: Reading) -> bool:
    """Whether a day lies ahead and is not named as one on which the owner is away or was too busy."""
    later_day = date.deadline.date() > message.sent_at.astimezone(date.deadline.tzinfo).date()
    if not later_day and not (date.grain in _MOMENTS and date.start > message.sent_at):
        return False
    around = (one.text for one in sentences(message.text) if one.offset <= date.offset < one.offset + len(one.text))
    return not any(closing_words(text, Closing.BUSY, language=reading.language) for text in around)
