"""Meetings in talk alone: each act in its turn, and what the meeting is after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.talk import talked_meetings
from crmlink.model.agreement import Agreement, State
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Role
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import mail, march, mine, picture, promising, talking

ASK, YES, NO = MeetingAct.PROPOSE, MeetingAct.ACCEPT, MeetingAct.DECLINE
MOVE, OFF, GONE = MeetingAct.RESCHEDULE, MeetingAct.CANCEL, MeetingAct.NO_SHOW
DAY, NEW = march(12, 10), march(19, 10)
NOW = march(11)

Turn = tuple[str, Reading]
THEY, I = "they", "i"  # noqa: E741 -- reads as a sentence in the table

STATES: dict[str, tuple[list[Turn], State, Fault]] = {
    "a question is proposed": ([(THEY, talking(ASK, when=DAY))], State.PROPOSED, Fault.UNKNOWN),
    "a yes makes it agreed": ([(THEY, talking(ASK, when=DAY)), (I, talking(YES))], State.OPEN, Fault.UNKNOWN),
    "a yes from who asked does not": ([(I, talking(ASK, when=DAY)), (I, talking(YES))], State.PROPOSED, Fault.UNKNOWN),
    "a no ends the proposal": ([(THEY, talking(ASK, when=DAY)), (I, talking(NO))], State.WITHDRAWN, Fault.UNKNOWN),
    "a no after the yes calls it off": (
        [(THEY, talking(ASK, when=DAY)), (I, talking(YES)), (I, talking(NO))],
        State.CANCELLED,
        Fault.ME,
    ),
    "an asked move is proposed again": (
        [(THEY, talking(ASK, when=DAY)), (I, talking(YES)), (THEY, talking(MOVE, fault=Fault.THEM, when=NEW))],
        State.PROPOSED,
        Fault.THEM,
    ),
    "a move without a new day, not asked for, calls it off": (
        [(THEY, talking(ASK, when=DAY)), (I, talking(YES)), (THEY, talking(MOVE, fault=Fault.THEM))],
        State.CANCELLED,
        Fault.THEM,
    ),
    "an agreed move is moved": (
        [(I, talking(MOVE, fault=Fault.ME, when=NEW)), (THEY, talking(YES)), (I, talking(YES))],
        State.MOVED,
        Fault.UNKNOWN,
    ),
    "a move repeated by the other side is agreed": (
        [(I, talking(MOVE, fault=Fault.ME, when=NEW)), (THEY, talking(MOVE, fault=Fault.ME, when=NEW))],
        State.MOVED,
        Fault.UNKNOWN,
    ),
    "called off by them": (
        [(THEY, talking(ASK, when=DAY)), (I, talking(YES)), (THEY, talking(OFF, fault=Fault.THEM))],
        State.CANCELLED,
        Fault.THEM,
    ),
    "a kind answer to that changes nothing": (
        [(THEY, talking(YES, when=DAY)), (I, talking(OFF, fault=Fault.ME)), (THEY, talking(YES))],
        State.CANCELLED,
        Fault.ME,
    ),
    "a new day after it was called off is a move": (
        [
            (THEY, talking(YES, when=DAY)),
            (I, talking(OFF, fault=Fault.ME)),
            (THEY, talking(ASK, when=NEW)),
            (I, talking(YES)),
        ],
        State.MOVED,
        Fault.UNKNOWN,
    ),
    "nobody came": ([(THEY, talking(GONE, fault=Fault.ME, when=march(10)))], State.MISSED, Fault.ME),
}


def _told(turns: list[Turn]) -> tuple[list[Message], dict[str, Reading]]:
    mails, readings = [], {}
    for number, (who, reading) in enumerate(turns):
        name, answers = f"m{number}", f"m{number - 1}" if number else None
        make = mail if who == THEY else mine
        mails.append(make(name, march(3, 9 + number), subject="Koffie", text="woorden", answers=answers))
        readings[name] = reading
    return mails, readings


def _meetings(turns: list[Turn]) -> tuple[Agreement, ...]:
    mails, readings = _told(turns)
    return talked_meetings(picture(mails, now=NOW, readings=readings), taken=())


@pytest.mark.parametrize(("turns", "state", "fault"), STATES.values(), ids=STATES)
def test_after_the_last_word(turns: list[Turn], state: State, fault: Fault) -> None:
    (agreement,) = _meetings(turns)
    assert (agreement.state, agreement.fault) == (state, fault)


def test_what_was_agreed_is_kept_when_its_time_is_over() -> None:
    (agreement,) = _meetings([(THEY, talking(ASK, when=march(4))), (I, talking(YES))])
    assert agreement.state is State.KEPT


def test_a_cancelled_meeting_has_the_day_it_was_to_be() -> None:
    turns = [(THEY, talking(ASK, when=DAY)), (I, talking(YES)), (I, talking(OFF, fault=Fault.ME, when=march(12)))]
    (agreement,) = _meetings(turns)
    assert agreement.due == DAY


def test_after_a_missed_meeting_the_next_proposal_is_another() -> None:
    turns = [(THEY, talking(GONE, fault=Fault.ME, when=march(3))), (I, talking(ASK, when=NEW))]
    assert [(one.state, one.fault) for one in _meetings(turns)] == [
        (State.MISSED, Fault.ME),
        (State.PROPOSED, Fault.UNKNOWN),
    ]


def test_a_short_yes_without_a_word_about_meetings_agrees() -> None:
    mails, readings = _told([(I, talking(ASK, when=DAY))])
    mails.append(mail("yes", march(4), subject="Koffie", text="Prima!", answers="m0"))
    (agreement,) = talked_meetings(picture(mails, now=NOW, readings=readings), taken=())
    assert agreement.state is State.OPEN


def test_calling_off_in_a_new_conversation_means_the_agreed_one() -> None:
    mails, readings = _told([(THEY, talking(ASK, when=DAY)), (I, talking(YES))])
    mails.append(mine("off", march(10), subject="Donderdag"))
    readings["off"] = talking(OFF, fault=Fault.ME, when=march(12))
    (agreement,) = talked_meetings(picture(mails, now=NOW, readings=readings), taken=())
    assert (agreement.state, agreement.fault, agreement.due) == (State.CANCELLED, Fault.ME, DAY)


def test_a_mail_under_my_name_in_the_inbox_calls_nothing_off() -> None:
    mails, readings = _told([(THEY, talking(ASK, when=DAY)), (I, talking(YES))])
    mails.append(replace(mine("off", march(10), subject="Koffie", answers="m1"), role=Role.INBOX))
    readings["off"] = talking(OFF, fault=Fault.ME)
    (agreement,) = talked_meetings(picture(mails, now=NOW, readings=readings), taken=())
    assert agreement.state is State.OPEN


def test_what_is_put_off_after_a_promise_is_no_meeting() -> None:
    mails = [mine("made", march(3), subject="Kast"), mine("late", march(4), subject="Kast", answers="made")]
    readings = {"made": promising(), "late": talking(OFF, fault=Fault.ME)}
    assert talked_meetings(picture(mails, now=NOW, readings=readings), taken=()) == ()


def test_a_conversation_about_an_event_is_left_to_the_calendar() -> None:
    mails, readings = _told([(THEY, talking(ASK, when=DAY))])
    view = picture(mails, now=NOW, readings=readings)
    assert talked_meetings(view, taken={view.threads[0].id}) == ()
