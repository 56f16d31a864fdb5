"""Questions of the owner that wait for others: what was asked in a mail to one person or a few, and what became of it.

A question waits until anybody else writes in its conversation, or the same people write about it elsewhere; until a
meeting with them is made or held; until the owner takes it further. Asked twice it is left to the owner: a third time is
pressure. Only what ends in a question mark counts: of the owner's own words, courtesies and promises look too much like
requests. What had a day is left to the owner as well, and so are mails about a meeting and what was asked of many in the
same words. Doubt
closes: nobody is nudged who may have answered. In: the picture, and which mails crmlink drafted. Out: agreements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from crmlink.agreements.answers import Ending
from crmlink.agreements.attendance import moment
from crmlink.agreements.exchange import Exchange, first_line, name_words, near_subject
from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.agreements.requests import events_by_person
from crmlink.agreements.trust import is_mine
from crmlink.facts.people import contact_of, reaches_a_person
from crmlink.facts.subjects import bare_subject
from crmlink.language.closing import Closing
from crmlink.language.topic import topic_words
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, MessageId, short_id
from crmlink.model.mail import Automatic, Message, Thread
from crmlink.model.reading import MeetingAct, Request

FEW = 3
"""People; what is asked of more is asked of nobody in particular."""
FEW_READERS = 5
"""People, those in copy too; a mail to more is no letter."""
ONE_BREATH = timedelta(hours=12)
"""A second mail so soon ("forgot the attachment") belongs to the first."""

_BEHIND_THE_MARK = " \"'”’“)*"
_SAME_WORDS = 2
"""Content words that a mail of the owner on another subject must share with a question to be about it."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One mail that asks; `people` are those it asks, `newest` the last mail of the same breath."""

    thread: Thread
    message: Message
    asks: tuple[Request, ...]
    people: tuple[Address, ...]
    newest: Message
    end: Ending | None = None

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(one.address for one in self.people)

    @property
    def topic(self) -> frozenset[str]:
        words = " ".join((bare_subject(self.message.subject), *(one.quote for one in self.asks)))
        return topic_words(words) - name_words(self.message)


def my_questions(picture: Picture, *, besides: Collection[MessageId] = ()) -> tuple[Agreement, ...]:
    """All that the owner asked others, open and closed, in order of asking. `besides` are mails that crmlink drafted."""
    inquiry = _Inquiry(picture)
    found: list[_Question] = []
    for thread, message in inquiry.exchange.mails:
        asks = inquiry.asks(message) if message.id not in besides else ()
        if asks and not any(_again(one, thread, message) for one in found):
            found.append(inquiry.followed(thread, message, asks))
    return tuple(_agreement(one, picture) for one in found if not inquiry.of_many(one))


def _again(known: _Question, thread: Thread, message: Message) -> bool:
    """Whether a mail asks what stood open already when it was sent."""
    asked, at = known.message.sent_at, message.sent_at
    theirs = (one.sent_at for one in known.thread.messages if not one.from_me and one.automatic is None)
    if (known.end and known.end.state is State.KEPT and known.end.at < at) or any(asked <= one < at for one in theirs):
        return False
    same_people = not known.addresses.isdisjoint(one.address for one in message.to)
    return thread.id == known.thread.id or (same_people and near_subject(message.subject, known.message.subject))


class _Inquiry:
    """What is known in one picture of questions and of everything that may close them."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.exchange = Exchange(picture)
        self._known = {message.id for _, message in picture.messages()}
        self._lists = _lists(picture)
        self._events = events_by_person(picture)
        self._invited = _invited(picture)
        self._asked_of: dict[str, set[str]] = defaultdict(set)
        for _, message in self.exchange.mails:
            for request in self.asks(message):
                self._asked_of[request.quote.casefold()] |= {one.address for one in self._people(message)}

    def asks(self, message: Message) -> tuple[Request, ...]:
        """What a mail of the owner asks of a few people. An answer to a mail out of sight may be a reminder."""
        if not is_mine(message, authserv_ids=self._picture.authserv_ids) or message.sent_at > self._picture.now:
            return ()
        if message.in_reply_to is not None and message.in_reply_to not in self._known:
            return ()
        reading = self.exchange.reading(message.id)
        if reading.meeting.act is not MeetingAct.NONE or not self._to_a_few(message):
            return ()
        if self.exchange.says(message, Closing.REMINDED):
            return ()
        return tuple(
            one for one in reading.requests if one.due is None and one.quote.rstrip(_BEHIND_THE_MARK).endswith("?")
        )

    def of_many(self, question: _Question) -> bool:
        """Whether the same words went to many, each in a mail of their own."""
        return any(len(self._asked_of[one.quote.casefold()]) > FEW for one in question.asks)

    def followed(self, thread: Thread, message: Message, asks: tuple[Request, ...]) -> _Question:
        """The question with what became of it; the first thing that closes it counts."""
        newest, in_thread = self._in_thread(thread, message)
        question = _Question(thread, message, asks, self._people(message), newest)
        ends = (in_thread, self._elsewhere(question), self._by_meeting(question))
        first = min((one for one in ends if one), key=lambda one: (one.at, one.evidence.ref), default=None)
        return _Question(thread, message, asks, question.people, newest, first)

    def _people(self, message: Message) -> tuple[Address, ...]:
        everyone = {one.address: one for one in message.to if not self._picture.owner.is_me(one.address)}
        return tuple(everyone.values())

    def _to_a_few(self, message: Message) -> bool:
        own = {self._picture.policy.crm_bcc}
        hidden = [one for one in message.bcc if one.address not in own and not self._picture.owner.is_me(one.address)]
        people = self._people(message)
        fit = all(reaches_a_person(one.address) and one.address not in self._lists for one in people)
        return fit and 0 < len(people) <= FEW and len(message.recipients) <= FEW_READERS and not hidden

    def _in_thread(self, thread: Thread, message: Message) -> tuple[Message, Ending | None]:
        """The last mail of the same breath, and what closed the question in its own conversation."""
        newest = message
        for other in thread.messages:
            if other.id == message.id or other.role in NO_EVIDENCE or not message.sent_at <= other.sent_at <= self._picture.now:  # fmt: skip
                continue
            if other.automatic is Automatic.BOUNCE:
                return newest, _ended(State.WITHDRAWN, "question.not-delivered", other)
            if other.automatic is not None:
                continue
            if not other.from_me:
                return newest, _ended(State.KEPT, "question.answered", other)
            let_go = self.exchange.says(other, Closing.WITHDRAWN) or self.exchange.says(other, Closing.SPOKEN)
            if let_go or other.sent_at - message.sent_at > ONE_BREATH:
                return newest, _ended(State.WITHDRAWN, "question.taken-further", other)
            newest = other
        return newest, None

    def _elsewhere(self, question: _Question) -> Ending | None:
        """What they, or the owner to them, wrote about it in another conversation."""
        for thread, other in self.exchange.later(question.addresses, question.message.sent_at):
            if thread.id == question.thread.id or other.sent_at > self._picture.now:
                continue
            near = near_subject(other.subject, question.message.subject)
            shared = len(self.exchange.shares(question.topic, other))
            spoken = bool(self.exchange.says(other, Closing.SPOKEN))
            if other.from_me and (near or spoken or shared >= _SAME_WORDS):
                return _ended(State.WITHDRAWN, "question.taken-further", other)
            theirs = other.sender is not None and other.sender.address in question.addresses
            if theirs and (near or spoken or shared):
                return _ended(State.KEPT, "question.answered-in-new-thread", other)
        return None

    def _by_meeting(self, question: _Question) -> Ending | None:
        """A meeting with them that was made, invited to or held since: there it was, or will be, answered."""
        asked, now = question.message.sent_at, self._picture.now
        ends: list[Ending] = []
        for address in question.addresses:
            for event in self._events.get(address, ()):
                times = (event.created_at, moment(event.start, self._picture.policy.zone))
                shown = Evidence("question.meeting", EvidenceSource.CALENDAR, event.uid, event.title)
                ends += [Ending(State.KEPT, shown, at) for at in times if at and asked < at <= now]
            ends += [
                _ended(State.KEPT, "question.meeting", one)
                for one in self._invited.get(address, ())
                if asked < one.sent_at <= now
            ]
        return min(ends, key=lambda one: (one.at, one.evidence.ref), default=None)


def _lists(picture: Picture) -> frozenset[str]:
    """Addresses that mail of lists was sent to."""
    mails = (message for _, message in picture.messages() if message.automatic is Automatic.LIST)
    return frozenset(one.address for message in mails for one in message.recipients)


def _invited(picture: Picture) -> Mapping[str, list[Message]]:
    """Mails with an invitation or an answer to one, by everybody they are from or to."""
    found: dict[str, list[Message]] = defaultdict(list)
    for _, message in picture.messages():
        if any(not one.in_forward for one in message.invitations):
            for person in (*message.recipients, *((message.sender,) if message.sender else ())):
                found[person.address].append(message)
    return found


def _ended(state: State, rule: str, message: Message) -> Ending:
    return Ending(state, Evidence(rule, EvidenceSource.MAIL, message.id, first_line(message)), message.sent_at)


def _agreement(question: _Question, picture: Picture) -> Agreement:
    message, end = question.message, question.end
    shown = [Evidence(one.rule, EvidenceSource.MAIL, message.id, one.quote) for one in question.asks]
    return Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.QUESTION, message.id)),
        kind=AgreementKind.QUESTION,
        state=end.state if end else State.OPEN,
        contact=contact_of(question.people[0]),
        subject=message.subject,
        made_at=message.sent_at,
        ref=message.id,
        quote=question.asks[0].quote,
        changed_at=end.at if end else None,
        evidence=(*shown, *((end.evidence,) if end else ())),
        others=question.people[1:],
        thread=question.thread.id,
        anchor=question.newest,
    )
