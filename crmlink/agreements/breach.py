"""How a meeting in the calendar broke, if it did: what shows it, whose side it was, how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.agreements.attendance import moment, my_participation, organized_by_me
from crmlink.agreements.meeting_mail import Letter, MeetingMail
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Fault
from crmlink.model.meeting import Event, EventStatus, Participation
from crmlink.model.memory import RememberedEvent


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken meeting: the state it is in, since when (aware), by whom, and why we think so.

    `doubts` are sentences; any of them keeps the draft back.
    """

    state: State
    fault: Fault
    at: datetime
    evidence: tuple[Evidence, ...]
    confidence: float
    doubts: tuple[str, ...] = ()


def breach_of(picture: Picture, mail: MeetingMail, event: Event, before: RememberedEvent | None) -> Breach | None:
    """What happened to a meeting that stands in the calendar; None when it stands as agreed."""
    return (
        _status_cancelled(picture, mail, event)
        or _withdrawn(picture, mail, event, before)
        or breach_by_mail(picture, mail, event)
    )


def breach_by_mail(picture: Picture, mail: MeetingMail, event: Event) -> Breach | None:
    """What iTIP mail alone tells: my CANCEL or late decline, or the organizer's CANCEL."""
    mine = mail.cancelled_by_me(event)
    if mine:
        rule = f"mail.my-{mine.invitation.method}"
        return Breach(State.CANCELLED, Fault.ME, mine.message.sent_at, (_from_mail(rule, mine),), 0.95)
    theirs, entitled = mail.cancelled_by_them(event)
    if theirs and not organized_by_me(event, picture.owner):
        doubts = () if entitled else ("the cancellation did not come from the organizer",)
        rule = "mail.their-cancel" if entitled else "mail.unverified-cancel"
        return Breach(
            State.CANCELLED,
            Fault.THEM,
            theirs.message.sent_at,
            (_from_mail(rule, theirs),),
            0.9 if entitled else 0.3,
            doubts,
        )
    return None


def vanished(picture: Picture, mail: MeetingMail, before: RememberedEvent) -> Breach | None:
    """What it means that a remembered occurrence is no longer in its calendar; None when it means nothing.

    The owner removed it, unless the organizer's CANCEL says otherwise. What was removed after it had ended is tidying
    up. Where the calendar cannot be trusted, or the removal may be tidying up, the doubt is said.
    """
    event, zone = before.event, picture.policy.zone
    gone_since = before.gone_since or picture.now
    never_agreed = my_participation(event, picture.owner) in (Participation.NEEDS_ACTION, Participation.DECLINED)
    if event.status is EventStatus.CANCELLED or moment(event.end, zone) <= before.last_seen_at:
        return None
    if never_agreed and not organized_by_me(event, picture.owner):
        return None
    shown = Evidence(
        "calendar.vanished", EvidenceSource.CALENDAR, event.uid, f"{event.title}: stood in the calendar, was removed"
    )
    theirs, entitled = mail.cancelled_by_them(event)
    if theirs and entitled:
        return Breach(
            State.CANCELLED, Fault.THEM, theirs.message.sent_at, (shown, _from_mail("mail.their-cancel", theirs)), 0.9
        )
    doubts = []
    if event.calendar in picture.agenda.doubtful or (picture.agenda.doubtful and not event.calendar):
        doubts.append("the calendar could not be trusted in this pass")
    if moment(event.start, zone) <= gone_since:
        doubts.append("it was removed after it had begun, which may be tidying up")
    mine = mail.cancelled_by_me(event)
    words = (_from_mail(f"mail.my-{mine.invitation.method}", mine),) if mine else ()
    return Breach(State.CANCELLED, Fault.ME, gone_since, (shown, *words), 0.95 if mine else 0.8, tuple(doubts))


def _status_cancelled(picture: Picture, mail: MeetingMail, event: Event) -> Breach | None:
    if event.status is not EventStatus.CANCELLED:
        return None
    at = event.modified_at or picture.now
    if at > picture.now:  # in a replay it was not cancelled yet
        return None
    shown = Evidence("calendar.cancelled", EvidenceSource.CALENDAR, event.uid, f"{event.title}: STATUS:CANCELLED")
    if organized_by_me(event, picture.owner):
        return Breach(State.CANCELLED, Fault.ME, at, (shown,), 0.95)
    mine = mail.cancelled_by_me(event)
    if mine:
        return Breach(State.CANCELLED, Fault.ME, mine.message.sent_at, (shown, _from_mail("mail.my-reply", mine)), 0.9)
    theirs, entitled = mail.cancelled_by_them(event)
    told = (_from_mail("mail.their-cancel", theirs),) if theirs and entitled else ()
    return Breach(State.CANCELLED, Fault.THEM, at, (shown, *told), 0.95)


def _withdrawn(picture: Picture, mail: MeetingMail, event: Event, before: RememberedEvent | None) -> Breach | None:
    """My answer is "declined" now, and it was "accepted" before."""
    if my_participation(event, picture.owner) is not Participation.DECLINED:
        return None
    accepted = before is not None and my_participation(before.event, picture.owner) is Participation.ACCEPTED
    at = event.modified_at if event.modified_at and event.modified_at <= picture.now else picture.now
    if not accepted and not mail.accepted_by_me(event):
        return None
    shown = Evidence(
        "calendar.declined-after-accepting",
        EvidenceSource.CALENDAR,
        event.uid,
        f"{event.title}: accepted first, declined now",
    )
    return Breach(State.CANCELLED, Fault.ME, at, (shown,), 0.9)


def _from_mail(rule: str, letter: Letter) -> Evidence:
    return Evidence(rule, EvidenceSource.MAIL, letter.message.id, letter.message.subject)
