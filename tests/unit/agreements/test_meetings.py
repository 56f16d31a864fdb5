"""Meetings: what stands, what was called off and by whom, what vanished, what was only moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crmlink.agreements.meetings import meetings
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement, State
from crmlink.model.lapse import Fault
from crmlink.model.meeting import Attendee, EventStatus, Method, Participation
from tests.picture_of import GIJS, OMAR, event, itip, mail, march, mine, picture, seen

BY_ME = event(status=EventStatus.CANCELLED, modified=march(9))
BY_THEM = event(organizer=GIJS, status=EventStatus.CANCELLED, modified=march(9))
NOW = march(10)


def _one(view: Picture) -> Agreement:
    (agreement,) = meetings(view)
    return agreement


def test_a_coming_meeting_is_open_until_it_ended_and_kept_then() -> None:
    assert _one(picture(now=NOW, events=[event()])).state is State.OPEN
    assert _one(picture(now=march(13), events=[event()])).state is State.KEPT


def test_an_invitation_nobody_answered_is_proposed() -> None:
    assert _one(picture(now=NOW, events=[event(their_answer=Participation.NEEDS_ACTION)])).state is State.PROPOSED
    assert (
        _one(picture(now=NOW, events=[event(organizer=GIJS, my_answer=Participation.NEEDS_ACTION)])).state
        is State.PROPOSED
    )


def test_an_event_without_others_is_no_agreement() -> None:
    assert meetings(picture(now=NOW, events=[event(others=())])) == ()


def test_my_meeting_with_status_cancelled_is_my_fault() -> None:
    agreement = _one(picture(now=NOW, events=[BY_ME]))
    assert (agreement.state, agreement.fault, agreement.changed_at) == (State.CANCELLED, Fault.ME, march(9))
    assert agreement.evidence[0].rule == "calendar.cancelled"


def test_a_meeting_that_its_organizer_cancelled_is_theirs() -> None:
    agreement = _one(picture(now=NOW, events=[BY_THEM]))
    assert (agreement.state, agreement.fault) == (State.CANCELLED, Fault.THEM)


def test_in_a_replay_it_is_not_cancelled_yet() -> None:
    assert _one(picture(now=march(8), events=[BY_ME])).state is State.OPEN


def test_saying_no_after_yes_is_mine() -> None:
    before = seen(event(organizer=GIJS, my_answer=Participation.ACCEPTED), march(5))
    after = event(organizer=GIJS, my_answer=Participation.DECLINED, modified=march(9))
    agreement = _one(picture(now=NOW, events=[after], remembered=[before]))
    assert (agreement.state, agreement.fault) == (State.CANCELLED, Fault.ME)


def test_saying_no_to_a_fresh_invitation_breaks_nothing() -> None:
    declined = event(organizer=GIJS, my_answer=Participation.DECLINED)
    assert _one(picture(now=NOW, events=[declined])).state is State.WITHDRAWN


OTHER = event("ander@test", march(20), title="Ander", others=(OMAR,))


def test_a_meeting_that_vanished_was_called_off_by_me() -> None:
    agreement = _one(picture(now=NOW, remembered=[seen(event(), march(9))]))
    assert (agreement.state, agreement.fault, agreement.doubts) == (State.CANCELLED, Fault.ME, ())
    assert agreement.evidence[0].rule == "calendar.vanished"


def test_a_series_that_vanished_is_one_agreement() -> None:
    weekly = [replace(event(start=march(12) + timedelta(weeks=week)), recurrence_id=str(week)) for week in range(4)]
    assert _one(picture(now=NOW, remembered=[seen(one, march(9)) for one in weekly])).due == march(12)


VANISHED_FOR_NOTHING = {
    "it stands in another calendar now": {
        "events": [event(calendar="Privé", others=())],
        "remembered": [seen(event(), march(9))],
    },
    "it had ended when it was last seen": {"remembered": [seen(event(start=march(8)), march(9))]},
    "it was an invitation I never accepted": {
        "remembered": [seen(event(organizer=GIJS, my_answer=Participation.NEEDS_ACTION), march(9))]
    },
    "it was cancelled before it vanished": {"remembered": [seen(BY_ME, march(9))]},
}


@pytest.mark.parametrize("world", VANISHED_FOR_NOTHING.values(), ids=VANISHED_FOR_NOTHING)
def test_absence_means_nothing_when(world: dict[str, list[object]]) -> None:
    assert meetings(picture(now=NOW, **world)) == ()  # type: ignore[arg-type]  # the table mixes fields


def test_in_a_doubtful_calendar_absence_is_held_back() -> None:
    agreement = _one(picture(now=NOW, remembered=[seen(event(), march(9))], doubtful=["Agenda"]))
    assert agreement.doubts == ("the calendar could not be trusted in this pass",)


def test_while_another_calendar_cannot_be_reached_it_may_have_moved_there() -> None:
    agreement = _one(picture(now=NOW, remembered=[seen(event(), march(9))], doubtful=["calendar:dav.example.nl"]))
    assert agreement.doubts == ("the calendar could not be trusted in this pass",)


def test_a_doubt_about_another_calendar_that_was_read_says_nothing_of_this_one() -> None:
    alone = event("elders@test", calendar="Privé", others=())
    agreement = _one(picture(now=NOW, events=[alone], remembered=[seen(event(), march(9))], doubtful=["Privé"]))
    assert agreement.doubts == ()


def test_removal_after_it_began_may_be_tidying_up() -> None:
    agreement = _one(picture(now=march(13), remembered=[seen(event(), march(11), gone_since=march(13))]))
    assert "tidying up" in agreement.doubts[0]


def test_what_the_organizer_cancelled_by_mail_and_vanished_is_theirs() -> None:
    theirs = replace(event(organizer=GIJS, status=EventStatus.CANCELLED), status_given=True)
    told = mail("cancel", march(9, 12), invitations=[itip(Method.CANCEL, theirs)])
    agreement = _one(picture([told], now=NOW, remembered=[seen(event(organizer=GIJS), march(9))]))
    assert (agreement.fault, agreement.anchor) == (Fault.THEM, told)


def test_a_cancel_from_somebody_else_is_unverified() -> None:
    forged = mail(
        "cancel", march(9, 12), sender=OMAR, invitations=[itip(Method.CANCEL, replace(BY_THEM, status_given=True))]
    )
    agreement = _one(picture([forged], now=NOW, events=[event(organizer=GIJS)]))
    assert agreement.doubts == ("the cancellation did not come from the organizer",)


def test_a_cancel_inside_a_forwarded_mail_is_no_evidence() -> None:
    forwarded = mail(
        "fwd", march(9, 12), invitations=[itip(Method.CANCEL, replace(BY_THEM, status_given=True), in_forward=True)]
    )
    assert _one(picture([forwarded], now=NOW, events=[event(organizer=GIJS)])).state is State.OPEN


def test_an_older_cancel_does_not_undo_a_newer_invitation() -> None:
    old = mail(
        "cancel", march(9, 12), invitations=[itip(Method.CANCEL, replace(BY_THEM, status_given=True, sequence=1))]
    )
    assert _one(picture([old], now=NOW, events=[event(organizer=GIJS, sequence=2)])).state is State.OPEN


def test_my_cancel_in_sent_is_mine_without_any_calendar() -> None:
    sent = replace(mine("cancel", march(9)), invitations=(itip(Method.CANCEL, BY_ME),))
    agreement = _one(picture([sent], now=NOW))
    assert (agreement.state, agreement.fault, agreement.others) == (State.CANCELLED, Fault.ME, (GIJS,))


def test_my_decline_after_accepting_in_mail_is_mine() -> None:
    yes = replace(
        mine("yes", march(5)),
        invitations=(itip(Method.REPLY, event(organizer=GIJS, my_answer=Participation.ACCEPTED)),),
    )
    no = replace(
        mine("no", march(9)), invitations=(itip(Method.REPLY, event(organizer=GIJS, my_answer=Participation.DECLINED)),)
    )
    assert _one(picture([yes, no], now=NOW)).fault is Fault.ME
    assert meetings(picture([no], now=NOW)) == ()


def test_a_new_meeting_with_the_same_person_makes_it_moved() -> None:
    new = event("nieuw@test", march(19), created=march(9, 11))
    found = {one.ref: one.state for one in meetings(picture(now=NOW, events=[BY_ME, new]))}
    assert found == {"koffie@test": State.MOVED, "nieuw@test": State.OPEN}


def test_an_invitation_of_mine_that_they_accepted_makes_it_moved_and_stands() -> None:
    invited = event("nieuw@test", march(20), created=march(11), their_answer=Participation.NEEDS_ACTION)
    reply = mail(
        "ja",
        march(12),
        invitations=[itip(Method.REPLY, replace(invited, attendees=(Attendee(GIJS, Participation.ACCEPTED),)))],
    )
    broken = event(status=EventStatus.CANCELLED, created=march(1), modified=march(10))
    found = meetings(picture([reply], now=march(12, 12), events=[broken, invited]))
    assert [(one.state, one.evidence[-1].rule) for one in found] == [
        (State.MOVED, "calendar.new-date"),
        (State.OPEN, "calendar.event"),
    ]
    later = meetings(picture([reply], now=march(21), events=[broken, invited]))
    assert [one.state for one in later] == [State.MOVED, State.KEPT]


def test_an_older_meeting_with_the_same_person_does_not() -> None:
    standing = event("vast@test", march(19), created=march(1))
    found = {one.ref: one.state for one in meetings(picture(now=NOW, events=[BY_ME, standing]))}
    assert found["koffie@test"] is State.CANCELLED


def test_the_draft_would_answer_their_newest_mail_in_the_conversation() -> None:
    invitation = replace(mine("inv", march(2)), invitations=(itip(Method.REQUEST, event()),))
    answer = mail("answer", march(3), subject="Re: Koffie", answers="inv")
    assert _one(picture([invitation, answer], now=NOW, events=[BY_ME])).anchor == answer


def test_without_an_invitation_a_mail_with_the_title_as_subject_is_the_anchor() -> None:
    talk = mail("talk", march(3), subject="Koffie")
    assert _one(picture([talk, mail("other", march(4), subject="Iets anders")], now=NOW, events=[BY_ME])).anchor == talk


def test_the_identity_survives_a_new_sequence() -> None:
    one = _one(picture(now=NOW, events=[BY_ME]))
    two = _one(picture(now=NOW, events=[replace(BY_ME, sequence=4, modified_at=march(9, 20))]))
    vanished = _one(picture(now=NOW, remembered=[seen(event(), march(9))]))
    assert one.id == two.id == vanished.id


def test_rooms_and_decliners_get_no_apology() -> None:
    room = replace(event(), attendees=tuple(replace(one, room=True) for one in event().attendees))
    assert meetings(picture(now=NOW, events=[room])) == ()
    declined = _one(picture(now=NOW, events=[event(their_answer=Participation.DECLINED)]))
    assert declined.state is State.WITHDRAWN
