"""Words about a meeting that stands in the calendar: which meeting they mean, and what they did to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.lapse import Fault
from crmlink.model.mail import Automatic, Message
from crmlink.model.meeting import Method, Participation
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import GIJS, OMAR, event, itip, mail, march, mine, picture, talking
from tests.unit.agreements.test_missed_meetings import away

NOW = march(11)
COFFEE = event(start=march(12), created=march(1))
MY_NO = talking(MeetingAct.CANCEL, fault="me")
THEIR_NO = talking(MeetingAct.CANCEL, fault="them")
MY_MOVE = talking(MeetingAct.RESCHEDULE, fault="me")


def _meetings(view: Picture) -> list[Agreement]:
    return [one for one in agreements(view) if one.kind is AgreementKind.MEETING]


def _states(view: Picture) -> dict[str, State]:
    return {one.ref: one.state for one in _meetings(view)}


TITLE = mine("woorden", march(9), subject="Re: Koffie")
ELSEWHERE = mine("woorden", march(9), subject="Donderdag")

ABOUT_IT = {
    "in a mail with its title": (TITLE, MY_NO),
    "naming its day": (ELSEWHERE, talking(MeetingAct.CANCEL, fault="me", when=march(12, 0))),
    "naming its hour": (ELSEWHERE, talking(MeetingAct.CANCEL, fault="me", when=march(12, 10))),
    "naming nothing, two days before it": (ELSEWHERE, MY_NO),
}
NOT_ABOUT_IT = {
    "naming another day": (ELSEWHERE, talking(MeetingAct.CANCEL, fault="me", when=march(13, 0))),
    "naming another hour of its day": (ELSEWHERE, talking(MeetingAct.CANCEL, fault="me", when=march(12, 15))),
    "to somebody else": (mine("woorden", march(9), to=(OMAR,), subject="Koffie"), MY_NO),
    "by a machine": (replace(TITLE, automatic=Automatic.AUTO_REPLY), MY_NO),
    "from before it was made": (replace(TITLE, sent_at=march(1).replace(month=2)), MY_NO),
}


@pytest.mark.parametrize(("message", "said"), ABOUT_IT.values(), ids=ABOUT_IT)
def test_words_call_it_off(message: Message, said: Reading) -> None:
    (agreement,) = _meetings(picture([message], now=NOW, events=[COFFEE], readings={"woorden": said}))
    assert (agreement.ref, agreement.state, agreement.fault) == ("koffie@test", State.CANCELLED, Fault.ME)
    assert agreement.evidence[0].ref == message.id


@pytest.mark.parametrize(("message", "said"), NOT_ABOUT_IT.values(), ids=NOT_ABOUT_IT)
def test_words_leave_it_alone(message: Message, said: Reading) -> None:
    view = picture([message], now=NOW, events=[COFFEE], readings={"woorden": said})
    assert _states(view)["koffie@test"] is State.OPEN


def test_words_in_the_conversation_of_the_invitation_are_about_it() -> None:
    invited = replace(mine("inv", march(2), subject="Uitnodiging"), invitations=(itip(Method.REQUEST, COFFEE),))
    no = mail("nee", march(9), subject="Re: Uitnodiging", answers="inv")
    view = picture([invited, no], now=NOW, events=[COFFEE], readings={"nee": THEIR_NO})
    assert [(one.state, one.fault) for one in _meetings(view)] == [(State.CANCELLED, Fault.THEM)]


def test_the_next_meeting_is_meant_by_words_in_a_conversation_about_several() -> None:
    later = event("later@test", march(19), created=march(1))
    view = picture([TITLE], now=NOW, events=[COFFEE, later], readings={"woorden": MY_NO})
    assert _states(view) == {"koffie@test": State.CANCELLED, "later@test": State.OPEN}


def test_a_day_decides_between_them() -> None:
    later = event("later@test", march(19), created=march(1))
    said = talking(MeetingAct.CANCEL, fault="me", when=march(19, 0))
    view = picture([TITLE], now=NOW, events=[COFFEE, later], readings={"woorden": said})
    assert _states(view) == {"koffie@test": State.OPEN, "later@test": State.CANCELLED}


def test_an_asked_but_unconfirmed_move_is_proposed() -> None:
    view = picture([TITLE], now=NOW, events=[COFFEE], readings={"woorden": MY_MOVE})
    (agreement,) = _meetings(view)
    assert (agreement.state, agreement.fault) == (State.PROPOSED, Fault.ME)


def test_a_move_away_from_its_own_time_is_asked_even_when_nobody_answered_and_it_passed() -> None:
    said = {"woorden": talking(MeetingAct.RESCHEDULE, fault="me", when=march(12))}
    view = picture([TITLE], now=march(16), events=[COFFEE, away()], readings=said)
    assert _states(view) == {"koffie@test": State.PROPOSED}


def test_a_move_to_the_time_at_which_the_entry_was_made_afterwards_is_done() -> None:
    said = {"woorden": talking(MeetingAct.RESCHEDULE, fault="me", when=march(12))}
    made = replace(COFFEE, created_at=march(9, 12), modified_at=march(9, 12))
    assert _states(picture([TITLE], now=NOW, events=[made], readings=said)) == {"koffie@test": State.OPEN}


def test_a_new_time_that_they_accept_makes_it_moved() -> None:
    yes = mail("ja", march(10), subject="Re: Koffie", answers="woorden")
    said = {"woorden": talking(MeetingAct.RESCHEDULE, fault="me", when=march(17)), "ja": talking(MeetingAct.ACCEPT)}
    assert _states(picture([TITLE, yes], now=NOW, events=[COFFEE], readings=said)) == {"koffie@test": State.MOVED}


def test_called_off_and_yet_at_its_own_time_it_stands() -> None:
    yes = mail("ja", march(10), subject="Re: Koffie", answers="woorden")
    said = {"woorden": MY_NO, "ja": talking(MeetingAct.ACCEPT, when=march(12))}
    assert _states(picture([TITLE, yes], now=NOW, events=[COFFEE], readings=said)) == {"koffie@test": State.OPEN}


def test_an_entry_dragged_to_a_new_time_after_the_words_stands() -> None:
    dragged = replace(COFFEE, start=march(17), end=march(17, 11), sequence=1, modified_at=march(9, 12))
    view = picture([TITLE], now=NOW, events=[dragged], readings={"woorden": MY_NO})
    assert _states(view) == {"koffie@test": State.OPEN}


def test_agreeing_in_talk_on_the_meeting_in_the_calendar_makes_one_agreement() -> None:
    ask = mail("vraag", march(1, 8), subject="Bijpraten")
    yes = mine("ja", march(1, 9), subject="Re: Bijpraten", answers="vraag")
    said = {"vraag": talking(MeetingAct.PROPOSE, when=march(12)), "ja": talking(MeetingAct.ACCEPT, when=march(12))}
    assert _states(picture([ask, yes], now=NOW, events=[COFFEE], readings=said)) == {"koffie@test": State.OPEN}


def test_talk_about_another_day_stays_an_agreement_of_its_own() -> None:
    ask = mail("vraag", march(2), subject="Bijpraten")
    said = {"vraag": talking(MeetingAct.PROPOSE, when=march(18))}
    assert _states(picture([ask], now=NOW, events=[COFFEE], readings=said)) == {
        "koffie@test": State.OPEN,
        "<vraag@test>": State.PROPOSED,
    }


def test_the_draft_would_answer_the_conversation_in_which_it_was_called_off() -> None:
    ask = mail("vraag", march(8), subject="Donderdag")
    no = replace(ELSEWHERE, in_reply_to=ask.id, references=(ask.id,))
    (agreement,) = _meetings(picture([ask, no], now=NOW, events=[COFFEE], readings={"woorden": MY_NO}))
    assert (agreement.anchor, agreement.contact.address) == (ask, GIJS.address)


UNANSWERED = event(start=march(12), created=march(1), their_answer=Participation.NEEDS_ACTION)


def test_a_yes_in_words_confirms_what_the_calendar_never_learned() -> None:
    yes = mail("ja", march(3), subject="Re: Koffie")
    assert _states(picture([yes], now=NOW, events=[UNANSWERED])) == {"koffie@test": State.PROPOSED}
    said = {"ja": talking(MeetingAct.ACCEPT)}
    assert _states(picture([yes], now=NOW, events=[UNANSWERED], readings=said)) == {"koffie@test": State.OPEN}
    assert _states(picture([yes], now=march(16), events=[UNANSWERED, away()], readings=said)) == {
        "koffie@test": State.MISSED
    }


def test_my_own_words_are_not_their_yes() -> None:
    mine_only = mine("ja", march(3), subject="Re: Koffie")
    view = picture([mine_only], now=NOW, events=[UNANSWERED], readings={"ja": talking(MeetingAct.ACCEPT)})
    assert _states(view) == {"koffie@test": State.PROPOSED}
