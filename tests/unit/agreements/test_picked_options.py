"""Meetings that were accepted from a letter: in place of what broke, until they stand in a calendar, kept or broken again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picked import awaits_calendar, with_picked
from crmlink.agreements.picture import Picture
from crmlink.lapses.find import find_lapses
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.draft import Acceptance, Draft, DraftState, Option, Position, StoredDraft
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import Fault, LapseKind
from crmlink.model.mail import Message
from crmlink.model.meeting import Event, EventStatus
from crmlink.model.reading import MeetingAct, Reading, Register
from tests.picture_of import GIJS, OMAR, event, mail, march, mine, picture, talking

START = march(24, 10)
OPTION = Option(START, START + timedelta(hours=1))
ACCEPTED = Acceptance(OPTION, MessageId("<pick@test>"), "Dinsdag past.", march(19))
LETTER = mine("letter", march(18), subject="Re: Koffie")
PICK = mail("pick", march(19), text="Dinsdag past.", subject="Re: Koffie", answers="letter")
BROKEN = event("koffie@test", march(17), status=EventStatus.CANCELLED, created=march(1), modified=march(16))


def sent(agreement: str = "", *, option: Option = OPTION) -> StoredDraft:
    draft = Draft(
        lapse=LapseId("lapse"),
        message_id=MessageId("<letter@test>"),
        to=(GIJS,),
        subject="Re: Koffie",
        language="nl",
        register=Register.INFORMAL,
        options=(option,),
        body="",
        raw=b"",
    )
    return StoredDraft(
        draft,
        AgreementId(agreement),
        LapseKind.CANCELLED,
        Position("Drafts"),
        DraftState.ACCEPTED,
        created_at=march(18),
        acceptance=replace(ACCEPTED, option=option),
    )


def seen(
    *mails: Message, now: datetime, events: Iterable[Event] = (), readings: dict[str, Reading] | None = None
) -> Picture:
    return picture([LETTER, PICK, *mails], now=now, events=[BROKEN, *events], readings=readings)


def meetings(view: Picture) -> tuple[Agreement, ...]:
    before = agreements(view)
    broken = next((one.id for one in before if one.ref == BROKEN.uid), "")
    return tuple(one for one in with_picked(before, [sent(broken)], view) if one.kind is AgreementKind.MEETING)


def test_it_takes_the_place_of_the_meeting_that_broke() -> None:
    view = seen(now=march(20))
    assert [one.state for one in agreements(view)] == [State.CANCELLED]
    (new,) = meetings(view)
    assert (new.state, new.due, new.subject, new.contact.address) == (State.MOVED, START, "Koffie", GIJS.address)
    assert (new.evidence[0].rule, new.evidence[0].ref, new.quote) == ("mail.picked-option", PICK.id, "Dinsdag past.")
    assert awaits_calendar(new)
    assert find_lapses([new], view).standing == ()


def test_it_gives_way_to_an_entry_with_the_same_people_at_that_time() -> None:
    entered = event("nieuw@test", START + timedelta(minutes=15), created=march(20))
    found = meetings(seen(now=march(21), events=[entered]))
    assert [(one.ref, one.state) for one in found] == [("koffie@test", State.MOVED), ("nieuw@test", State.OPEN)]
    assert not any(awaits_calendar(one) for one in found)


@pytest.mark.parametrize(
    "other",
    [
        event("omar@test", START, others=[OMAR], created=march(2)),
        event("later@test", START + timedelta(days=1), created=march(2)),
    ],
    ids=["with somebody else", "at another time"],
)
def test_it_stays_beside_another_entry(other: Event) -> None:
    assert [one.state for one in meetings(seen(now=march(20), events=[other])) if awaits_calendar(one)] == [State.MOVED]


def test_it_is_kept_once_its_time_is_over() -> None:
    view = seen(now=march(24, 12))
    (new,) = meetings(view)
    assert new.state is State.KEPT
    assert not awaits_calendar(new)
    assert find_lapses([new], view).standing == ()


@pytest.mark.parametrize(
    ("act", "mails", "state", "fault", "kind"),
    [
        (MeetingAct.NO_SHOW, [mail("words", march(24, 14), answers="pick")], State.MISSED, Fault.ME, LapseKind.MISSED),
        (MeetingAct.NO_SHOW, [mine("words", march(24, 14), answers="pick")], State.MISSED, Fault.ME, LapseKind.MISSED),
        (MeetingAct.CANCEL, [mine("words", march(23), answers="pick")], State.CANCELLED, Fault.ME, LapseKind.CANCELLED),
        (
            MeetingAct.CANCEL,
            [mail("words", march(23), answers="pick")],
            State.CANCELLED,
            Fault.THEM,
            LapseKind.CANCELLED,
        ),
    ],
    ids=["they stood at my door", "I was not there", "I called it off", "they called it off"],
)
def test_breaking_it_again_is_another_lapse(
    act: MeetingAct, mails: list[Message], state: State, fault: Fault, kind: LapseKind
) -> None:
    view = seen(*mails, now=march(25), readings={"words": talking(act, fault=fault)})
    first = find_lapses(agreements(picture([LETTER], now=march(18), events=[BROKEN])), view).standing
    (new,) = meetings(view)
    (lapse,) = find_lapses([new], view).standing
    assert (new.state, new.fault, lapse.kind) == (state, fault, kind)
    assert lapse.id not in {one.id for one in first}
    assert new.evidence[-1].rule == "mail.picked-option"


def test_a_complaint_in_a_new_mail_counts_unless_it_names_another_day() -> None:
    complaint = mail("words", march(24, 14), subject="Waar was je?")
    named = talking(MeetingAct.NO_SHOW, fault=Fault.ME, when=march(24, 0))
    for words in (named, talking(MeetingAct.NO_SHOW, fault=Fault.ME)):
        (new,) = meetings(seen(complaint, now=march(25), readings={"words": words}))
        assert new.state is State.MISSED
    about_another = talking(MeetingAct.NO_SHOW, fault=Fault.ME, when=march(23, 0))
    found = meetings(seen(complaint, now=march(25), readings={"words": about_another}))
    assert [one.state for one in found if one.due == START] == [State.KEPT]


def test_a_yes_after_calling_off_makes_it_stand_again() -> None:
    off, on = mine("off", march(20), answers="pick"), mail("on", march(21), answers="off")
    view = seen(
        off,
        on,
        now=march(22),
        readings={"off": talking(MeetingAct.CANCEL), "on": talking(MeetingAct.ACCEPT, when=START)},
    )
    assert [one.state for one in meetings(view) if one.due == START] == [State.MOVED]


def test_words_under_my_name_in_the_inbox_call_nothing_off() -> None:
    forged = replace(mine("words", march(23), answers="pick"), role=PICK.role)
    (new,) = meetings(seen(forged, now=march(23, 12), readings={"words": talking(MeetingAct.CANCEL)}))
    assert new.state is State.MOVED


def test_what_talk_alone_knows_of_it_is_not_told_twice() -> None:
    readings = {"letter": talking(MeetingAct.PROPOSE, when=START), "pick": talking(MeetingAct.ACCEPT, when=START)}
    view = picture([LETTER, PICK], now=march(20), readings=readings)
    assert [one.state for one in agreements(view)] == [State.OPEN]
    found = with_picked(agreements(view), [sent()], view)
    assert [(one.state, one.due) for one in found] == [(State.MOVED, START)]


def test_one_of_long_ago_is_forgotten() -> None:
    old = Option(march(1, 10), march(1, 11))
    view = picture([], now=march(1) + timedelta(days=31))
    assert with_picked((), [sent(option=old)], view) == ()
