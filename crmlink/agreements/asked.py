"""One open matter that somebody asked the owner about: its questions, first to last, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crmlink.agreements.exchange import name_words
from crmlink.facts.subjects import bare_subject
from crmlink.language.topic import topic_words
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence
from crmlink.model.ids import ThreadId
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import Request


@dataclass(slots=True, eq=False)
class Asked:
    """The questions of one person about one matter. `people` are the addresses an answer may go to."""

    asker: str
    threads: set[ThreadId] = field(default_factory=set)
    asks: list[tuple[Message, Request]] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    topic: frozenset[str] = frozenset()
    newest_thread: ThreadId | None = None
    state: State = State.OPEN
    changed_at: datetime | None = None
    closed_by: Evidence | None = None

    @property
    def newest(self) -> Message:
        """The last mail in which it was asked."""
        return self.asks[-1][0]

    def add(self, thread: Thread, message: Message, asks: list[Request]) -> None:
        """One more mail that asks it."""
        self.asks += [(message, request) for request in asks]
        self.threads.add(thread.id)
        self.newest_thread = thread.id
        self.people |= {self.asker, *(one.address for one in message.reply_to)}
        quotes = " ".join(request.quote for request in asks)
        self.topic |= topic_words(f"{bare_subject(message.subject)} {quotes}") - name_words(message)

    def close(self, state: State, evidence: Evidence, at: datetime) -> None:
        """It ended so, then, because of that."""
        self.state, self.closed_by, self.changed_at = state, evidence, at
