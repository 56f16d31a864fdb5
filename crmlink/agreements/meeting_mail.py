"""Mail about meetings, indexed once: iTIP objects by UID, and the conversation that goes with an event.

ICS inside forwarded mail is no evidence. What the letters mean is for `scheduling`, who may write them for `trust`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crmlink.agreements.attendance import everyone_of, moment
from crmlink.agreements.picture import Picture
from crmlink.facts.subjects import bare_subject
from crmlink.model.ids import EventUid, ThreadId
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, Invitation


@dataclass(frozen=True, slots=True)
class Letter:
    """One iTIP object with the mail that brought it."""

    thread: Thread
    message: Message
    invitation: Invitation

    @property
    def version(self) -> tuple[int, datetime, datetime]:
        """SEQUENCE, then DTSTAMP (RFC 5546 section 2.1.5), then the time of the mail."""
        sent_at = self.message.sent_at.astimezone(UTC)
        stamped = self.invitation.event.modified_at
        return self.invitation.event.sequence, stamped.astimezone(UTC) if stamped else sent_at, sent_at


class MeetingMail:
    """All mail about meetings in the picture, and all mail by person, each in order of time."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._letters: dict[EventUid, list[Letter]] = {}
        self._with: dict[str, list[tuple[datetime, str, Thread, Message]]] = {}
        self._titled: dict[tuple[str, str], dict[ThreadId, Thread]] = {}
        self._uids: dict[ThreadId, set[EventUid]] = {}
        for thread, message in picture.messages():
            if message.sent_at <= picture.now:
                self._take(thread, message)
        for letters in self._letters.values():
            letters.sort(key=lambda one: (one.message.sent_at.astimezone(UTC), one.message.id))
        for mails in self._with.values():
            mails.sort(key=lambda one: one[:2])

    def _take(self, thread: Thread, message: Message) -> None:
        for invitation in message.invitations:
            if not invitation.in_forward:
                self._letters.setdefault(invitation.event.uid, []).append(Letter(thread, message, invitation))
                self._uids.setdefault(thread.id, set()).add(invitation.event.uid)
        people = message.recipients if message.from_me else (message.sender,) if message.sender else ()
        title = bare_subject(message.subject).casefold()
        for address in {one.address for one in people}:
            self._with.setdefault(address, []).append((message.sent_at.astimezone(UTC), message.id, thread, message))
            if title:
                self._titled.setdefault((address, title), {})[thread.id] = thread

    def uids(self) -> Iterator[EventUid]:
        """Every event that mail speaks of."""
        yield from self._letters

    def letters(self, uid: EventUid) -> Sequence[Letter]:
        """All letters about an event and its occurrences, oldest first."""
        return self._letters.get(uid, ())

    def uids_in(self, thread: ThreadId) -> frozenset[EventUid]:
        """The events whose letters lie in this conversation."""
        return frozenset(self._uids.get(thread, ()))

    def about(self, event: Event) -> list[Letter]:
        """Letters about this occurrence: its own, those about the whole series, and "this and all future" ones."""
        return [letter for letter in self.letters(event.uid) if _covers(letter.invitation.event, event)]

    def between(self, people: Iterable[str], after: datetime, until: datetime) -> Iterator[tuple[Thread, Message]]:
        """Mail with any of these people after the one moment up to the other (aware), person by person."""
        for person in people:
            mails = self._with.get(person, [])
            first = bisect_right(mails, after.astimezone(UTC), key=lambda one: one[0])
            last = bisect_right(mails, until.astimezone(UTC), key=lambda one: one[0])
            yield from ((thread, message) for _, _, thread, message in mails[first:last])

    def threads(self, event: Event) -> tuple[Thread, ...]:
        """The conversations about an event: those of its letters, else those with its title between the same people."""
        threads = {letter.thread.id: letter.thread for letter in self.about(event)}
        title = bare_subject(event.title).casefold()
        if not threads and title:
            for one in everyone_of(event, self._picture.owner):
                threads |= self._titled.get((one.address, title), {})
        return tuple(threads.values())

    def anchor(self, event: Event, more: Iterable[Thread] = ()) -> tuple[Thread, Message] | None:
        """The mail a draft about this event would answer: their newest in its conversation, else the invitation.

        `more` are other conversations that turned out to be about it.
        """
        people = {one.address for one in everyone_of(event, self._picture.owner)}
        threads = {thread.id: thread for thread in (*self.threads(event), *more)}
        candidates = [
            (not message.from_me, message.automatic is None, message.sent_at, message.id, thread, message)
            for thread in threads.values()
            for message in thread.messages
            if message.sent_at <= self._picture.now and _is_between(message, people)
        ]
        *_, thread, message = max(candidates, key=lambda one: one[:4], default=(None, None))
        return (thread, message) if thread and message else None

    def written_on_the_day(self, event: Event) -> tuple[Thread, Message] | None:
        """The newest mail with which somebody of a missed meeting began a conversation that day, after it had begun."""
        zone = self._picture.policy.zone
        start = moment(event.start, zone)
        midnight = (start + timedelta(days=1)).replace(hour=0, minute=0)
        people = [one.address for one in everyone_of(event, self._picture.owner)]
        found = [
            (message.sent_at, message.id, thread, message)
            for thread, message in self.between(people, start, min(midnight, self._picture.now))
            if not message.from_me and message.automatic is None and thread.messages[0] is message
        ]
        *_, thread, message = max(found, key=lambda one: one[:2], default=(None, None))
        return (thread, message) if thread and message else None

    def last_written(self, people: Iterable[str], *, after: datetime) -> Message | None:
        """The newest mail of mine to any of these people after that moment; automatic replies are not written."""
        found = [
            message
            for _, message in self.between(people, after, self._picture.now)
            if message.from_me and message.automatic is None
        ]
        return max(found, key=lambda one: (one.sent_at, one.id), default=None)


def _covers(told: Event, event: Event) -> bool:
    """Whether a letter's object is about this occurrence (RECURRENCE-ID, RANGE=THISANDFUTURE: RFC 5545 section 3.8.4.4)."""
    if told.recurrence_id is None or told.recurrence_id == event.recurrence_id:
        return True
    if event.recurrence_id is None or not told.this_and_future:
        return False
    return (
        told.recurrence_id[:10] <= event.recurrence_id[:10]
        if "T" not in event.recurrence_id
        else (told.recurrence_id <= event.recurrence_id)
    )


def _is_between(message: Message, people: set[str]) -> bool:
    if message.from_me:
        return any(one.address in people for one in message.recipients)
    return message.sender is not None and message.sender.address in people
