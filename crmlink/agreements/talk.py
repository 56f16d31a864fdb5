"""Meetings that exist only in talk: "zullen we dinsdag om 10 uur?" "prima", with no event in any calendar.

One meeting per thread and other person, as a fold over what the messages do to it: propose, accept, decline, cancel,
reschedule, no_show. An asked but unconfirmed move is `proposed`. Threads that belong to an event are left to
`meetings`; what a machine wrote is not talk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.facts.people import contact_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, ThreadId, short_id
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import MeetingAct, MeetingTalk

BROKEN = frozenset({State.CANCELLED, State.MISSED})


@dataclass(slots=True)
class _Talk:
    """How the talk of one thread stands after the messages read so far."""

    state: State
    first: Message
    last: Message
    when: datetime | None = None
    fault: Fault = Fault.UNKNOWN
    asked_by_me: bool = False
    was_agreed: bool = False
    evidence: list[Evidence] = field(default_factory=list)


def talked_meetings(picture: Picture, *, taken: Collection[ThreadId]) -> tuple[Agreement, ...]:
    """Meetings agreed, proposed or broken in talk alone; `taken` are the threads that belong to an event."""
    found = (_fold(picture, thread) for thread in picture.threads if thread.id not in taken)
    return tuple(agreement for talk, thread in _present(found) if (agreement := _agreement(picture, talk, thread)))


def _present(found: Iterator[tuple[_Talk | None, Thread]]) -> Iterator[tuple[_Talk, Thread]]:
    return ((talk, thread) for talk, thread in found if talk is not None)


def _fold(picture: Picture, thread: Thread) -> tuple[_Talk | None, Thread]:
    talk: _Talk | None = None
    for message in thread.messages:
        reading = picture.readings.get(message.id)
        if reading is None or message.automatic or message.role in NO_EVIDENCE or message.sender is None:
            continue
        if reading.meeting.act is MeetingAct.NONE:
            continue
        talk = talk or _Talk(State.PROPOSED, message, message, asked_by_me=message.from_me)
        _step(talk, message, reading.meeting)
    return talk, thread


def _step(talk: _Talk, message: Message, said: MeetingTalk) -> None:
    """What one message does to the meeting."""
    talk.last = message
    talk.evidence.append(Evidence(said.rule or f"mail.{said.act}", EvidenceSource.MAIL, message.id, said.quote))
    when = said.when.start if said.when else None
    match said.act:
        case MeetingAct.PROPOSE:
            talk.state, talk.asked_by_me, talk.when = State.PROPOSED, message.from_me, when or talk.when
        case MeetingAct.ACCEPT:
            moved = talk.was_agreed and talk.state is State.PROPOSED
            talk.state, talk.was_agreed, talk.when = State.MOVED if moved else State.OPEN, True, when or talk.when
        case MeetingAct.RESCHEDULE:
            talk.state, talk.was_agreed, talk.asked_by_me = State.PROPOSED, True, message.from_me
            talk.fault, talk.when = said.fault or Fault.UNKNOWN, when or talk.when
        case MeetingAct.CANCEL:
            talk.state, talk.fault = State.CANCELLED, said.fault or Fault.UNKNOWN
        case MeetingAct.NO_SHOW:
            talk.state, talk.fault = State.MISSED, said.fault or Fault.UNKNOWN
        case MeetingAct.DECLINE:
            talk.state = State.WITHDRAWN
        case MeetingAct.NONE:
            pass


def _agreement(picture: Picture, talk: _Talk, thread: Thread) -> Agreement | None:
    other = _other(picture, talk)
    if other is None:
        return None
    state = talk.state
    if state is State.OPEN and talk.when and talk.when < picture.now:
        state = State.KEPT
    theirs = [
        one for one in thread.messages if not one.from_me and one.automatic is None and one.role not in NO_EVIDENCE
    ]
    return Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.MEETING, talk.first.id)),
        kind=AgreementKind.MEETING,
        state=state,
        contact=contact_of(other),
        subject=talk.first.subject,
        made_at=talk.first.sent_at,
        ref=talk.first.id,
        quote=talk.evidence[-1].quote,
        due=talk.when,
        changed_at=talk.last.sent_at,
        fault=talk.fault if state in BROKEN or state is State.PROPOSED else Fault.UNKNOWN,
        confidence=0.8,
        evidence=tuple(reversed(talk.evidence)),  # what decided stands first
        others=(other,),
        thread=thread.id,
        anchor=theirs[-1] if theirs else talk.last,
    )


def _other(picture: Picture, talk: _Talk) -> Address | None:
    """The other person: who wrote to me, or the first I wrote to."""
    people = [talk.last.sender, talk.first.sender, *talk.last.to, *talk.first.to]
    return next((one for one in people if one and not picture.owner.is_me(one.address)), None)
