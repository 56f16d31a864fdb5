"""Meetings that somebody accepted from a letter of the owner, until they stand in a calendar.

Such a meeting takes the place of the agreement that was broken: it is `moved` to the new time. It has an identity of its own,
so that breaking it again is another lapse. Once an entry with these people stands at that time, that entry is all there
is to say. In: what was accepted, and the agreements of the picture. Out: the agreements with those meetings among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crmlink.agreements.conversations import NEAR_BEHIND, SAME_TIME
from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.draft import Acceptance, StoredDraft
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, short_id
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Role, Thread
from crmlink.model.reading import MeetingAct, MeetingTalk

PICKED = "mail.picked-option"
WORDS = 0.8
_OFF = frozenset({MeetingAct.CANCEL, MeetingAct.DECLINE, MeetingAct.RESCHEDULE})


def with_picked(
    agreements: Iterable[Agreement], drafts: Iterable[StoredDraft], picture: Picture
) -> tuple[Agreement, ...]:
    """The agreements, with what was accepted from these drafts in place of what it makes good."""
    found = tuple(agreements)
    for stored in drafts:
        accepted = stored.acceptance
        if accepted is None or accepted.option.end < picture.now - picture.policy.lookback:
            continue
        if any(_stands_in_calendar(one, stored, accepted) for one in found):
            continue
        place = next((pair for pair in picture.messages() if pair[1].id == accepted.answer), None)
        broken = next((one for one in found if one.id == stored.agreement), None)
        meeting = _meeting(stored, accepted, broken, place, picture)
        found = (*(one for one in found if not _gives_way(one, stored, meeting)), meeting)
    return found


def awaits_calendar(agreement: Agreement) -> bool:
    """Whether this is a coming meeting that was accepted in mail and stands in no calendar."""
    shown = agreement.evidence[0].rule if agreement.evidence else ""
    return agreement.state is State.MOVED and shown == PICKED


def _stands_in_calendar(one: Agreement, stored: StoredDraft, accepted: Acceptance) -> bool:
    if one.event is None or one.due is None or one.event.all_day:
        return False
    people = {person.address for person in one.others} & {person.address for person in stored.draft.to}
    return bool(people) and abs(one.due - accepted.option.start) <= SAME_TIME


def _gives_way(one: Agreement, stored: StoredDraft, meeting: Agreement) -> bool:
    """The meeting that broke, and what talk alone knows of the new one."""
    if one.kind is not AgreementKind.MEETING:
        return False
    if one.id == stored.agreement:
        return True
    if one.event is not None:
        return False
    told = {shown.ref for shown in meeting.evidence}
    if any(shown.ref in told for shown in one.evidence):
        return True
    if one.due is not None and _same_day(one.due, meeting.due):
        return one.contact.address in {person.address for person in meeting.others}
    here = meeting.thread is not None and one.thread == meeting.thread
    return here and (one.due is None or (one.changed_at or one.made_at) <= meeting.made_at)


def _meeting(
    stored: StoredDraft,
    accepted: Acceptance,
    broken: Agreement | None,
    place: tuple[Thread, Message] | None,
    picture: Picture,
) -> Agreement:
    thread, answer = place or (None, None)
    start = accepted.option.start.astimezone(picture.policy.zone)
    name = (picture.owner.address, AgreementKind.MEETING, stored.draft.message_id, start.astimezone(UTC).isoformat())
    breach = _breach(stored, accepted, thread, picture)
    shown = Evidence(PICKED, EvidenceSource.MAIL, accepted.answer, accepted.quote)
    over = accepted.option.end <= picture.now
    return Agreement(
        id=AgreementId(short_id(*name)),
        kind=AgreementKind.MEETING,
        state=breach.state if breach else State.KEPT if over else State.MOVED,
        contact=broken.contact if broken else contact_of(stored.draft.to[0]),
        subject=(broken.subject if broken else "") or stored.draft.subject or (answer.subject if answer else ""),
        made_at=accepted.at,
        ref=accepted.answer,
        quote=accepted.quote,
        due=start,
        changed_at=breach.at if breach else accepted.at,
        fault=breach.fault if breach else Fault.UNKNOWN,
        confidence=WORDS if breach else 1.0,
        evidence=(breach.evidence, shown) if breach else (shown,),
        others=stored.draft.to,
        thread=thread.id if thread else None,
        anchor=breach.answers if breach and breach.answers else answer,
    )


@dataclass(frozen=True, slots=True)
class _Breach:
    """How words broke the new meeting. `answers` is a mail of theirs that says so."""

    state: State
    fault: Fault
    at: datetime
    evidence: Evidence
    answers: Message | None


def _breach(stored: StoredDraft, accepted: Acceptance, thread: Thread | None, picture: Picture) -> _Breach | None:
    """What was said of it since: called off by somebody, or that somebody was not there; a later yes undoes that."""
    breach: _Breach | None = None
    for message, talk in _said_since(stored, accepted, thread, picture):
        before = message.sent_at < accepted.option.end
        if talk.act is MeetingAct.ACCEPT and before:
            breach = None
        elif talk.act in _OFF and before:
            breach = _broken(State.CANCELLED, message, talk)
        elif talk.act is MeetingAct.NO_SHOW and message.sent_at >= accepted.option.start:
            breach = _broken(State.MISSED, message, talk)
    return breach


def _broken(state: State, message: Message, talk: MeetingTalk) -> _Breach:
    fault = talk.fault or (Fault.ME if message.from_me else Fault.THEM)
    shown = Evidence(talk.rule or f"mail.{talk.act}", EvidenceSource.MAIL, message.id, talk.quote)
    return _Breach(state, fault, message.sent_at, shown, None if message.from_me else message)


def _said_since(
    stored: StoredDraft, accepted: Acceptance, thread: Thread | None, picture: Picture
) -> Iterator[tuple[Message, MeetingTalk]]:
    """Words about it, in order of time: those of its conversation, and elsewhere those of its people that name its day.

    Who says elsewhere, shortly after it, that somebody was not there, need not name the day.
    """
    people = {one.address for one in stored.draft.to}
    elsewhere = (message for address in sorted(people) for message in picture.by_sender.get(address, ()))
    here = {one.id for one in thread.messages} if thread else set()
    every = {one.id: one for one in (*(thread.messages if thread else ()), *elsewhere)}
    for message in sorted(every.values(), key=lambda one: (one.sent_at, one.id)):
        reading = picture.readings.get(message.id)
        if reading is None or message.automatic or not accepted.at < message.sent_at <= picture.now:
            continue
        if message.from_me and message.role is Role.INBOX:
            continue  # anybody may send me a mail under my name
        named = reading.meeting.when
        since = message.sent_at - accepted.option.start
        just_missed = reading.meeting.act is MeetingAct.NO_SHOW and timedelta() <= since <= NEAR_BEHIND
        fits = _same_day(named.start, accepted.option.start) if named else message.id in here or just_missed
        if fits:
            yield message, reading.meeting


def _same_day(one: datetime, other: datetime | None) -> bool:
    return other is not None and one.date() == other.astimezone(one.tzinfo).date()
