"""What people's words did to a meeting before it was to take place: called off, asked to move, moved, or nothing.

A fold over what was said about one meeting. Only words that fit the meeting as it stands count: not those from before it
was made, nor those about another day, nor those after which the calendar entry itself was changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmlink.agreements.attendance import moment
from crmlink.agreements.conversations import SAME_TIME, Said
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Fault
from crmlink.model.meeting import Event
from crmlink.model.reading import MeetingAct

# Mail clients write the entry a moment after the mail that agreed on it.
MADE_WITH_THE_WORDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """Where the words leave the meeting: cancelled, moved, or proposed (a move was asked and not confirmed)."""

    state: State
    fault: Fault
    at: datetime
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class _Course:
    """How the talk about one meeting stands after the words read so far."""

    off: Said | None = None
    state: State = State.OPEN
    settled: Said | None = None
    offered: bool = False

    def break_by(self, said: Said, state: State) -> None:
        self.off, self.state, self.settled = said, state, None
        self.offered = said.when is not None


def called_off(picture: Picture, event: Event, words: Iterable[Said]) -> CalledOff | None:
    """What the words come to; None when the meeting stands. `words` are in order of time."""
    course = _Course()
    for said in words:
        if _counts(picture, event, said):
            _step(picture, event, course, said)
    if course.off is None:
        return None
    evidence = tuple(_evidence(one) for one in (course.settled, course.off) if one)
    return CalledOff(course.state, _fault(course.off), course.off.message.sent_at, evidence)


def _step(picture: Picture, event: Event, course: _Course, said: Said) -> None:
    same_time = names_this_time(picture, event, said)
    match said.talk.act:
        case MeetingAct.CANCEL:
            course.break_by(said, State.CANCELLED)
        case MeetingAct.RESCHEDULE if not (same_time and _changed_since(event, said)):
            course.break_by(said, State.PROPOSED)
        case MeetingAct.PROPOSE if said.when and not same_time:
            course.offered = True
            if course.off is None and said.by_me and _after_it_was_made(event, said):
                course.break_by(said, State.PROPOSED)
        case MeetingAct.ACCEPT if same_time:
            course.off, course.state = None, State.OPEN
        case MeetingAct.ACCEPT if course.off and (course.offered or said.when):
            course.state, course.settled = State.MOVED, said
        case _:
            pass


def _counts(picture: Picture, event: Event, said: Said) -> bool:
    at, zone = said.message.sent_at, picture.policy.zone
    if at >= moment(event.end, zone):
        return False
    if event.created_at and at < event.created_at - MADE_WITH_THE_WORDS:
        return False
    # Dragged to its new time after the words: they were about the old one.
    changed = event.modified_at is not None and event.modified_at > at and event.sequence > 0
    return not changed or names_this_time(picture, event, said)


def _changed_since(event: Event, said: Said) -> bool:
    """Whether the entry was written after the words: then it stands at the time they moved it to, not from."""
    written = max((at for at in (event.created_at, event.modified_at) if at), default=None)
    return written is None or written > said.message.sent_at


def _after_it_was_made(event: Event, said: Said) -> bool:
    return event.created_at is not None and said.message.sent_at > event.created_at + MADE_WITH_THE_WORDS


def names_this_time(picture: Picture, event: Event, said: Said) -> bool:
    """Whether the words name the time at which the meeting stands: its day, and about its hour if they name one."""
    if said.when is None:
        return False
    start, named = moment(event.start, picture.policy.zone), said.when.astimezone(picture.policy.zone)
    if start.date() != named.date():
        return False
    return (named.hour, named.minute) == (0, 0) or event.all_day or abs(start - named) <= SAME_TIME


def _fault(said: Said) -> Fault:
    return said.talk.fault or (Fault.ME if said.by_me else Fault.THEM)


def _evidence(said: Said) -> Evidence:
    return Evidence(said.talk.rule or f"mail.{said.talk.act}", EvidenceSource.MAIL, said.message.id, said.talk.quote)
