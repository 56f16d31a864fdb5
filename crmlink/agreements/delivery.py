"""What a later mail does to a promise of the owner: keeps it, takes it back, lets go of it; and what a calendar says.

A thing is delivered by a file, a link, the words that hand something over, or the thing named in a statement; an answer by
any mail of substance; a call or a meeting also by the words of people who have spoken, or by an event. The other side
closes it by saying that it came or is no longer needed. Thanks alone, excuses and automatic mail close nothing.
"""

from __future__ import annotations

from datetime import datetime

from crmlink.agreements.exchange import LINK, Exchange, files_in, first_line, near_subject, people_in
from crmlink.agreements.picture import Picture
from crmlink.agreements.vow import End, Vow
from crmlink.language.closing import Closing, is_courtesy
from crmlink.language.topic import share_topic, topic_words
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, EventStatus
from crmlink.model.reading import Promise

SUBSTANCE = 60
"""Characters; a shorter statement without a number in it is hardly the promised thing."""


def delivery(exchange: Exchange, vow: Vow, thread: Thread, message: Message, *, only: bool) -> End | None:
    """What this later mail does to the promise. `only`: it is the one open promise to these people."""
    if message.sent_at <= vow.message.sent_at or not people_in(message) & vow.people or message.sender is None:
        return None
    near = thread.id == vow.thread.id or near_subject(message.subject, vow.message.subject)
    if message.from_me:
        return _by_me(exchange, vow, message, near=near, only=only)
    if message.sender.address in vow.people:
        return _by_them(exchange, vow, message, near=near)
    if near and exchange.my_side(message.sender.address, next(iter(sorted(vow.people)))):
        words = _handed_over(exchange, message)
        return _end(State.KEPT, "promise.delivered-by-colleague", message, words) if words else None
    return None


def postponement(exchange: Exchange, message: Message) -> Promise | None:
    """A new day that the owner names for what he owes ("het wordt maandag"), when it is not worded as a promise."""
    reading = exchange.reading(message.id)
    words = exchange.says(message, Closing.POSTPONED)
    if reading.promises or not words:
        return None
    days = [date for date in reading.dates if date.deadline > message.sent_at and not _is_past(date.quote, message)]
    if not days:
        return None
    day = days[-1]
    return Promise(_sentence_around(message.text, day.offset), "promise.new-day", day.offset, day.deadline)


def kept_by_event(picture: Picture, vow: Vow) -> End | None:
    """An event with them that was made since, or held: it keeps a promise to call, to meet or to plan."""
    talks = vow.is_to(Closing.CALL) or vow.is_to(Closing.MEET)
    if not talks and not vow.is_to(Closing.ANSWER):
        return None
    for event in sorted(picture.agenda.events, key=lambda one: (str(one.start), one.uid)):
        if event.status is EventStatus.CANCELLED or not _with(event) & vow.people:
            continue
        made = event.created_at
        if made and vow.message.sent_at < made <= picture.now:
            return End(
                State.KEPT, Evidence("promise.event-made", EvidenceSource.CALENDAR, event.uid, event.title), made
            )
        if talks and (ended := _held(event, vow, picture)):
            return End(
                State.KEPT, Evidence("promise.event-held", EvidenceSource.CALENDAR, event.uid, event.title), ended
            )
    return None


def _by_me(exchange: Exchange, vow: Vow, message: Message, *, near: bool, only: bool) -> End | None:
    files = files_in(message)
    promised = exchange.says(message, Closing.AS_PROMISED)
    if promised and (near or only or exchange.shares(vow.about, message)):
        return _end(State.KEPT, "promise.delivered", message, files[0].name if files else promised)
    if files and (near or exchange.shares(vow.about, message)):
        return _end(State.KEPT, "promise.attachment", message, files[0].name)
    if (words := exchange.says(message, Closing.SPOKEN)) and vow.words_will_do:
        return _end(State.KEPT, "promise.spoken", message, words)
    if not near:
        words = _handed_over(exchange, message) if exchange.shares(vow.topic, message) else ""
        return _end(State.KEPT, "promise.delivered", message, words) if words else None
    if not exchange.reading(message.id).promises and (words := exchange.says(message, Closing.REFUSED)):
        return _end(State.WITHDRAWN, "promise.taken-back", message, words)
    if words := _handed_over(exchange, message):
        return _end(State.KEPT, "promise.delivered", message, words)
    return _in_words(exchange, vow, message)


def _in_words(exchange: Exchange, vow: Vow, message: Message) -> End | None:
    """The answer itself, that it is done, or the promised thing named in a statement."""
    if exchange.reading(message.id).promises or is_courtesy(message.text, language=vow.language):
        return None
    if exchange.says(message, Closing.PENDING) or exchange.says(message, Closing.POSTPONED):
        return None
    if vow.words_will_do:
        return _end(State.KEPT, "promise.followed-up", message, first_line(message))
    if not share_topic(vow.topic, topic_words(message.text)):
        return None
    done = exchange.says(message, Closing.DONE)
    tells = "?" not in message.text and (len(message.text) >= SUBSTANCE or any(char.isdigit() for char in message.text))
    return _end(State.KEPT, "promise.done", message, done or first_line(message)) if done or tells else None


def _by_them(exchange: Exchange, vow: Vow, message: Message, *, near: bool) -> End | None:
    """They have it, we have spoken, or they need it no longer."""
    if thanks := exchange.says(message, Closing.NAMED_THANKS):
        thanks = thanks if share_topic(vow.topic, topic_words(thanks)) else ""
    came = exchange.says(message, Closing.RECEIVED)
    if thanks or (came and (near or exchange.shares(vow.topic, message))):
        return _end(State.KEPT, "promise.received", message, thanks or came)
    if vow.words_will_do and (words := exchange.says(message, Closing.SPOKEN)):
        return _end(State.KEPT, "promise.spoken", message, words)
    if near and (words := exchange.says(message, Closing.WITHDRAWN)):
        return _end(State.WITHDRAWN, "promise.released", message, words)
    return None


def _handed_over(exchange: Exchange, message: Message) -> str:
    files, link = files_in(message), LINK.search(message.text)
    if files:
        return files[0].name
    return link.group() if link else exchange.says(message, Closing.DELIVERED)


def _held(event: Event, vow: Vow, picture: Picture) -> datetime | None:
    """When an event since the promise ended, if it is over; all-day events hold no talk."""
    if isinstance(event.start, datetime) and isinstance(event.end, datetime) and event.start > vow.message.sent_at:
        return event.end if event.end <= picture.now else None
    return None


def _with(event: Event) -> frozenset[str]:
    organizer = (event.organizer.address,) if event.organizer else ()
    return frozenset((*organizer, *(one.address.address for one in event.attendees)))


def _is_past(quote: str, message: Message) -> bool:
    """Whether the day stands behind a no: "vrijdag wordt krap"."""
    at = message.text.find(quote)
    return any(
        word in message.text[at + len(quote) : at + len(quote) + 20].lower()
        for word in ("krap", "niet", "not", "nicht")
    )


def _sentence_around(text: str, offset: int) -> str:
    start = max(text.rfind(mark, 0, offset) for mark in (". ", "! ", "? ", "\n")) + 1
    ends = [at for mark in (". ", "! ", "? ", "\n") if (at := text.find(mark, offset)) >= 0]
    return text[start : min(ends, default=len(text)) + 1].strip()


def _end(state: State, rule: str, message: Message, words: str) -> End:
    return End(state, Evidence(rule, EvidenceSource.MAIL, message.id, words), message.sent_at)
