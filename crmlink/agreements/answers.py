"""Which later mail closes a question to the owner, and how: answered, taken over by somebody else, or let go of.

In: the question so far and one later mail. Out: the ending with its evidence, or nothing. It never looks at who should
have answered sooner, and does not open questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.agreements.asked import Asked
from crmlink.agreements.exchange import LINK, Exchange, files_in, first_line, near_subject, people_in
from crmlink.language.closing import Closing, is_courtesy, is_mere_thanks
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import MeetingAct

_SAME_WORDS = 2
"""Content words that a mail on another subject must share with a question to be about it."""
_STATEMENT = 25
"""Characters; a shorter mail of a third person tells the asker nothing."""
_BEGINNING = 30
"""Characters at the beginning of a mail in which its reader is called by name."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ended: the new state, why, and when (aware)."""

    state: State
    evidence: Evidence
    at: datetime


def ending(exchange: Exchange, asked: Asked, thread: Thread, message: Message, *, asking: bool) -> Ending | None:
    """What this mail, later than the question, does to it. `asking`: the mail asks the owner something itself."""
    if message.sent_at < asked.newest.sent_at or message.id == asked.newest.id or message.sender is None:
        return None
    here = thread.id in asked.threads
    if message.from_me:
        return _mine(exchange, asked, message, here=here)
    if message.sender.address == asked.asker:
        return None if asking else _theirs(exchange, asked, message, here=here)
    return _of_others(exchange, asked, message, asking=asking) if here else None


def _mine(exchange: Exchange, asked: Asked, message: Message, *, here: bool) -> Ending | None:
    people = people_in(message)
    if people - {one.lower() for one in exchange.picture.owner.addresses} and not people & asked.people:
        return None
    if here:
        if only_thanks(exchange, message):
            return None
        return _kept("request.answered-by-me", message, first_line(message))
    shared = exchange.shares(asked.topic, message)
    in_subject = near_subject(message.subject, asked.newest.subject)
    if in_subject or len(shared) >= _SAME_WORDS or (shared and (files_in(message) or _delivers(exchange, message))):
        return _kept("request.answered-in-new-thread", message, message.subject or first_line(message))
    return None


def only_thanks(exchange: Exchange, message: Message) -> bool:
    """Whether a mail of mine says no more than that the question came; a yes or a date would be an answer."""
    reading = exchange.reading(message.id)
    says_more = files_in(message) or reading.promises or reading.dates or reading.meeting.act is not MeetingAct.NONE
    return not says_more and is_mere_thanks(message.text, language=reading.language)


def _theirs(exchange: Exchange, asked: Asked, message: Message, *, here: bool) -> Ending | None:
    """The asker lets go of it, thanks for the answer, or refers to a talk in which it was given."""
    if not here and not near_subject(message.subject, asked.newest.subject):
        return None
    if words := exchange.says(message, Closing.WITHDRAWN):
        return Ending(State.WITHDRAWN, _shown("request.withdrawn", message, words), message.sent_at)
    if words := exchange.says(message, Closing.SPOKEN):
        return _kept("request.answered-in-talk", message, words)
    if words := exchange.says(message, Closing.THANKED) or exchange.says(message, Closing.RECEIVED):
        return _kept("request.thanked", message, words)
    return None


def _of_others(exchange: Exchange, asked: Asked, message: Message, *, asking: bool) -> Ending | None:
    """A colleague of mine answers, or somebody else gives the asker what was asked for, or says it is settled."""
    sender = message.sender.address if message.sender else ""
    if not people_in(message) & asked.people:
        return None
    if exchange.my_side(sender, asked.asker):
        return _kept("request.answered-by-colleague", message, first_line(message))
    if asking:
        return None
    if words := exchange.says(message, Closing.WITHDRAWN):
        return Ending(State.WITHDRAWN, _shown("request.settled-by-other", message, words), message.sent_at)
    words = _delivers(exchange, message) or _tells(exchange, asked, message)
    return _kept("request.answered-by-other", message, words) if words else None


def _tells(exchange: Exchange, asked: Asked, message: Message) -> str:
    """What somebody else tells the asker, directly or by name; nothing when he only joins in or turns to me."""
    asker = (asked.newest.sender.name if asked.newest.sender else "").split()
    directly = any(one.address in asked.people for one in message.to)
    by_name = bool(asker) and asker[0].lower() in message.text[:_BEGINNING].lower()
    owner = exchange.picture.owner.name.split()
    turns_to_me = bool(owner) and owner[0].lower() in message.text.lower()
    if not (directly or by_name) or turns_to_me or "?" in message.text or len(message.text) < _STATEMENT:
        return ""
    joins_in = exchange.says(message, Closing.AWAITING) or is_courtesy(
        message.text, language=exchange.reading(message.id).language
    )
    return "" if joins_in else first_line(message)


def _delivers(exchange: Exchange, message: Message) -> str:
    """What a mail hands over: a file, a link, or the words for it."""
    files = files_in(message)
    link = LINK.search(message.text)
    if files:
        return files[0].name
    return link.group() if link else exchange.says(message, Closing.DELIVERED)


def _kept(rule: str, message: Message, words: str) -> Ending:
    return Ending(State.KEPT, _shown(rule, message, words), message.sent_at)


def _shown(rule: str, message: Message, words: str) -> Evidence:
    return Evidence(rule, EvidenceSource.MAIL, message.id, words)
