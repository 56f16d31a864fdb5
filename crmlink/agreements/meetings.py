"""Meetings with others: what stands in the calendar now, what stood there before, and what mail says of it.

Joined by UID and RECURRENCE-ID into one agreement each. `breach` says how one broke; here a broken one becomes `moved`
when a new meeting with the same person was made instead, and one that vanished because it now stands in another
calendar, or its series was only cut short, counts as standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from crmlink.agreements.attendance import moment, my_participation, organized_by_me, others_of
from crmlink.agreements.breach import Breach, breach_by_mail, breach_of, vanished
from crmlink.agreements.meeting_mail import MeetingMail
from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, EventUid, short_id
from crmlink.model.lapse import Fault
from crmlink.model.meeting import Event, EventStatus, Participation
from crmlink.model.memory import RememberedEvent

Key = tuple[EventUid, str | None]
# A new date is often put in the calendar just before the old one is taken out.
MOVED_BEFORE = timedelta(days=1)


def meetings(picture: Picture) -> tuple[Agreement, ...]:
    """All meetings with others that touch the window, in order of their start."""
    mail = MeetingMail(picture)
    standing = {(one.uid, one.recurrence_id): one for one in picture.agenda.events if _known(picture, one)}
    remembered = {(one.event.uid, one.event.recurrence_id): one for one in picture.remembered}
    vanishing = _first_of_each(picture, (one for key, one in remembered.items() if key not in standing))
    in_mail = _only_in_mail(picture, mail, {uid for uid, _ in (*standing, *remembered)})
    found: list[tuple[Event, Breach | None]] = [
        *((event, breach_of(picture, mail, event, remembered.get(key))) for key, event in standing.items()),
        *((before.event, vanished(picture, mail, before)) for before in vanishing),
        *((event, breach_by_mail(picture, mail, event)) for event in in_mail),
    ]
    agreements = (
        _agreement(picture, mail, event, _moved(picture, event, breach, standing.values()))
        for event, breach in found
        if others_of(event, picture.owner) and (breach or (event.uid, event.recurrence_id) in standing)
    )
    return tuple(sorted(agreements, key=lambda one: (one.due or one.made_at, one.id)))


def _known(picture: Picture, event: Event) -> bool:
    """In a replay, what was made later is not known yet."""
    return not (event.created_at and event.created_at > picture.now)


def _first_of_each(picture: Picture, gone: Iterable[RememberedEvent]) -> Iterator[RememberedEvent]:
    """Remembered occurrences whose whole series is gone, the first that had not ended for each UID.

    While the UID is still in some calendar the meeting was moved there, excluded (EXDATE), or is outside the window.
    """
    present = {uid for uids in picture.agenda.uids.values() for uid in uids}
    seen: set[EventUid] = set()
    for one in sorted(gone, key=lambda one: moment(one.event.start, picture.policy.zone)):
        ended = moment(one.event.end, picture.policy.zone) <= one.last_seen_at
        if one.event.uid in present or one.event.uid in seen or ended:
            continue
        seen.add(one.event.uid)
        yield one


def _only_in_mail(picture: Picture, mail: MeetingMail, elsewhere: set[EventUid]) -> Iterator[Event]:
    """Events that no calendar knows (any more): each as the newest mail about it describes it."""
    newest: dict[Key, Event] = {}
    for event in mail.events():
        start = moment(event.start, picture.policy.zone)
        if event.uid not in elsewhere and start >= picture.now - picture.policy.lookback:
            newest[event.uid, event.recurrence_id] = event
    yield from newest.values()


def _moved(picture: Picture, event: Event, breach: Breach | None, standing: Iterable[Event]) -> Breach | None:
    """A breach that a new meeting with the same person has mended is no breach but a move."""
    if breach is None:
        return None
    people = {one.address for one in others_of(event, picture.owner)}
    for other in standing:
        made = other.created_at or other.modified_at
        with_them = people & {one.address for one in others_of(other, picture.owner)}
        fresh = made is not None and made >= breach.at - MOVED_BEFORE
        coming = moment(other.start, picture.policy.zone) >= breach.at
        if other.uid != event.uid and with_them and fresh and coming and other.status is not EventStatus.CANCELLED:
            shown = Evidence("calendar.new-date", EvidenceSource.CALENDAR, other.uid, f"{other.title}: {_date(other)}")
            return replace(breach, state=State.MOVED, evidence=(*breach.evidence, shown))
    return breach


def _agreement(picture: Picture, mail: MeetingMail, event: Event, breach: Breach | None) -> Agreement:
    others = others_of(event, picture.owner)
    anchor = mail.anchor(event)
    start = moment(event.start, picture.policy.zone)
    made_at = event.created_at or event.modified_at or start
    return Agreement(
        id=AgreementId(
            short_id(
                picture.owner.address, AgreementKind.MEETING, event.uid, event.recurrence_id or "", start.isoformat()
            )
        ),
        kind=AgreementKind.MEETING,
        state=breach.state if breach else _standing(picture, event),
        contact=contact_of(others[0]),
        subject=event.title,
        made_at=made_at,
        ref=event.uid,
        quote=f"{event.title}, {_date(event)}",
        due=start,
        changed_at=breach.at if breach else None,
        fault=breach.fault if breach else Fault.UNKNOWN,
        confidence=breach.confidence if breach else 1.0,
        evidence=breach.evidence
        if breach
        else (Evidence("calendar.event", EvidenceSource.CALENDAR, event.uid, event.title),),
        others=others,
        thread=anchor[0].id if anchor else None,
        anchor=anchor[1] if anchor else None,
        event=event,
        doubts=breach.doubts if breach else (),
    )


def _standing(picture: Picture, event: Event) -> State:
    """The state of an unbroken meeting: proposed until the invited side said yes, open until it ended, then kept."""
    if event.status is EventStatus.CANCELLED:
        return State.OPEN  # only in a replay of the days before it was cancelled
    if my_participation(event, picture.owner) is Participation.DECLINED:
        return State.WITHDRAWN
    if moment(event.end, picture.policy.zone) <= picture.now:
        return State.KEPT
    if organized_by_me(event, picture.owner):
        answers = {one.participation for one in event.attendees if not picture.owner.is_me(one.address.address)}
        waiting = answers == {Participation.NEEDS_ACTION}
    else:
        waiting = my_participation(event, picture.owner) is Participation.NEEDS_ACTION
    return State.PROPOSED if waiting else State.OPEN


def _date(event: Event) -> str:
    if isinstance(event.start, datetime):
        return event.start.strftime("%Y-%m-%d %H:%M")
    return event.start.isoformat()
