"""Joins messages into conversations.

In: messages in any order, the same one perhaps seen in several folders. Out: threads, each in order of time. References and
In-Reply-To decide (RFC 5322 section 3.6.4); a message that refers to nothing joins an earlier one only when its subject says
that it is an answer, the subject and the people agree, and little time passed. The result does not depend on the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crmlink.facts.subjects import bare_subject, is_reply
from crmlink.model.ids import MessageId, ThreadId, digest
from crmlink.model.mail import Message, Role, Thread

SUBJECT_WINDOW = timedelta(days=14)
_SHORTEST_SUBJECT = 4

# Where a copy says most about what the message is to the owner.
_ROLE_ORDER = (Role.SENT, Role.INBOX, Role.ARCHIVE, Role.OTHER, Role.ALL, Role.DRAFTS, Role.JUNK, Role.TRASH)


def threads(messages: Iterable[Message]) -> tuple[Thread, ...]:
    """The conversations in order of their last message, newest last."""
    unique = merged(messages)
    groups = _Groups()
    for message in unique:
        groups.add(message.id)
        for reference in (*message.references, *((message.in_reply_to,) if message.in_reply_to else ())):
            groups.join(message.id, reference)
    _join_by_subject(unique, groups)
    conversations: dict[MessageId, list[Message]] = defaultdict(list)
    for message in unique:
        conversations[groups.root(message.id)].append(message)
    found = [Thread(ThreadId(digest("thread", group[0].id)), tuple(group)) for group in conversations.values()]
    return tuple(sorted(found, key=lambda thread: _order(thread.last)))


def merged(messages: Iterable[Message]) -> tuple[Message, ...]:
    """One message per Message-ID, in order of time; of several copies the best, with the most telling folder role."""
    copies: dict[MessageId, list[Message]] = defaultdict(list)
    for message in messages:
        copies[message.id].append(message)
    return tuple(sorted((_one_of(group) for group in copies.values()), key=_order))


def _one_of(copies: list[Message]) -> Message:
    if len(copies) == 1:
        return copies[0]
    best = min(copies, key=_preference)
    role = min((copy.role for copy in copies), key=_ROLE_ORDER.index)
    return replace(best, role=role)


def _preference(copy: Message) -> tuple[bool, bool, int, int, tuple[datetime, str], str]:
    """My own copy first, then one that came to me directly rather than over a list, then the fullest.

    Nobody may replace what I wrote by sending me a mail with the same Message-ID.
    """
    mine = copy.from_me and copy.role is Role.SENT
    return not mine, copy.automatic is not None, -len(copy.text), -len(copy.attachments), _order(copy), repr(copy)


def _order(message: Message) -> tuple[datetime, str]:
    return message.sent_at.astimezone(UTC), message.id


class _Groups:
    """Disjoint sets of Message-IDs. The smallest name of a set is its root, so that order does not matter."""

    def __init__(self) -> None:
        self._parent: dict[MessageId, MessageId] = {}

    def add(self, one: MessageId) -> None:
        self._parent.setdefault(one, one)

    def root(self, one: MessageId) -> MessageId:
        self.add(one)
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def join(self, one: MessageId, other: MessageId) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first


def _join_by_subject(messages: tuple[Message, ...], groups: _Groups) -> None:
    """Answers that lost their references join the nearest earlier message of that name between the same people."""
    earlier: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        name = bare_subject(message.subject).casefold()
        if len(name) < _SHORTEST_SUBJECT:
            continue
        if (
            not message.references
            and message.in_reply_to is None
            and is_reply(message.subject)
            and message.automatic is None
        ):
            near = [one for one in earlier[name] if _close(one, message)]
            if near:
                groups.join(message.id, near[-1].id)
        earlier[name].append(message)


def _close(one: Message, answer: Message) -> bool:
    if answer.sent_at - one.sent_at > SUBJECT_WINDOW or one.sender is None or answer.sender is None:
        return False
    writers = {one.sender.address, answer.sender.address}
    met_before = answer.sender.address in {person.address for person in one.recipients} or answer.sender == one.sender
    reached = {person.address for person in answer.recipients}
    return met_before and (
        one.sender.address in reached
        or (len(writers) == 1 and bool(reached & {person.address for person in one.recipients}))
    )
