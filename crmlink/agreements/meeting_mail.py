"""Mail about meetings: iTIP objects by UID, and the conversation that goes with an event.

ICS inside forwarded mail is no evidence, and a CANCEL counts only from the organizer or who the organizer lets send
(RFC 5546 section 3.2.5); another sender's is kept apart as unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crmlink.agreements.attendance import others_of
from crmlink.agreements.picture import Picture
from crmlink.facts.subjects import bare_subject
from crmlink.model.ids import EventUid
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, EventStatus, Invitation, Method, Participation


@dataclass(frozen=True, slots=True)
class Letter:
    """One iTIP object with the mail that brought it."""

    thread: Thread
    message: Message
    invitation: Invitation


class MeetingMail:
    """All mail about meetings in the picture, indexed once."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._letters: dict[EventUid, list[Letter]] = {}
        self._with: dict[str, list[tuple[Thread, Message]]] = {}
        for thread, message in picture.messages():
            if message.sent_at > picture.now:
                continue
            for invitation in message.invitations:
                if not invitation.in_forward:
                    self._letters.setdefault(invitation.event.uid, []).append(Letter(thread, message, invitation))
            people = message.recipients if message.from_me else (message.sender,) if message.sender else ()
            for person in people:
                self._with.setdefault(person.address, []).append((thread, message))
        for letters in self._letters.values():
            letters.sort(key=lambda one: one.message.sent_at)

    def events(self) -> Iterator[Event]:
        """Every event that mail speaks of, newest word last."""
        for letters in self._letters.values():
            for letter in letters:
                yield letter.invitation.event

    def about(self, event: Event) -> list[Letter]:
        """Letters about this occurrence: its own, and those about the whole series."""
        return [
            letter
            for letter in self._letters.get(event.uid, [])
            if letter.invitation.event.recurrence_id in (None, event.recurrence_id)
        ]

    def cancelled_by_me(self, event: Event) -> Letter | None:
        """My own CANCEL, or my REPLY that declines after one that accepted."""
        accepted = False
        for letter in self.about(event):
            if not letter.message.from_me:
                continue
            match letter.invitation.method:
                case Method.CANCEL:
                    return letter
                case Method.REPLY:
                    answer = self._my_answer(letter.invitation.event)
                    if answer is Participation.DECLINED and accepted:
                        return letter
                    accepted = accepted or answer is Participation.ACCEPTED
                case _:
                    pass
        return None

    def accepted_by_me(self, event: Event) -> bool:
        """Whether I said yes in mail at some time."""
        return any(
            letter.message.from_me
            and letter.invitation.method is Method.REPLY
            and self._my_answer(letter.invitation.event) is Participation.ACCEPTED
            for letter in self.about(event)
        )

    def cancelled_by_them(self, event: Event) -> tuple[Letter | None, bool]:
        """The other side's CANCEL, and whether its sender had the right to it.

        A CANCEL that does not say STATUS:CANCELLED only takes me off the list; it is no cancellation.
        """
        unverified: Letter | None = None
        for letter in self.about(event):
            if letter.message.from_me or letter.invitation.method is not Method.CANCEL:
                continue
            told = letter.invitation.event
            if told.status is not EventStatus.CANCELLED or told.sequence < event.sequence:
                continue
            if self._entitled(letter, event):
                return letter, True
            unverified = unverified or letter
        return unverified, False

    def anchor(self, event: Event) -> tuple[Thread, Message] | None:
        """The mail a draft about this event would answer: their newest in its conversation, else the invitation."""
        people = {one.address for one in others_of(event, self._picture.owner)}
        threads = [letter.thread for letter in self.about(event)]
        if not threads:
            title = bare_subject(event.title).casefold()
            talk = (pair for person in people for pair in self._with.get(person, []))
            threads = [
                thread for thread, message in talk if title and bare_subject(message.subject).casefold() == title
            ]
        candidates = [
            (message.automatic is None, message.sent_at, message.id, thread, message)
            for thread in threads
            for message in thread.messages
            if message.sent_at <= self._picture.now and self._between_us(message, people)
        ]
        if not candidates:
            return None
        theirs = [one for one in candidates if not one[4].from_me]
        *_, thread, message = max(theirs or candidates, key=lambda one: one[:3])
        return thread, message

    def _between_us(self, message: Message, people: set[str]) -> bool:
        if message.from_me:
            return any(one.address in people for one in message.recipients)
        return message.sender is not None and message.sender.address in people

    def _my_answer(self, event: Event) -> Participation | None:
        own = [one.participation for one in event.attendees if self._picture.owner.is_me(one.address.address)]
        return own[0] if own else None

    def _entitled(self, letter: Letter, event: Event) -> bool:
        sender = letter.message.sender
        known = {one.address for one in (event.organizer, event.sent_by) if one}
        return sender is not None and sender.address in known
