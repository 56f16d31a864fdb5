"""What the letters about a meeting come to (iTIP, RFC 5546): cancelled by whom, uninvited, answered, another time asked.

Only a letter whose sender has the right to it counts, in order of SEQUENCE and DTSTAMP; the calendar's own SEQUENCE is
the floor. In: the mail about meetings and the event as it is known. Out: the letter that decides, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crmlink.agreements.attendance import everyone_of, moment, my_participation
from crmlink.agreements.meeting_mail import Letter, MeetingMail
from crmlink.agreements.picture import Picture
from crmlink.agreements.trust import Standing, is_mine, same_organizer, standing_of
from crmlink.model.meeting import Event, EventStatus, Method, Participation

_ENTITLED = frozenset({Standing.VERIFIED, Standing.UNVERIFIED, Standing.RELAYED})


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The other side's CANCEL. `uninvited`: without STATUS:CANCELLED, while others remain, it only takes me off the list."""

    letter: Letter
    standing: Standing
    uninvited: bool


class Scheduling:
    """Reads the letters about one meeting at a time."""

    def __init__(self, picture: Picture, mail: MeetingMail) -> None:
        self._picture = picture
        self._mail = mail

    def cancelled_by_me(self, event: Event) -> Letter | None:
        """My CANCEL, or my REPLY that declines after one that accepted, unless I took it back since."""
        accepted, no = False, None
        for letter in _in_order(self._mine(event)):
            told = letter.invitation.event
            match letter.invitation.method:
                case Method.REQUEST:
                    no = None
                case Method.CANCEL if told.status is EventStatus.CANCELLED or not told.status_given:
                    no = letter if self._still_ahead(letter, event) else no
                case Method.REPLY:
                    answer = my_participation(told, self._picture.owner)
                    if answer is Participation.ACCEPTED:
                        accepted, no = True, None
                    elif answer is Participation.DECLINED and accepted:
                        no = letter
                case _:
                    pass
        return no if no and no.invitation.event.sequence >= self._floor(no, event) else None

    def accepted_by_me(self, event: Event) -> bool:
        """Whether I said yes in mail at some time."""
        return any(
            letter.invitation.method is Method.REPLY
            and my_participation(letter.invitation.event, self._picture.owner) is Participation.ACCEPTED
            for letter in self._mine(event)
        )

    def cancelled_by_them(self, event: Event) -> Cancellation | None:
        """The other side's CANCEL, the best proven first; None when an invitation since, or a newer version, undoes it."""
        found: list[tuple[Letter, Standing]] = []
        for letter, standing in sorted(self._theirs(event), key=lambda one: one[0].version):
            if letter.invitation.method is Method.REQUEST and standing in _ENTITLED:
                found.clear()
            elif letter.invitation.method is Method.CANCEL and self._counts(letter, event):
                found.append((letter, standing))
        if not found:
            return None
        letter, standing = min(found, key=lambda one: (list(Standing).index(one[1]), one[0].version))
        return Cancellation(letter, standing, self._only_uninvites(letter.invitation.event, event))

    def _only_uninvites(self, told: Event, event: Event) -> bool:
        """Whether a CANCEL without STATUS leaves others in the meeting (RFC 5546 section 3.2.5 wants the STATUS)."""
        if told.status_given and told.status is EventStatus.CANCELLED:
            return False
        off = {one.address.address for one in told.attendees}
        organizer = {event.organizer.address} if event.organizer else set()
        return any(one.address not in off | organizer for one in everyone_of(event, self._picture.owner))

    def declined_by_them(self, event: Event) -> tuple[Letter, bool] | None:
        """The newest REPLY with which nobody is left to come to my meeting, and whether somebody had said yes before.

        Matched by UID, since Outlook.com leaves ORGANIZER out. Who was not invited has nothing to decline.
        """
        waiting = {one.address for one in everyone_of(event, self._picture.owner)}
        answers: dict[str, Participation] = {}
        accepted, last = False, None
        for letter in _in_order(letter for letter, _ in self._theirs(event)):
            sender = letter.message.sender
            if letter.invitation.method is not Method.REPLY or sender is None or sender.address not in waiting:
                continue
            answer = _answer_of(letter.invitation.event, sender.address)
            if answer is None:
                continue
            answers[sender.address] = answer
            accepted = accepted or answer is Participation.ACCEPTED
            last = letter if answer is Participation.DECLINED else last
        gone = {address for address, answer in answers.items() if answer is Participation.DECLINED}
        return (last, accepted) if last and waiting and gone == waiting else None

    def said_yes(self, event: Event) -> bool:
        """Whether an invited person accepted my invitation by mail."""
        invited = {one.address for one in everyone_of(event, self._picture.owner)}
        return any(
            letter.invitation.method is Method.REPLY
            and letter.message.sender is not None
            and letter.message.sender.address in invited
            and _answer_of(letter.invitation.event, letter.message.sender.address) is Participation.ACCEPTED
            for letter, _ in self._theirs(event)
        )

    def countered(self, event: Event) -> Letter | None:
        """A COUNTER, theirs or mine, that was neither turned down (DECLINECOUNTER) nor followed by a new invitation."""
        invited = {one.address for one in everyone_of(event, self._picture.owner)}
        asked: Letter | None = None
        for letter in self._mail.about(event):
            sender = letter.message.sender
            known = letter.message.from_me or (sender is not None and sender.address in invited)
            match letter.invitation.method:
                case Method.COUNTER if known:
                    asked = letter
                case Method.DECLINECOUNTER | Method.REQUEST | Method.CANCEL if known:
                    asked = None
                case _:
                    pass
        return asked if asked and asked.invitation.event.sequence >= event.sequence else None

    def other_organizer(self, event: Event) -> Letter | None:
        """An update by mail that names another organizer than the meeting has."""
        return next(
            (
                letter
                for letter in self._mail.about(event)
                if letter.invitation.method in (Method.REQUEST, Method.CANCEL)
                and not letter.message.from_me
                and not same_organizer(letter.invitation.event, event)
            ),
            None,
        )

    def _mine(self, event: Event) -> list[Letter]:
        ids = self._picture.authserv_ids
        return [letter for letter in self._mail.about(event) if is_mine(letter.message, authserv_ids=ids)]

    def _theirs(self, event: Event) -> list[tuple[Letter, Standing]]:
        """Letters of others in order of arrival, each with the standing of its sender."""
        ids = self._picture.authserv_ids
        return [
            (letter, standing_of(letter.message, letter.invitation.event, event, authserv_ids=ids))
            for letter in self._mail.about(event)
            if not letter.message.from_me
        ]

    def _counts(self, letter: Letter, event: Event) -> bool:
        return letter.invitation.event.sequence >= event.sequence and self._still_ahead(letter, event)

    def _still_ahead(self, letter: Letter, event: Event) -> bool:
        """A letter about a whole series does not undo what had taken place when it came."""
        if letter.invitation.event.recurrence_id == event.recurrence_id or not event.start_given:
            return True
        return moment(event.end, self._picture.policy.zone) > letter.message.sent_at

    def _floor(self, letter: Letter, event: Event) -> int:
        """A CANCEL older than the version in the calendar is undone; a REPLY answers whatever version it saw."""
        return event.sequence if letter.invitation.method is Method.CANCEL else 0


def _in_order(letters: Iterable[Letter]) -> list[Letter]:
    return sorted(letters, key=lambda one: one.version)


def _answer_of(event: Event, address: str) -> Participation | None:
    """Their answer; a REPLY has one ATTENDEE, which some clients write with another of the sender's addresses."""
    own = [one.participation for one in event.attendees if one.address.address == address]
    return own[0] if own else None
