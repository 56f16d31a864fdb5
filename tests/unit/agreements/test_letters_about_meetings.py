"""iTIP letters about a meeting: who did what to which occurrence, in which version, and what it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crmlink.agreements.meetings import meetings
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement, State
from crmlink.model.contact import Address
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Agenda, Event, EventStatus, Method, Participation
from tests.picture_of import GIJS, ME, OMAR, event, itip, mail, march, mine, picture, seen

NOW = march(10)
MINE = event(created=march(1))
THEIRS = event(organizer=GIJS, created=march(1))
YES, NO, MAYBE = Participation.ACCEPTED, Participation.DECLINED, Participation.TENTATIVE


def theirs(method: Method, told: Event, day: int, *, sender: Address = GIJS) -> Message:
    """A letter of somebody else."""
    stamped = replace(told, modified_at=told.modified_at or march(day))
    return mail(f"{method}-{day}", march(day), sender=sender, invitations=[itip(method, stamped)])


def own(method: Method, told: Event, day: int) -> Message:
    """A letter of mine, in Sent."""
    stamped = replace(told, modified_at=told.modified_at or march(day))
    return replace(mine(f"{method}-{day}", march(day)), invitations=(itip(method, stamped),))


def answer(how: Participation, day: int, *, to: Event = THEIRS) -> Message:
    """My answer to an invitation."""
    return own(Method.REPLY, replace(to, attendees=tuple(replace(one, participation=how) for one in to.attendees)), day)


def their_answer(how: Participation, day: int, *, by: Address = GIJS) -> Message:
    """Somebody's answer to my invitation."""
    return theirs(Method.REPLY, event(others=(by,), their_answer=how), day, sender=by)


def _one(view: Picture) -> Agreement:
    (agreement,) = meetings(view)
    return agreement


STANDING = {
    "an invitation of mine": ([own(Method.REQUEST, MINE, 2)], MINE, State.OPEN),
    "an update that moves nothing": ([own(Method.REQUEST, MINE, 2), own(Method.REQUEST, replace(MINE, sequence=1), 4)], replace(MINE, sequence=1), State.OPEN),
    "a yes": ([their_answer(YES, 3)], MINE, State.OPEN),
    "a maybe after a yes": ([their_answer(YES, 3), their_answer(MAYBE, 4)], MINE, State.OPEN),
    "a no after a yes": ([their_answer(YES, 3), their_answer(NO, 4)], MINE, State.CANCELLED),
    "a yes after a no": ([their_answer(YES, 3), their_answer(NO, 4), their_answer(YES, 5)], MINE, State.OPEN),
    "a no of somebody who was not invited": ([their_answer(YES, 3, by=OMAR), their_answer(NO, 4, by=OMAR)], MINE, State.OPEN),
    "my yes": ([answer(YES, 3)], THEIRS, State.OPEN),
    "my no after my yes": ([answer(YES, 3), answer(NO, 4)], THEIRS, State.CANCELLED),
    "my yes again": ([answer(YES, 3), answer(NO, 4), answer(YES, 5)], THEIRS, State.OPEN),
    "my cancel": ([own(Method.CANCEL, replace(MINE, status=EventStatus.CANCELLED), 4)], MINE, State.CANCELLED),
    "my cancel, and a new invitation since": (
        [own(Method.CANCEL, replace(MINE, status=EventStatus.CANCELLED), 4), own(Method.REQUEST, replace(MINE, sequence=2), 5)],
        MINE,
        State.OPEN,
    ),
    "a cancel to the organizer from an attendee": (
        [theirs(Method.CANCEL, replace(MINE, status=EventStatus.CANCELLED, status_given=True), 4)], MINE, State.OPEN
    ),
    "another time asked by them": ([theirs(Method.COUNTER, MINE, 4)], MINE, State.PROPOSED),
    "another time asked by a stranger": ([theirs(Method.COUNTER, MINE, 4, sender=OMAR)], MINE, State.OPEN),
    "another time asked and turned down": (
        [theirs(Method.COUNTER, MINE, 4), own(Method.DECLINECOUNTER, MINE, 5)], MINE, State.OPEN
    ),
    "another time asked and given": (
        [theirs(Method.COUNTER, MINE, 4), own(Method.REQUEST, replace(MINE, sequence=1), 5)], replace(MINE, sequence=1), State.OPEN
    ),
    "another time asked by me": ([own(Method.COUNTER, THEIRS, 4)], THEIRS, State.PROPOSED),
    "a published copy": ([theirs(Method.PUBLISH, THEIRS, 4)], THEIRS, State.OPEN),
    "an occurrence added by ADD": ([theirs(Method.ADD, replace(THEIRS, start=march(13), end=march(13, 11)), 4)], THEIRS, State.OPEN),
    "somebody asking for the newest version": ([theirs(Method.REFRESH, MINE, 4)], MINE, State.OPEN),
}  # fmt: skip


@pytest.mark.parametrize(("letters", "standing", "state"), STANDING.values(), ids=STANDING)
def test_a_meeting_in_the_calendar_after(letters: list[Message], standing: Event, state: State) -> None:
    for order in (letters, letters[::-1]):
        assert _one(picture(order, now=NOW, events=[standing])).state is state


def test_one_no_of_two_leaves_the_meeting_standing() -> None:
    both = event(others=(GIJS, OMAR), created=march(1))
    assert _one(picture([their_answer(YES, 3), their_answer(NO, 4)], now=NOW, events=[both])).state is State.OPEN


def test_everybody_declined_in_the_calendar_after_a_yes_is_theirs() -> None:
    before = seen(MINE, march(5))
    agreement = _one(picture(now=NOW, events=[event(their_answer=NO)], remembered=[before]))
    assert (agreement.state, agreement.fault) == (State.CANCELLED, Fault.THEM)


def test_taking_everybody_off_the_list_is_mine_and_held() -> None:
    agreement = _one(picture(now=NOW, events=[event(others=())], remembered=[seen(MINE, march(5))]))
    assert (agreement.state, agreement.fault, bool(agreement.doubts)) == (State.CANCELLED, Fault.ME, True)


def _by_mail_alone(*letters: Message) -> list[tuple[State, datetime | None]]:
    view = replace(picture(letters, now=NOW), agenda=Agenda(configured=False))
    return [(one.state, one.due) for one in meetings(view)]


def test_without_a_calendar_an_invitation_is_known_from_mail() -> None:
    invited = theirs(Method.REQUEST, event(organizer=GIJS, my_answer=Participation.NEEDS_ACTION), 2)
    assert _by_mail_alone(invited) == [(State.PROPOSED, march(12))]


def test_without_a_calendar_the_newest_time_counts_whatever_the_order_of_arrival() -> None:
    old, new = (
        theirs(Method.REQUEST, THEIRS, 2),
        theirs(Method.REQUEST, replace(THEIRS, start=march(13), end=march(13, 11), sequence=1), 3),
    )
    assert _by_mail_alone(old, new) == _by_mail_alone(new, old) == [(State.OPEN, march(13))]


def test_a_time_told_by_a_stranger_is_not_believed() -> None:
    forged = replace(THEIRS, start=march(13), end=march(13, 11), sequence=5)
    assert _by_mail_alone(theirs(Method.REQUEST, THEIRS, 2), theirs(Method.REQUEST, forged, 3, sender=OMAR)) == [
        (State.OPEN, march(12))
    ]


WEEKLY = tuple(
    replace(MINE, start=march(12) + timedelta(weeks=week), end=march(12, 11) + timedelta(weeks=week), recurrence_id=f"2026-03-{12 + 7 * week}T09:00:00Z")
    for week in range(3)
)  # fmt: skip
SEEN = [seen(one, march(9)) for one in WEEKLY]


def test_one_meeting_taken_out_of_a_series_is_gone_and_held() -> None:
    view = picture(now=NOW, events=WEEKLY[:1] + WEEKLY[2:], remembered=SEEN)
    found = {one.due: one for one in meetings(view)}
    assert [one.state for one in found.values()] == [State.OPEN, State.CANCELLED, State.OPEN]
    assert found[march(19)].evidence[0].rule == "calendar.gone"
    assert found[march(19)].doubts == ("one meeting of a series is gone from the calendar without a cancellation",)


def test_with_my_cancel_in_sent_it_is_called_off_for_certain() -> None:
    told = own(Method.CANCEL, replace(WEEKLY[1], status=EventStatus.CANCELLED), 9)
    found = meetings(picture([told], now=NOW, events=WEEKLY[:1] + WEEKLY[2:], remembered=SEEN))
    assert [(one.state, one.doubts) for one in found][1] == (State.CANCELLED, ())


UNTOUCHED = {
    "a series that was cut short": WEEKLY[:1],
    "a series of which one was put on another day": (
        WEEKLY[0],
        replace(WEEKLY[1], recurrence_id="2026-03-20T09:00:00Z", start=march(20), end=march(20, 11)),
        WEEKLY[2],
    ),
    "a series that was rewritten": tuple(
        replace(one, recurrence_id=f"2026-03-{13 + 7 * week}T09:00:00Z", start=march(13) + timedelta(weeks=week), end=march(13, 11) + timedelta(weeks=week))
        for week, one in enumerate(WEEKLY)
    ),
}  # fmt: skip


@pytest.mark.parametrize("events", UNTOUCHED.values(), ids=UNTOUCHED)
def test_nothing_is_called_off_in(events: tuple[Event, ...]) -> None:
    assert {one.state for one in meetings(picture(now=NOW, events=events, remembered=SEEN))} <= {State.OPEN}


def test_the_earlier_time_of_a_moved_meeting_is_moved() -> None:
    later = replace(MINE, start=march(17), end=march(17, 11), sequence=1, modified_at=march(8))
    invited = own(Method.REQUEST, MINE, 2)
    for known in ({"mails": [invited]}, {"remembered": [seen(MINE, march(5))]}):
        states = {one.due: one.state for one in meetings(picture(now=NOW, events=[later], **known))}
        assert states == {march(12): State.MOVED, march(17): State.OPEN}


def test_a_letter_from_me_that_lies_in_the_inbox_moves_nothing() -> None:
    forged = replace(answer(NO, 4), role=Role.INBOX, sender=ME.mailbox)
    assert _one(picture([answer(YES, 3), forged], now=NOW, events=[THEIRS])).state is State.OPEN
