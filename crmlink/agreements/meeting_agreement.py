"""Makes the agreement of one meeting: its identity, its people, how it stands, and the mail a draft would answer."""

from __future__ import annotations

from collections.abc import Sequence

from crmlink.agreements.attendance import everyone_of, moment, my_participation, organized_by_me, others_of
from crmlink.agreements.attendance import their_participations as answers_of
from crmlink.agreements.breach import Breach
from crmlink.agreements.moves import date_of
from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, short_id
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Thread
from crmlink.model.meeting import Event, EventStatus, Participation


def meeting_agreement(
    picture: Picture,
    event: Event,
    breach: Breach | None,
    anchor: tuple[Thread, Message] | None,
    doubts: Sequence[str] = (),
) -> Agreement:
    """The agreement; `event` has at least one other person in it. Its identity is UID, occurrence and start.

    A new version of the same entry at the same time is the same agreement; at another time it is another one.
    """
    others = others_of(event, picture.owner) or everyone_of(event, picture.owner)
    start = moment(event.start, picture.policy.zone)
    name = (picture.owner.address, AgreementKind.MEETING, event.uid, event.recurrence_id or "", start.isoformat())
    stands = Evidence("calendar.event", EvidenceSource.CALENDAR, event.uid, event.title)
    return Agreement(
        id=AgreementId(short_id(*name)),
        kind=AgreementKind.MEETING,
        state=breach.state if breach else how_it_stands(picture, event),
        contact=contact_of(others[0]),
        subject=event.title,
        made_at=event.created_at or event.modified_at or start,
        ref=event.uid,
        quote=f"{event.title}, {date_of(event)}",
        due=start,
        changed_at=breach.at if breach else None,
        fault=breach.fault if breach else Fault.UNKNOWN,
        confidence=breach.confidence if breach else 1.0,
        evidence=breach.evidence if breach else (stands,),
        others=others,
        thread=anchor[0].id if anchor else None,
        anchor=anchor[1] if anchor else None,
        event=event,
        doubts=tuple(doubts),
    )


def how_it_stands(picture: Picture, event: Event) -> State:
    """The state of an unbroken meeting: proposed until the invited side said yes, open until it ended, then kept."""
    if event.status is EventStatus.CANCELLED:
        return State.OPEN  # only in a replay of the days before it was cancelled
    if my_participation(event, picture.owner) is Participation.DECLINED:
        return State.WITHDRAWN
    if moment(event.end, picture.policy.zone) <= picture.now:
        return State.KEPT
    if event.organizer is None:  # written down without being asked: nobody will answer
        return State.OPEN
    if organized_by_me(event, picture.owner):
        waiting = answers_of(event, picture.owner) == {Participation.NEEDS_ACTION}
    else:
        waiting = my_participation(event, picture.owner) is Participation.NEEDS_ACTION
    return State.PROPOSED if waiting else State.OPEN
