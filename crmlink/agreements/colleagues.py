"""Answers of colleagues: which of mine are worth telling, and which of theirs close a question to me.

For colleagues whose answers never reach my own mailbox. Only what was sent to the asker, in the conversation of the
question and after it, counts; a mere thank-you does not, nor does mail inside the firm. In: the picture. Out: marks.
"""

from __future__ import annotations

from collections.abc import Iterable

from crmlink.agreements.answers import only_thanks
from crmlink.agreements.asked import Asked
from crmlink.agreements.exchange import Exchange
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import State
from crmlink.model.colleague import ColleagueAnswer, question_mark
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.mail import Message, Role

MOST_REFERENCES = 50
"""Of a conversation longer than this the last mails count."""


def answers_to_tell(picture: Picture) -> tuple[ColleagueAnswer, ...]:
    """What my colleagues may know: for each question and asker the first answer I sent, in a stable order."""
    exchange = Exchange(picture)
    me = picture.owner.address
    found: dict[str, ColleagueAnswer] = {}
    for _, message in exchange.mails:  # in order of time
        if message.from_me and message.role is Role.SENT and not only_thanks(exchange, message):
            for mark in _marks(exchange, message):
                found.setdefault(mark, ColleagueAnswer(mark, message.id, me, message.sent_at))
    return tuple(found[mark] for mark in sorted(found))


def close_by_colleague(exchange: Exchange, asked: Asked) -> None:
    """Close an open question that a colleague answered since it was last asked."""
    if asked.state is not State.OPEN:
        return
    told = exchange.picture.colleagues
    marks = (question_mark(message.id, person) for message, _ in asked.asks for person in sorted(asked.people))
    answers = (one for mark in marks for one in told.get(mark, ()) if exchange.my_side(one.by, asked.asker))
    later = [one for one in answers if asked.newest.sent_at < one.at <= exchange.picture.now]
    if later:
        first = min(later, key=lambda one: (one.at, one.message))
        shown = Evidence("colleague.answered", EvidenceSource.MAIL, first.message, first.by)
        asked.close(State.KEPT, shown, first.at)


def _marks(exchange: Exchange, message: Message) -> Iterable[str]:
    """A mark for every mail of the conversation and everybody outside the firm to whom the answer went."""
    before = dict.fromkeys((*message.references, *((message.in_reply_to,) if message.in_reply_to else ())))
    me = exchange.picture.owner.address
    askers = [one.address for one in message.to if exchange.my_side(me, one.address)]
    return [question_mark(name, asker) for name in list(before)[-MOST_REFERENCES:] for asker in askers]
