"""Meetings with others: what stands in the calendar now, what stood there before, and what mail says of it.

Joined by UID and RECURRENCE-ID into one agreement each; `conversations` adds the words that belong to it. `breach` says
what calendar and letters show, `calling_off` what words did to it, `attendance_signs` who was not there; a broken one becomes
`moved` when a new date was made instead. What stands in the way of a coming one is put into its evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crmlink.agreements.absence import Absences
from crmlink.agreements.attendance import (
    everyone_of,
    moment,
    my_participation,
    organized_by_me,
)
from crmlink.agreements.attendance_signs import AttendanceSigns
from crmlink.agreements.breach import OTHER_ORGANIZER, Breach, breach_by_mail, breach_in_calendar, emptied, vanished
from crmlink.agreements.calling_off import called_off
from crmlink.agreements.consent import both_agreed
from crmlink.agreements.conversations import Conversations, Key, Said, key_of
from crmlink.agreements.meeting_agreement import meeting_agreement
from crmlink.agreements.meeting_mail import MeetingMail
from crmlink.agreements.moves import NewDates, date_of, moved_from
from crmlink.agreements.picture import Picture
from crmlink.agreements.scheduling import Scheduling
from crmlink.agreements.seen_meetings import only_in_mail, standing_events, vanished_events
from crmlink.model.agreement import Agreement, State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import ThreadId
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, EventStatus, Participation

WORDS_OF_MINE, WORDS_OF_THEIRS = 0.85, 0.8


@dataclass(frozen=True, slots=True)
class Meetings:
    """The meetings of a picture in order of their start, and the conversations that belong to them."""

    agreements: tuple[Agreement, ...]
    threads: frozenset[ThreadId]


def meetings(picture: Picture) -> tuple[Agreement, ...]:
    """All meetings with others that touch the window, in order of their start."""
    return joined_meetings(picture).agreements


def joined_meetings(picture: Picture) -> Meetings:
    """The same, with the conversations that were taken up in them: no other agreement is made of those."""
    house = _House(picture)
    found = sorted(house.agreements(), key=lambda one: (one.due or one.made_at, one.id))
    return Meetings(tuple(found), frozenset(house.talk.taken))


class _House:
    """The indexes of one picture, and the judgement of one meeting after the other."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.mail = MeetingMail(picture)
        self.letters = Scheduling(picture, self.mail)
        self.remembered = {key_of(one.event): one for one in picture.remembered}
        self.standing = standing_events(picture)
        self.gone = list(vanished_events(picture, self.standing))
        elsewhere = {uid for uid, _ in (*self.standing, *self.remembered)}
        self.in_mail = list(only_in_mail(picture, self.mail, self.letters, elsewhere))
        events = [*self.standing.values(), *(one.event for one, _ in self.gone), *self.in_mail]
        self.talk = Conversations(picture, self.mail, [one for one in events if everyone_of(one, picture.owner)])
        self.absences = Absences(picture, self.standing.values())
        self.signs = AttendanceSigns(picture, self.mail, self.absences)
        self.new_dates = NewDates(picture, self.standing.values())

    def agreements(self) -> Iterator[Agreement]:
        for event, breach in self._found():
            if not everyone_of(event, self.picture.owner):
                continue
            mended = self.new_dates.mend(event, breach)
            if breach or key_of(event) in self.standing or not self.picture.agenda.configured:
                yield self._agreement(event, mended)

    def _found(self) -> Iterator[tuple[Event, Breach | None]]:
        for key, event in self.standing.items():
            before = self.remembered.get(key)
            emptied_of = emptied(self.picture, event, before)
            if before and emptied_of:
                yield before.event, emptied_of
                continue
            yield event, self._of_standing(key, event)
            yield from moved_from(self.picture, self.mail, event, before)
        for before, from_series in self.gone:
            yield before.event, vanished(self.picture, self.letters, before, from_series=from_series)
        for event in self.in_mail:
            yield event, breach_by_mail(self.picture, self.letters, event) or self._by_people(event)

    def _of_standing(self, key: Key, event: Event) -> Breach | None:
        breach = breach_in_calendar(self.picture, self.letters, event, self.remembered.get(key))
        return breach or self._by_people(event)

    def _by_people(self, event: Event) -> Breach | None:
        """What people's words did to it, or who was not there."""
        if my_participation(event, self.picture.owner) is Participation.DECLINED:
            return None
        words = self.talk.about(event)
        off = called_off(self.picture, event, words)
        if off:
            mine = off.fault is Fault.ME
            return Breach(off.state, off.fault, off.at, off.evidence, WORDS_OF_MINE if mine else WORDS_OF_THEIRS)
        if moment(event.end, self.picture.policy.zone) > self.picture.now or event.status is EventStatus.CANCELLED:
            return None
        return self._missed(event, words)

    def _missed(self, event: Event, words: Iterable[Said]) -> Breach | None:
        missed = self.signs.missed(event, words)
        if missed is None:
            return None
        start = moment(event.start, self.picture.policy.zone)
        agreed = Evidence("calendar.event", EvidenceSource.CALENDAR, event.uid, f"{event.title}, {date_of(event)}")
        answers = missed.complaint.message if missed.complaint else None
        evidence = (*missed.evidence, agreed)
        return Breach(State.MISSED, missed.fault, start, evidence, missed.confidence, answers=answers)

    def _agreement(self, event: Event, breach: Breach | None) -> Agreement:
        anchor = self._anchor(event, breach)
        agreement = meeting_agreement(self.picture, event, breach, anchor, self._doubts(event, breach))
        return agreement if breach else self._with_obstacle(agreement, event)

    def _with_obstacle(self, agreement: Agreement, event: Event) -> Agreement:
        """A coming meeting that both sides agreed on, with what stands in its way; `changed_at` is since when I may know."""
        now = self.picture.now
        ahead = agreement.state in (State.OPEN, State.PROPOSED) and agreement.due and agreement.due > now
        if not ahead or not both_agreed(self.picture, self.letters, event, self.talk.about(event)):
            return agreement
        agreement = replace(agreement, state=State.OPEN)
        obstacle = self.absences.in_the_way(event)
        if obstacle is None or (obstacle.known_at and obstacle.known_at > now):
            return agreement
        last = self.mail.last_written([one.address for one in agreement.others], after=agreement.made_at)
        known = [agreement.made_at, obstacle.known_at, last.sent_at if last else None]
        since = max((one for one in known if one and one <= now), default=now)
        return replace(agreement, evidence=(obstacle.evidence, *agreement.evidence), changed_at=since)

    def _anchor(self, event: Event, breach: Breach | None) -> tuple[Thread, Message] | None:
        """Their complaint, else what they wrote the same day, else the newest of theirs in its conversations."""
        words = self.talk.about(event)
        if breach and breach.answers:
            return next((one.thread, one.message) for one in words if one.message is breach.answers)
        if breach and breach.state is State.MISSED and breach.fault is Fault.ME:
            written = self.mail.written_on_the_day(event)
            if written:
                return written
        return self.mail.anchor(event, [one.thread for one in words])

    def _doubts(self, event: Event, breach: Breach | None) -> tuple[str, ...]:
        doubts = breach.doubts if breach else ()
        changed = not organized_by_me(event, self.picture.owner) and self.letters.other_organizer(event)
        return (*doubts, OTHER_ORGANIZER) if changed and not doubts else doubts
