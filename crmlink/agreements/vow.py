"""One promise of the owner on its way: what was said to whom, what it is about, and how it ended.

Knows what kind of promise it is (to answer, to telephone, to meet, to do or send something) and whether a later one
takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crmlink.agreements.exchange import Exchange, name_words, near_subject
from crmlink.facts.subjects import bare_subject
from crmlink.language.closing import Closing, closing_words
from crmlink.language.topic import share_topic, topic_words
from crmlink.model.agreement import State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import Promise

_KINDS = (Closing.ANSWER, Closing.CALL, Closing.MEET, Closing.SEND)


@dataclass(frozen=True, slots=True)
class End:
    """How a promise ended: the new state, why, and when (aware)."""

    state: State
    evidence: Evidence
    at: datetime


@dataclass(slots=True, eq=False)
class Vow:
    """A promise made in one mail, for one day or for none. `parts` are the other things promised with it.

    `topic` are the content words of the promise itself, `about` those and the ones of the subject, `kinds` what it
    promises (to answer, to call, to meet, to send). `end` is None while it is open.
    """

    thread: Thread
    message: Message
    promise: Promise
    to: tuple[Address, ...]
    parts: tuple[Promise, ...] = ()
    language: str = ""
    end: End | None = None
    topic: frozenset[str] = field(init=False)
    about: frozenset[str] = field(init=False)
    kinds: frozenset[Closing] = field(init=False)

    def __post_init__(self) -> None:
        quotes = " ".join(one.quote for one in (self.promise, *self.parts))
        self.topic = topic_words(quotes) - name_words(self.message)
        self.about = self.topic | topic_words(bare_subject(self.message.subject))
        words = self.promise.quote
        self.kinds = frozenset(one for one in _KINDS if closing_words(words, one, language=self.language))

    @property
    def people(self) -> frozenset[str]:
        """The addresses it was made to."""
        return frozenset(one.address for one in self.to)

    def is_to(self, kind: Closing) -> bool:
        """Whether it promises that: to answer, to call, to meet, to send."""
        return kind in self.kinds

    @property
    def words_will_do(self) -> bool:
        """Whether a mail of substance keeps it: it promised an answer or a talk, no thing."""
        return self.is_to(Closing.ANSWER) or self.is_to(Closing.CALL)

    @property
    def is_vague(self) -> bool:
        """Whether it names neither a day, nor a thing, nor anything that mail or calendar would show."""
        return self.promise.due is None and not self.topic and not self.kinds

    def repeats(self, other: Vow) -> bool:
        """Whether this is only another copy of the other: the same words for the same day to the same people."""
        same_words = " ".join(self.promise.quote.split()) == " ".join(other.promise.quote.split())
        same_day = self.promise.due == other.promise.due
        return (
            same_words
            and same_day
            and bool(self.people & other.people)
            and (self.promise.due is not None or near_subject(self.message.subject, other.message.subject))
        )

    def replaces(self, other: Vow, exchange: Exchange) -> bool:
        """Whether this later promise takes the place of the other: the same matter, promised anew."""
        if not self.people & other.people or self.message.sent_at <= other.message.sent_at:
            return False
        delays = bool(exchange.says(self.message, Closing.POSTPONED) or exchange.says(self.message, Closing.PENDING))
        shared = bool(share_topic(other.topic, self.topic))
        if self.thread.id != other.thread.id:
            return near_subject(self.message.subject, other.message.subject) or (shared and delays)
        if other.words_will_do or delays:
            return True
        other_kind = self.is_to(Closing.CALL) or self.is_to(Closing.MEET)
        return not other_kind and (shared or not self.topic or not other.topic)
