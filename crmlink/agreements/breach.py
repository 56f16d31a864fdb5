"""How a meeting broke, if it did: what shows it, whose side it was, how sure that is.

The calendar comes before mail, iTIP before words, and words before signs. A cancellation by mail alone counts for what its
sender's standing is worth: what is not proven is listed with the doubt, and no letter is written about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.agreements.attendance import (
    accepted_by_me,
    everyone_of,
    moment,
    my_participation,
    organized_by_me,
    others_of,
    their_participations,
)
from crmlink.agreements.meeting_mail import Letter
from crmlink.agreements.picture import Picture
from crmlink.agreements.scheduling import Cancellation, Scheduling
from crmlink.agreements.trust import Standing
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message
from crmlink.model.meeting import Agenda, Event, EventStatus, Participation
from crmlink.model.memory import RememberedEvent

NOT_THE_ORGANIZER = "the cancellation did not come from the organizer"
NOT_PROVEN = "it is not proven that the cancellation came from the organizer, and no calendar confirms it"
UNINVITED = "you were only taken off the list; the meeting itself may still take place"
OTHER_ORGANIZER = "an update by mail names another organizer"
NOT_TRUSTED = "the calendar could not be trusted in this pass"
TIDYING_UP = "it was removed after it had begun, which may be tidying up"
NOBODY_LEFT = "everybody was taken off the list of a meeting that still stands in the calendar"
ONE_OCCURRENCE = "one meeting of a series is gone from the calendar without a cancellation"


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken meeting: the state it is in, since when (aware), by whom, and why we think so.

    `doubts` are sentences; any of them keeps the draft back. `answers` is the mail a draft should answer, None for the
    newest of the conversation.
    """

    state: State
    fault: Fault
    at: datetime
    evidence: tuple[Evidence, ...]
    confidence: float
    doubts: tuple[str, ...] = ()
    answers: Message | None = None


def breach_in_calendar(
    picture: Picture, letters: Scheduling, event: Event, before: RememberedEvent | None
) -> Breach | None:
    """What the calendar entry and the letters about it say happened; None when it stands as agreed."""
    return (
        _status_cancelled(picture, letters, event)
        or _withdrawn(picture, letters, event, before)
        or _all_declined(picture, letters, event, before)
        or breach_by_mail(picture, letters, event)
    )


def breach_by_mail(picture: Picture, letters: Scheduling, event: Event) -> Breach | None:
    """What iTIP mail alone tells: a CANCEL, a late decline, or another time asked for and not agreed."""
    mine = letters.cancelled_by_me(event)
    if mine:
        shown = _from_mail(f"mail.my-{mine.invitation.method}", mine)
        return Breach(State.CANCELLED, Fault.ME, mine.message.sent_at, (shown,), 0.95)
    if organized_by_me(event, picture.owner):
        no = letters.declined_by_them(event)
        if no:
            letter, accepted_before = no
            state = State.CANCELLED if accepted_before else State.WITHDRAWN
            shown = _from_mail("mail.their-decline", letter)
            return Breach(state, Fault.THEM, letter.message.sent_at, (shown,), 0.9)
    else:
        theirs = letters.cancelled_by_them(event)
        if theirs:
            return _by_their_cancel(theirs)
    asked = letters.countered(event)
    if asked:
        fault = Fault.ME if asked.message.from_me else Fault.THEM
        shown = _from_mail("mail.counter", asked)
        return Breach(State.PROPOSED, fault, asked.message.sent_at, (shown,), 0.9)
    return None


def _by_their_cancel(theirs: Cancellation) -> Breach:
    letter, standing = theirs.letter, theirs.standing
    if theirs.uninvited and standing is not Standing.STRANGER:
        shown = _from_mail("mail.uninvited", letter)
        said = (UNINVITED,) if standing is Standing.VERIFIED else (UNINVITED, NOT_PROVEN)
        return Breach(State.CANCELLED, Fault.UNKNOWN, letter.message.sent_at, (shown,), 0.5, said)
    rule, confidence, doubt = _WORTH[standing]
    shown = _from_mail(rule, letter)
    doubts = (doubt,) if doubt else ()
    return Breach(State.CANCELLED, Fault.THEM, letter.message.sent_at, (shown,), confidence, doubts)


_WORTH = {
    Standing.VERIFIED: ("mail.their-cancel", 0.95, ""),
    Standing.UNVERIFIED: ("mail.their-cancel", 0.7, NOT_PROVEN),
    Standing.RELAYED: ("mail.relayed-cancel", 0.6, NOT_PROVEN),
    Standing.STRANGER: ("mail.unverified-cancel", 0.3, NOT_THE_ORGANIZER),
}


def vanished(picture: Picture, letters: Scheduling, before: RememberedEvent, *, from_series: bool) -> Breach | None:
    """What it means that a remembered occurrence is no longer in its calendar; None when it means nothing.

    The owner removed it, unless the organizer's CANCEL says otherwise. What was removed after it had ended is tidying
    up. Where the calendar cannot be trusted, the removal may be tidying up, or only one meeting of a series is gone
    (`from_series`: an EXDATE may be anybody's), the doubt is said.
    """
    event, zone = before.event, picture.policy.zone
    gone_since = before.gone_since or (before.last_seen_at if from_series else picture.now)
    never_agreed = my_participation(event, picture.owner) in (Participation.NEEDS_ACTION, Participation.DECLINED)
    if event.status is EventStatus.CANCELLED or moment(event.end, zone) <= before.last_seen_at:
        return None
    if never_agreed and not organized_by_me(event, picture.owner):
        return None
    shown = Evidence(
        "calendar.gone" if from_series else "calendar.vanished",
        EvidenceSource.CALENDAR,
        event.uid,
        f"{event.title}: stood in your calendar, was removed",
    )
    theirs = None if organized_by_me(event, picture.owner) else letters.cancelled_by_them(event)
    if theirs and theirs.standing is not Standing.STRANGER:
        words = _from_mail("mail.their-cancel", theirs.letter)
        return Breach(State.CANCELLED, Fault.THEM, theirs.letter.message.sent_at, (shown, words), 0.9)
    doubts = [NOT_THE_ORGANIZER] if theirs else []
    if _may_stand_unseen(picture.agenda, event):
        doubts.append(NOT_TRUSTED)
    if moment(event.start, zone) <= gone_since:
        doubts.append(TIDYING_UP)
    mine = letters.cancelled_by_me(event)
    if from_series and not mine:
        doubts.append(ONE_OCCURRENCE)
    words_of_mine = (_from_mail(f"mail.my-{mine.invitation.method}", mine),) if mine else ()
    evidence = (shown, *words_of_mine)
    return Breach(State.CANCELLED, Fault.ME, gone_since, evidence, 0.95 if mine else 0.8, tuple(doubts))


def _may_stand_unseen(agenda: Agenda, event: Event) -> bool:
    """Whether the event may be in its own calendar all the same, or was moved to one that could not be read at all."""
    unreached = set(agenda.doubtful) - set(agenda.uids)
    return event.calendar in agenda.doubtful or bool(unreached) or bool(agenda.doubtful and not event.calendar)


def emptied(picture: Picture, event: Event, before: RememberedEvent | None) -> Breach | None:
    """A coming meeting of mine that still stands in its calendar, but from which everybody was taken off."""
    if before is None or before.event.calendar != event.calendar or everyone_of(event, picture.owner):
        return None
    ahead = moment(before.event.start, picture.policy.zone) > before.last_seen_at
    if not ahead or not organized_by_me(before.event, picture.owner) or not others_of(before.event, picture.owner):
        return None
    said = f"{event.title}: stood in the calendar with others, stands there without"
    shown = Evidence("calendar.emptied", EvidenceSource.CALENDAR, event.uid, said)
    return Breach(State.CANCELLED, Fault.ME, _changed_at(picture, event), (shown,), 0.7, (NOBODY_LEFT,))


def _status_cancelled(picture: Picture, letters: Scheduling, event: Event) -> Breach | None:
    if event.status is not EventStatus.CANCELLED:
        return None
    at = event.modified_at or picture.now
    if at > picture.now:  # in a replay it was not cancelled yet
        return None
    shown = Evidence(
        "calendar.cancelled", EvidenceSource.CALENDAR, event.uid, f"{event.title}: marked as cancelled in your calendar"
    )
    if organized_by_me(event, picture.owner):
        return Breach(State.CANCELLED, Fault.ME, at, (shown,), 0.95)
    mine = letters.cancelled_by_me(event)
    if mine:
        return Breach(State.CANCELLED, Fault.ME, mine.message.sent_at, (shown, _from_mail("mail.my-reply", mine)), 0.9)
    theirs = letters.cancelled_by_them(event)
    told = (_from_mail("mail.their-cancel", theirs.letter),) if theirs and _may(theirs) else ()
    return Breach(State.CANCELLED, Fault.THEM, at, (shown, *told), 0.95)


def _may(theirs: Cancellation) -> bool:
    return theirs.standing is not Standing.STRANGER


def _withdrawn(picture: Picture, letters: Scheduling, event: Event, before: RememberedEvent | None) -> Breach | None:
    """My answer is "declined" now, and it was "accepted" before."""
    if my_participation(event, picture.owner) is not Participation.DECLINED:
        return None
    accepted = before is not None and my_participation(before.event, picture.owner) is Participation.ACCEPTED
    if not accepted and not letters.accepted_by_me(event):
        return None
    said = f"{event.title}: accepted first, declined now"
    shown = Evidence("calendar.declined-after-accepting", EvidenceSource.CALENDAR, event.uid, said)
    return Breach(State.CANCELLED, Fault.ME, _changed_at(picture, event), (shown,), 0.9)


def _all_declined(picture: Picture, letters: Scheduling, event: Event, before: RememberedEvent | None) -> Breach | None:
    """Nobody whom I invited comes any more; somebody had accepted."""
    if not organized_by_me(event, picture.owner) or others_of(event, picture.owner):
        return None
    if not everyone_of(event, picture.owner):
        return None
    accepted = before is not None and Participation.ACCEPTED in their_participations(before.event, picture.owner)
    state = State.CANCELLED if accepted or letters.said_yes(event) else State.WITHDRAWN
    said = f"{event.title}: declined by everybody invited"
    shown = Evidence("calendar.declined-by-them", EvidenceSource.CALENDAR, event.uid, said)
    return Breach(state, Fault.THEM, _changed_at(picture, event), (shown,), 0.9)


def _changed_at(picture: Picture, event: Event) -> datetime:
    return event.modified_at if event.modified_at and event.modified_at <= picture.now else picture.now


def is_agreed(picture: Picture, letters: Scheduling, event: Event) -> bool:
    """Whether an event that only mail knows was ever agreed: invited by me, or accepted by me.

    Where no calendar is read, an invitation to me is all there is to know.
    """
    if organized_by_me(event, picture.owner):
        return True
    return accepted_by_me(event, picture.owner) or letters.accepted_by_me(event) or not picture.agenda.configured


def _from_mail(rule: str, letter: Letter) -> Evidence:
    return Evidence(rule, EvidenceSource.MAIL, letter.message.id, letter.message.subject)
