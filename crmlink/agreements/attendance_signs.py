"""Who was not at a meeting that is over: signs are weighed, never guessed from silence alone.

Each sign adds to the side that was missing; words that show that the meeting took place weigh against both. Below
`LISTED` the meeting counts as kept; whether the sum is enough for a letter is for `decide`.

    their words that I was not there, or mine          0.80
    "gemist" as a mark of the owner on the entry       0.80
    an away block over an accepted meeting             0.65
    the same over one meeting of a series              0.50
    another accepted meeting at the same time          0.25
    my automatic absence reply of that day             0.30
    words that show that it took place                -0.90

An absence reply or an overlap alone says nothing: one of two meetings was attended. "No-show" as a mark says that it was
missed, not by whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crmlink.agreements.absence import AWAY, DOUBLE, Absences
from crmlink.agreements.attendance import accepted_by_me, everyone_of, moment
from crmlink.agreements.consent import both_agreed
from crmlink.agreements.conversations import Said
from crmlink.agreements.meeting_mail import MeetingMail
from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.agreements.scheduling import Scheduling
from crmlink.language.attended import attended_words
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Fault
from crmlink.model.mail import Automatic, Message
from crmlink.model.meeting import Event
from crmlink.model.reading import MeetingAct

WORDS = 0.80
MARKED = 0.80
AWAY_BLOCK = 0.65
AWAY_OVER_SERIES = 0.50
ABSENCE_REPLY = 0.30
OVERLAP = 0.25
TOOK_PLACE = -0.90
LISTED = 0.50
SUREST = 0.95

AFTERWARDS = timedelta(days=7)
_GUILT = re.compile(r"(?i)(?<!\w)(?:gemist|vergeten|missed|forgot(?:ten)?|verpasst|vergessen)(?!\w)")
_NO_SHOW = re.compile(r"(?i)(?<!\w)(?:no[- ]?show|niet verschenen|nicht erschienen)(?!\w)")
_TITLE_MARK = re.compile(r"^\W{0,3}([\w -]{4,16}?)\s*[\])}:!-]|[\[({]\s*([\w -]{4,16}?)\s*[\])}]\s*$")


@dataclass(frozen=True, slots=True)
class Missed:
    """A meeting at which somebody was missing. `complaint` is the mail of theirs that says so, if there is one."""

    fault: Fault
    confidence: float
    evidence: tuple[Evidence, ...]
    complaint: Said | None = None


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float
    fault: Fault
    evidence: Evidence


class AttendanceSigns:
    """Weighs the signs for one past meeting at a time."""

    def __init__(self, picture: Picture, mail: MeetingMail, absences: Absences) -> None:
        self._picture = picture
        self._mail = mail
        self._absences = absences
        self._scheduling = Scheduling(picture, mail)
        self._absence_replies = _absence_replies(picture)

    def missed(self, event: Event, words: Iterable[Said]) -> Missed | None:
        """Who was missing at a meeting that has ended; None when nothing shows that anybody was."""
        start = moment(event.start, self._picture.policy.zone)
        said = tuple(words)
        told = [one for one in said if one.talk.act is MeetingAct.NO_SHOW and one.message.sent_at >= start]
        signs = [*_words(told), *_marks(event), *self._calendar_signs(event, agreed=self._agreed(event, said, told))]
        fault = _side(signs)
        total = sum(one.weight for one in signs if one.fault in (fault, Fault.UNKNOWN))
        if total < LISTED:
            return None
        held = self._held(event)
        if held:
            total += TOOK_PLACE
        if total < LISTED:
            return None
        evidence = tuple(one.evidence for one in signs if one.fault in (fault, Fault.UNKNOWN))
        complaint = next((one for one in reversed(told) if not one.by_me), None)
        return Missed(fault, min(SUREST, total), (*evidence, *self._silence(event, fault)), complaint)

    def _agreed(self, event: Event, said: Iterable[Said], told: list[Said]) -> bool:
        """Who complains that somebody was not there, had agreed to come."""
        mine = accepted_by_me(event, self._picture.owner)
        return (bool(told) and mine) or both_agreed(self._picture, self._scheduling, event, said)

    def _calendar_signs(self, event: Event, *, agreed: bool) -> Iterator[_Sign]:
        if not agreed:
            return
        away = self._absences.away_over(event)
        if away:
            yield _Sign(AWAY_BLOCK if away.rule == AWAY else AWAY_OVER_SERIES, Fault.ME, away)
        for rival in self._absences.rivals(event)[:1]:
            shown = Evidence(DOUBLE, EvidenceSource.CALENDAR, rival.uid, rival.title)
            yield _Sign(OVERLAP, Fault.ME, shown)
        reply = self._absence_replies.get(moment(event.start, self._picture.policy.zone).date())
        if reply:
            shown = Evidence("mail.my-absence-reply", EvidenceSource.MAIL, reply.id, reply.subject)
            yield _Sign(ABSENCE_REPLY, Fault.ME, shown)

    def _held(self, event: Event) -> str:
        """Words since the meeting, between the people of it, that show that it took place."""
        people = [one.address for one in everyone_of(event, self._picture.owner)]
        start = moment(event.start, self._picture.policy.zone)
        threads = {thread.id for thread in self._mail.threads(event)}
        for thread, message in self._mail.between(people, start, self._picture.now):
            near = message.sent_at <= start + AFTERWARDS or thread.id in threads
            reading = self._picture.readings.get(message.id)
            if not near or message.automatic or reading is None or reading.meeting.act is MeetingAct.NO_SHOW:
                continue
            if words := attended_words(message.text, language=reading.language):
                return words
        return ""

    def _silence(self, event: Event, fault: Fault) -> Iterator[Evidence]:
        """That the owner has not written to them since, as a statement of fact."""
        people = [one.address for one in everyone_of(event, self._picture.owner)]
        start = moment(event.start, self._picture.policy.zone)
        if fault is Fault.ME and self._mail.last_written(people, after=start) is None:
            said = f"no mail to {', '.join(people[:3])} since {start:%Y-%m-%d}"
            yield Evidence("mail.silence", EvidenceSource.MAIL, event.uid, said)


def _words(told: Iterable[Said]) -> Iterator[_Sign]:
    """The newest words of each side on who was missing."""
    newest = {one.by_me: one for one in told}
    for said in sorted(newest.values(), key=lambda one: one.by_me):
        rule = said.talk.rule or "mail.no-show"
        shown = Evidence(rule, EvidenceSource.MAIL, said.message.id, said.talk.quote)
        yield _Sign(WORDS, said.talk.fault or Fault.UNKNOWN, shown)


def _marks(event: Event) -> Iterator[_Sign]:
    """A category, or a word set apart in the title, with which the owner marked the entry."""
    title = _TITLE_MARK.search(event.title)
    marks = [*event.categories, *(group for group in (title.groups() if title else ()) if group)]
    for mark in marks:
        shown = Evidence("calendar.marked", EvidenceSource.CALENDAR, event.uid, mark)
        if _GUILT.search(mark):
            yield _Sign(MARKED, Fault.ME, shown)
            return
        if _NO_SHOW.search(mark):
            yield _Sign(MARKED, Fault.UNKNOWN, shown)
            return


def _side(signs: Iterable[_Sign]) -> Fault:
    """The side that more speaks against; nobody's or unknown when nothing names one."""
    sums: dict[Fault, float] = {}
    for sign in signs:
        sums[sign.fault] = sums.get(sign.fault, 0.0) + sign.weight
    named = {fault: total for fault, total in sums.items() if fault is not Fault.UNKNOWN}
    return max(named, key=lambda fault: (named[fault], fault), default=Fault.UNKNOWN)


def _absence_replies(picture: Picture) -> dict[date, Message]:
    """The first automatic reply of mine on each day."""
    found: dict[date, Message] = {}
    for _, message in picture.messages():
        if message.from_me and message.automatic is Automatic.AUTO_REPLY and message.role not in NO_EVIDENCE:
            found.setdefault(message.sent_at.astimezone(picture.policy.zone).date(), message)
    return found
