"""Meetings that exist only in talk: "zullen we dinsdag om 10 uur?" "prima", with no event in any calendar.

Mail is read once in order of time; `steps` says what each act does. A conversation may speak of one meeting after another.
Who calls off or moves a meeting in a new conversation means the one that was agreed elsewhere. Threads that belong to an
event are left to `meetings`; what a machine wrote is not talk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from crmlink.agreements.exchange import Exchange, first_line, people_in
from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.agreements.steps import AGREED, BROKEN, Talk, same_day
from crmlink.facts.people import contact_of
from crmlink.language.closing import Closing, closing_words, is_assent
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, ThreadId, short_id
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Role, Thread
from crmlink.model.reading import MeetingAct, MeetingTalk

_BREAKING = frozenset({MeetingAct.CANCEL, MeetingAct.NO_SHOW, MeetingAct.RESCHEDULE})
_ABOUT_ANOTHER = _BREAKING | {MeetingAct.ACCEPT}
_NO_SHOW_HEARD = timedelta(days=7)
"""How long after a meeting people still write that somebody was not there."""


def talked_meetings(picture: Picture, *, taken: Collection[ThreadId]) -> tuple[Agreement, ...]:
    """Meetings agreed, proposed or broken in talk alone; `taken` are the threads that belong to an event."""
    exchange = Exchange(picture)
    hall = _Hall(exchange)
    for thread, message in exchange.mails:
        if thread.id not in taken:
            hall.hear(thread, message)
    return tuple(agreement for talk in hall.all if (agreement := _agreement(picture, talk)))


class _Hall:
    """The talks so far: all of them, and the last one of each conversation."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.all: list[Talk] = []
        self._of: dict[ThreadId, Talk] = {}

    def hear(self, thread: Thread, message: Message) -> None:
        """What one message does to the meeting it speaks of."""
        said = self.exchange.reading(message.id).meeting
        if message.from_me and message.role is Role.INBOX and said.act in _BREAKING:
            return  # anybody may send me a mail under my name; it calls nothing off
        talk = self._of.get(thread.id)
        if said.act is MeetingAct.NONE:
            if talk:
                self._heard_elsewise(talk, message)
            return
        if talk and _is_another(talk, message, said):
            talk = None
        elif talk is None and said.act in _ABOUT_ANOTHER:
            talk = self._elsewhere(message, said)
        if talk is None:
            if self._begins_nothing(thread, message, said):
                return
            talk = Talk(message, message, {}, asked_by_me=message.from_me)
            self.all.append(talk)
        self._of[thread.id] = talk
        talk.threads[thread.id] = thread
        talk.take(message, self._moved_to(talk, message, said), self.exchange.reading(message.id).dates)
        talk.hear(message)

    def _heard_elsewise(self, talk: Talk, message: Message) -> None:
        reading = self.exchange.reading(message.id)
        pending = talk.state is State.PROPOSED and talk.when is not None and talk.asked_by_me is not message.from_me
        if pending and is_assent(message.text, language=reading.language):
            talk.take(message, MeetingTalk(MeetingAct.ACCEPT, None, first_line(message), "mail.says-yes"))
        talk.hear(message)
        if talk.state is State.OPEN and talk.when is None and (words := self.exchange.says(message, Closing.SPOKEN)):
            talk.state, talk.last = State.KEPT, message
            talk.evidence.append(Evidence("mail.have-met", EvidenceSource.MAIL, message.id, words))

    def _moved_to(self, talk: Talk, message: Message, said: MeetingTalk) -> MeetingTalk:
        """What a move comes to: who moves a meeting names two days, and the new one is not the day that was agreed.

        Without a new day and without asking for one ("we moeten verzetten", "another time!") it is called off.
        """
        answers = talk.state is State.PROPOSED and bool(talk.evidence)
        if said.act is not MeetingAct.RESCHEDULE or answers or (said.when and not same_day(said.when, talk.when)):
            return said
        dates = self.exchange.reading(message.id).dates
        fresh = [one for one in dates if one.start > message.sent_at and not same_day(one, talk.when)]
        if fresh:
            return replace(said, when=fresh[0])
        return said if "?" in message.text else replace(said, act=MeetingAct.CANCEL)

    def _elsewhere(self, message: Message, said: MeetingTalk) -> Talk | None:
        """The meeting with the same person, talked of in another conversation, that this message must mean."""
        days = {date.start.date() for date in self.exchange.reading(message.id).dates}
        near = [talk for talk in self.all if people_in(message) & _others(self.exchange.picture, talk)]
        fitting = [talk for talk in near if _may_mean(talk, message, said)]
        on_that_day = [talk for talk in fitting if talk.when and talk.when.start.date() in days]
        if on_that_day:
            return on_that_day[-1]
        only_one = len(fitting) == 1 and said.act in _BREAKING and not (days and fitting[0].when)
        return fitting[0] if only_one else None

    def _begins_nothing(self, thread: Thread, message: Message, said: MeetingTalk) -> bool:
        """A no without a question; or "it won't be today" from who had promised something here, no meeting."""
        if said.act is MeetingAct.DECLINE:
            return True
        earlier = (one for one in thread.messages if one.sent_at < message.sent_at and one.sender == message.sender)
        promised = any(self.exchange.reading(one.id).promises for one in earlier)
        language = self.exchange.reading(message.id).language
        named = closing_words(said.quote, Closing.MEETING, language=language)
        return said.act in (MeetingAct.CANCEL, MeetingAct.RESCHEDULE) and promised and not named


def _is_another(talk: Talk, message: Message, said: MeetingTalk) -> bool:
    """Whether a conversation goes on to a next meeting: the last one is over, or was missed."""
    done = talk.state is State.MISSED or (talk.state in AGREED and talk.over(message.sent_at))
    if said.act is MeetingAct.ACCEPT:
        return done and said.when is not None and not same_day(said.when, talk.when)
    return done and said.act is MeetingAct.PROPOSE


def _may_mean(talk: Talk, message: Message, said: MeetingTalk) -> bool:
    if said.act is MeetingAct.ACCEPT:
        return talk.state is State.PROPOSED and talk.asked_by_me is not message.from_me
    if said.act is MeetingAct.NO_SHOW:
        return talk.state in AGREED and not talk.over(message.sent_at - _NO_SHOW_HEARD)
    return talk.state in AGREED and not talk.over(message.sent_at)


def _others(picture: Picture, talk: Talk) -> frozenset[str]:
    """The other people of a talk."""
    people = people_in(talk.first) | people_in(talk.last)
    return frozenset(one for one in people if not picture.owner.is_me(one))


def _agreement(picture: Picture, talk: Talk) -> Agreement | None:
    other = _other(picture, talk)
    if other is None:
        return None
    state = State.KEPT if talk.state is State.OPEN and talk.over(picture.now) else talk.state
    return Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.MEETING, talk.first.id)),
        kind=AgreementKind.MEETING,
        state=state,
        contact=contact_of(other),
        subject=talk.first.subject,
        made_at=talk.first.sent_at,
        ref=talk.first.id,
        quote=talk.evidence[-1].quote,
        due=talk.when.start if talk.when else None,
        changed_at=talk.last.sent_at,
        fault=talk.fault if state in BROKEN or state is State.PROPOSED else Fault.UNKNOWN,
        confidence=0.8,
        evidence=tuple(reversed(talk.evidence)),  # what decided stands first
        others=(other,),
        thread=list(talk.threads)[-1],
        anchor=max(_theirs(talk), key=lambda one: (one.sent_at, one.id), default=talk.last),
    )


def _theirs(talk: Talk) -> Iterator[Message]:
    """What the others wrote in the conversations about it."""
    for thread in talk.threads.values():
        yield from (
            one for one in thread.messages if not one.from_me and one.automatic is None and one.role not in NO_EVIDENCE
        )


def _other(picture: Picture, talk: Talk) -> Address | None:
    """The other person: who wrote to me, or the first I wrote to."""
    people = [talk.last.sender, talk.first.sender, *talk.last.to, *talk.first.to]
    return next((one for one in people if one and not picture.owner.is_me(one.address)), None)
