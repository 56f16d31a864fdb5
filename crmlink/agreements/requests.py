"""Requests to the owner: who asked what, and whether it was answered, withdrawn or is still open.

All mail is read once in order of time, over all conversations. One agreement per matter and asker: a reminder adds to
the first question, also from a new thread. An automatic reply of mine does not answer, nor does a mere thank-you; a
colleague who answers does. Questions to many, or with me only in Cc, are not mine to answer. How one closes is decided
in `answers`; `colleagues` knows of answers that never reached this mailbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from crmlink.agreements.answers import Ending, ending
from crmlink.agreements.asked import Asked
from crmlink.agreements.colleagues import close_by_colleague
from crmlink.agreements.exchange import Exchange, near_subject, people_in
from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of, is_no_reply
from crmlink.language.closing import Closing, closing_words
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, ThreadId, short_id
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event
from crmlink.model.reading import Request

MANY_RECIPIENTS = 10


def requests(picture: Picture) -> tuple[Agreement, ...]:
    """All requests to the owner in the picture, open and closed, in order of asking."""
    exchange = Exchange(picture)
    desk = _Desk(exchange)
    for thread, message in exchange.mails:
        asks = _asks(exchange, thread, message)
        desk.close(thread, message, asking=bool(asks))
        if asks:
            desk.add(thread, message, asks)
    meetings = events_by_person(picture)
    for asked in desk.all:
        _close_by_meeting(picture, asked, meetings.get(asked.asker, ()))
        close_by_colleague(exchange, asked)
    return tuple(sorted((_agreement(picture, asked) for asked in desk.all), key=lambda one: (one.made_at, one.id)))


class _Desk:
    """The questions so far: all of them, and the open ones by person and by conversation."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.all: list[Asked] = []
        self._by_person: dict[str, list[Asked]] = defaultdict(list)
        self._by_thread: dict[ThreadId, list[Asked]] = defaultdict(list)

    def close(self, thread: Thread, message: Message, *, asking: bool) -> None:
        """Close what this message answers or withdraws."""
        near = [*self._by_thread[thread.id], *(one for person in people_in(message) for one in self._by_person[person])]
        for asked in {id(one): one for one in near}.values():
            end = ending(self.exchange, asked, thread, message, asking=asking)
            if end:
                self._end(asked, end)

    def _end(self, asked: Asked, end: Ending) -> None:
        asked.close(end.state, end.evidence, end.at)
        for found in (
            *(self._by_person[person] for person in asked.people),
            *(self._by_thread[thread] for thread in asked.threads),
        ):
            if asked in found:
                found.remove(asked)

    def add(self, thread: Thread, message: Message, asks: list[Request]) -> None:
        """Note new questions: as a reminder of an open one about the same matter, or as a new one."""
        assert message.sender is not None
        asker = message.sender.address
        known = next((one for one in self._by_person[asker] if self._reminds(one, thread, message)), None)
        if known is None:
            known = Asked(asker)
            self.all.append(known)
        known.add(thread, message, asks)
        for person in known.people:
            if known not in self._by_person[person]:
                self._by_person[person].append(known)
        if known not in self._by_thread[thread.id]:
            self._by_thread[thread.id].append(known)

    def _reminds(self, asked: Asked, thread: Thread, message: Message) -> bool:
        if asked.asker != (message.sender.address if message.sender else ""):
            return False
        if thread.id in asked.threads or near_subject(message.subject, asked.newest.subject):
            return True
        reminds = self.exchange.says(message, Closing.REMINDED)
        return bool(reminds and self.exchange.shares(asked.topic, message))


def _asks(exchange: Exchange, thread: Thread, message: Message) -> list[Request]:
    picture = exchange.picture
    to_me = any(picture.owner.is_me(address.address) for address in message.to)
    few = len(message.recipients) <= MANY_RECIPIENTS
    if message.from_me or not to_me or not few or message.sender is None or is_no_reply(message.sender.address):
        return []
    reading = exchange.reading(message.id)
    promised = _just_promised(exchange, thread, message)
    return [
        request
        for request in reading.requests
        if request.to_me
        and not (promised and closing_words(request.quote, Closing.AWAITING, language=reading.language))
    ]


def _just_promised(exchange: Exchange, thread: Thread, message: Message) -> bool:
    """Whether the last thing said before was a promise of mine: "I look forward to it" then asks nothing new."""
    before = [one for one in thread.messages if one.sent_at < message.sent_at and one.automatic is None]
    return bool(before) and before[-1].from_me and bool(exchange.reading(before[-1].id).promises)


def events_by_person(picture: Picture) -> dict[str, list[Event]]:
    """The events in which each address takes part, in the order of the agenda."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in picture.agenda.events:
        organizer = {event.organizer.address} if event.organizer else set()
        for person in {one.address.address for one in event.attendees} | organizer:
            found[person].append(event)
    return found


def _close_by_meeting(picture: Picture, asked: Asked, meetings: Iterable[Event]) -> None:
    """A meeting made with the asker since the question answers it."""
    if asked.state is not State.OPEN:
        return
    for event in meetings:
        made = event.created_at
        if made and asked.newest.sent_at < made <= picture.now:
            shown = Evidence("request.meeting-made", EvidenceSource.CALENDAR, event.uid, event.title)
            asked.close(State.KEPT, shown, made)
            return


def _agreement(picture: Picture, asked: Asked) -> Agreement:
    message, request = asked.asks[0]
    assert message.sender is not None
    evidence = [Evidence(one.rule, EvidenceSource.MAIL, mail.id, one.quote) for mail, one in asked.asks]
    if asked.closed_by:
        evidence.append(asked.closed_by)
    dues = [one.due for _, one in asked.asks if one.due]
    return Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.REQUEST, message.id, asked.asker)),
        kind=AgreementKind.REQUEST,
        state=asked.state,
        contact=contact_of(asked.newest.sender or message.sender),
        subject=asked.newest.subject,
        made_at=message.sent_at,
        ref=message.id,
        quote=request.quote,
        due=min(dues) if dues else None,
        changed_at=asked.changed_at,
        evidence=tuple(evidence),
        thread=asked.newest_thread,
        anchor=asked.newest,
    )
