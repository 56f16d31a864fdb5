"""Promises by the owner: what was promised to whom, by when, and how it stands.

A mail is one promise for each day it names; what it promises without a day belongs to the first of them. A later promise
about the same matter takes the place of the earlier one, which is `moved` then. A promise to come at a time is a meeting
and is left to those. What closes a promise is decided in `delivery`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from crmlink.agreements.delivery import delivery, kept_by_event, postponement
from crmlink.agreements.exchange import Exchange, Sent, people_in
from crmlink.agreements.picture import Picture
from crmlink.agreements.vow import End, Vow
from crmlink.facts.people import contact_of, is_no_reply
from crmlink.language.closing import Closing, closing_words
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, short_id
from crmlink.model.mail import Message, Role
from crmlink.model.reading import MeetingAct, Promise, Reading

MANY_RECIPIENTS = 10
VAGUE = 0.5
"""How sure it is that "komt goed" is still owed: nobody can see from mail whether it was done."""
_MEETS = frozenset({MeetingAct.ACCEPT, MeetingAct.PROPOSE, MeetingAct.RESCHEDULE, MeetingAct.CANCEL})


def promises(picture: Picture) -> tuple[Agreement, ...]:
    """All promises by the owner in the picture, open and closed, in order of making."""
    exchange = Exchange(picture)
    book = _Book(exchange)
    for pair in exchange.mails:
        book.close(pair)
        if pair[1].from_me:
            for vow in _vows(exchange, pair, book.owed_to(pair[1])):
                book.add(vow)
    for vow in book.all:
        vow.end = vow.end or kept_by_event(picture, vow)
    return tuple(sorted((_agreement(exchange, vow) for vow in book.all), key=lambda one: (one.made_at, one.id)))


class _Book:
    """The promises so far: all of them, and by person."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.all: list[Vow] = []
        self._by_person: dict[str, list[Vow]] = defaultdict(list)

    def owed_to(self, message: Message) -> list[Vow]:
        """The open promises to anybody whom this mail is from or to, in order of making."""
        near = {id(vow): vow for person in sorted(people_in(message)) for vow in self._by_person[person]}
        return sorted(
            (vow for vow in near.values() if vow.end is None), key=lambda vow: (vow.message.sent_at, vow.message.id)
        )

    def close(self, pair: Sent) -> None:
        """End what this mail keeps, takes back or releases."""
        thread, message = pair
        owed = self.owed_to(message)
        ends = [
            (vow, end) for vow in owed if (end := delivery(self.exchange, vow, thread, message, only=len(owed) == 1))
        ]
        named = [(vow, end) for vow, end in ends if self.exchange.shares(vow.topic, message)]
        for vow, end in named or ends:  # of several promises a mail keeps those it names
            vow.end = end

    def add(self, new: Vow) -> None:
        """Note a promise; earlier ones about the same matter give way to it."""
        if any(new.repeats(old) for person in new.people for old in self._by_person[person]):
            return
        for old in self.owed_to(new.message):
            if new.replaces(old, self.exchange):
                shown = Evidence("promise.made-anew", EvidenceSource.MAIL, new.message.id, new.promise.quote)
                old.end = End(State.MOVED, shown, new.message.sent_at)
        self.all.append(new)
        for person in new.people:
            self._by_person[person].append(new)


def _vows(exchange: Exchange, pair: Sent, owed: list[Vow]) -> Iterator[Vow]:
    """The promises in one mail of mine: one for each day, what has no day with the first."""
    thread, message = pair
    to = _promised_to(exchange.picture, message)
    if not to:
        return
    reading = exchange.reading(message.id)
    made = [one for one in reading.promises if not _is_meeting(one, reading) and not _is_delivery(one, reading)]
    if not made and any(vow.thread.id == thread.id for vow in owed):
        later = postponement(exchange, message)
        made = [later] if later else []
    named: list[datetime | None] = list(dict.fromkeys(one.due for one in made if one.due))
    days = named or [None]
    for number, day in enumerate(days):
        same = [one for one in made if one.due == day or (number == 0 and one.due is None)]
        main = next((one for one in same if one.due == day), None)
        if main:
            rest = tuple(one for one in same if one is not main)
            yield Vow(thread, message, main, to, rest, reading.language)


def _promised_to(picture: Picture, message: Message) -> tuple[Address, ...]:
    """Those in To, the first of them first; nobody when it went to many, who are no circle of promisees.

    What lies in the inbox under my name may be anybody's: it makes no promise of mine.
    """
    if len(message.recipients) > MANY_RECIPIENTS or message.role is Role.INBOX:
        return ()
    people = (one for one in message.to if not picture.owner.is_me(one.address) and not is_no_reply(one.address))
    return tuple({one.address: one for one in people}.values())


def _is_meeting(promise: Promise, reading: Reading) -> bool:
    """Whether the words agree to a meeting, or say what to bring to it: then the meeting is the agreement."""
    talk = reading.meeting
    if talk.act not in _MEETS or closing_words(promise.quote, Closing.CALL, language=reading.language):
        return False
    brings = closing_words(promise.quote, Closing.BRING, language=reading.language)
    return bool(brings) or (promise.due is not None and promise.quote == talk.quote)


def _is_delivery(promise: Promise, reading: Reading) -> bool:
    """Whether the words hand something over here and now ("bijgaand, zoals beloofd")."""
    kinds = (Closing.AS_PROMISED, Closing.DELIVERED)
    handed = any(closing_words(promise.quote, kind, language=reading.language) for kind in kinds)
    return promise.due is None and handed


def _agreement(exchange: Exchange, vow: Vow) -> Agreement:
    message, promise = vow.message, vow.promise
    made = [Evidence(one.rule, EvidenceSource.MAIL, message.id, one.quote) for one in (promise, *vow.parts)]
    words = " ".join(promise.quote.split())
    day = promise.due.date().isoformat() if promise.due and len(_days(exchange, message)) > 1 else ""
    identity = (message.id, words, day) if day else (message.id, words)
    return Agreement(
        id=AgreementId(short_id(exchange.picture.owner.address, AgreementKind.PROMISE, *identity)),
        kind=AgreementKind.PROMISE,
        state=vow.end.state if vow.end else State.OPEN,
        contact=contact_of(vow.to[0]),
        subject=message.subject,
        made_at=message.sent_at,
        ref=message.id,
        quote=promise.quote,
        due=promise.due,
        changed_at=vow.end.at if vow.end else None,
        confidence=VAGUE if vow.is_vague else 1.0,
        evidence=(*made, vow.end.evidence) if vow.end else tuple(made),
        others=vow.to,
        thread=vow.thread.id,
        anchor=_anchor(exchange, vow),
    )


def _days(exchange: Exchange, message: Message) -> set[object]:
    return {one.due for one in exchange.reading(message.id).promises if one.due}


def _anchor(exchange: Exchange, vow: Vow) -> Message:
    """Their newest mail in the conversation since the promise, else the promise itself."""
    theirs = [
        message
        for thread, message in exchange.later(sorted(vow.people), vow.message.sent_at)
        if thread.id == vow.thread.id and message.sender is not None and message.sender.address in vow.people
    ]
    return theirs[-1] if theirs else vow.message
