"""Missed meetings: never by guess. Each sign alone, signs together, what speaks against, and whose side it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.meetings import meetings
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement, State
from crmlink.model.lapse import Fault
from crmlink.model.mail import Automatic, Message, Role
from crmlink.model.meeting import Event, Participation
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import GIJS, ME, OMAR, event, mail, march, mine, picture, seen, talking

COFFEE = event(start=march(12), created=march(1))
NOW = march(16)
STOOD_HERE = talking(MeetingAct.NO_SHOW, fault="me")
NOT_THERE = talking(MeetingAct.NO_SHOW, fault="them")


def away(title: str = "Wereldreis", first: int = 11, last: int = 20, *, busy: bool = True) -> Event:
    """An away block over whole days of March, the last included."""
    block = event("blok@test", title=title, others=(), organizer=None, created=march(1))
    return replace(block, start=date(2026, 3, first), end=date(2026, 3, last + 1), busy=busy)


def _only(view: Picture, uid: str = "koffie@test") -> Agreement:
    (agreement,) = (one for one in meetings(view) if one.ref == uid)
    return agreement


def _at(view: Picture) -> tuple[State, Fault]:
    agreement = _only(view)
    return agreement.state, agreement.fault


COMPLAINT = mail("klacht", march(12, 19), subject="Vanmiddag", text="Ik stond voor een dichte deur.")

SHOWS_IT = {
    "an away block over it": {"events": [COFFEE, away()]},
    "a day off that the mail client wrote as free": {"events": [COFFEE, away("Vrij", 12, 12, busy=False)]},
    "their words in a conversation of their own": {
        "mails": [COMPLAINT],
        "events": [COFFEE],
        "readings": {"klacht": STOOD_HERE},
    },
    "their words four days later": {
        "mails": [replace(COMPLAINT, sent_at=march(16, 9))],
        "events": [COFFEE],
        "readings": {"klacht": STOOD_HERE},
    },
    "my words afterwards": {
        "mails": [mine("sorry", march(13), subject="Sorry")],
        "events": [COFFEE],
        "readings": {"sorry": STOOD_HERE},
    },
    "a category of the owner": {"events": [replace(COFFEE, categories=("Gemist",))]},
    "a mark of the owner before the title": {"events": [replace(COFFEE, title="[gemist] Koffie")]},
}
SHOWS_NOTHING = {
    "silence": {"events": [COFFEE]},
    "another meeting at the same time": {
        "events": [COFFEE, event("ander@test", march(12), title="Intake", others=(OMAR,))]
    },
    "my absence reply of that day": {
        "mails": [replace(mine("ooo", march(12, 12)), automatic=Automatic.AUTO_REPLY)],
        "events": [COFFEE],
    },
    "an away block that ended the day before": {"events": [COFFEE, away("Vrij", 11, 11)]},
    "an away block that somebody else organised": {"events": [COFFEE, replace(away(), organizer=OMAR)]},
    "a trip to the place where the meeting is": {
        "events": [replace(COFFEE, location="Berlijn, Mitte"), away("Reis Berlijn")]
    },
    "an away block over an invitation I did not accept": {
        "events": [event(organizer=GIJS, my_answer=Participation.NEEDS_ACTION, start=march(12)), away()]
    },
    "an away block over an invitation they did not accept": {
        "events": [event(start=march(12), their_answer=Participation.NEEDS_ACTION), away()]
    },
    "an away block over a whole day with others": {
        "events": [replace(COFFEE, start=date(2026, 3, 12), end=date(2026, 3, 13)), away()]
    },
    "an away block over a time in an unknown zone": {"events": [replace(COFFEE, zone_known=False), away()]},
    "words of theirs about another day": {
        "mails": [COMPLAINT],
        "events": [COFFEE],
        "readings": {"klacht": talking(MeetingAct.NO_SHOW, fault="me", when=march(10, 0))},
    },
    "words of somebody else": {
        "mails": [replace(COMPLAINT, sender=OMAR)],
        "events": [COFFEE],
        "readings": {"klacht": STOOD_HERE},
    },
    "words from before it began": {
        "mails": [replace(COMPLAINT, sent_at=march(12, 9))],
        "events": [COFFEE],
        "readings": {"klacht": STOOD_HERE},
    },
    "words in the trash": {
        "mails": [replace(COMPLAINT, role=Role.TRASH)],
        "events": [COFFEE],
        "readings": {"klacht": STOOD_HERE},
    },
    "a word in a title that is no mark": {"events": [replace(COFFEE, title="Gemiste kansen bespreken")]},
}


@pytest.mark.parametrize("world", SHOWS_IT.values(), ids=SHOWS_IT)
def test_missed_by_me_is_shown_by(world: dict[str, object]) -> None:
    assert _at(picture(**{"now": NOW} | world)) == (State.MISSED, Fault.ME)  # type: ignore[arg-type]  # the table mixes fields


@pytest.mark.parametrize("world", SHOWS_NOTHING.values(), ids=SHOWS_NOTHING)
def test_nothing_is_shown_by(world: dict[str, object]) -> None:
    assert _only(picture(**{"now": NOW} | world)).state is State.KEPT  # type: ignore[arg-type]  # the table mixes fields


def test_a_meeting_that_has_not_ended_is_not_missed_yet() -> None:
    view = picture([replace(COMPLAINT, sent_at=march(12, 10, 20))], now=march(12, 10, 30), events=[COFFEE])
    assert _only(replace(view, readings={COMPLAINT.id: STOOD_HERE})).state is State.OPEN


def test_it_happened_when_it_began_and_names_block_event_and_silence() -> None:
    agreement = _only(picture(now=NOW, events=[COFFEE, away()]))
    assert agreement.changed_at == march(12)
    found = [(one.rule, one.quote) for one in agreement.evidence]
    assert found[0] == ("calendar.away", "Wereldreis")
    assert [rule for rule, _ in found[1:]] == ["mail.silence", "calendar.event"]


def test_after_a_mail_of_mine_nobody_says_that_i_was_silent() -> None:
    view = picture([mine("iets", march(13), subject="Factuur")], now=NOW, events=[COFFEE, away()])
    assert "mail.silence" not in {one.rule for one in _only(view).evidence}


def test_words_and_block_together_are_surer_and_the_complaint_is_answered() -> None:
    view = picture([COMPLAINT], now=NOW, events=[COFFEE, away()], readings={"klacht": STOOD_HERE})
    agreement = _only(view)
    assert agreement.confidence > _only(picture(now=NOW, events=[COFFEE, away()])).confidence
    assert agreement.anchor == COMPLAINT
    assert agreement.evidence[0].ref == COMPLAINT.id


def test_the_invitation_is_answered_when_nobody_complained() -> None:
    talk = mail("praat", march(3), subject="Koffie")
    assert _only(picture([talk], now=NOW, events=[COFFEE, away()])).anchor == talk


def test_a_mail_of_theirs_that_day_is_answered_whatever_its_words() -> None:
    plain = replace(COMPLAINT, text="Ik was er om tien uur.")
    assert _only(picture([plain], now=NOW, events=[COFFEE, away()])).anchor == plain


def test_a_complaint_makes_no_second_agreement() -> None:
    view = picture([COMPLAINT], now=NOW, events=[COFFEE], readings={"klacht": STOOD_HERE})
    assert [one.ref for one in agreements(view)] == ["koffie@test"]


def test_a_complaint_is_about_the_last_meeting_before_it() -> None:
    earlier = event("eerder@test", march(9), title="Bezoek", created=march(1))
    view = picture([COMPLAINT], now=NOW, events=[earlier, COFFEE], readings={"klacht": STOOD_HERE})
    assert {one.ref: one.state for one in meetings(view)} == {"eerder@test": State.KEPT, "koffie@test": State.MISSED}


def test_a_complaint_that_names_the_day_is_about_that_day() -> None:
    earlier = event("eerder@test", march(9), title="Bezoek", created=march(1))
    said = talking(MeetingAct.NO_SHOW, fault="me", when=march(9, 0))
    view = picture([COMPLAINT], now=NOW, events=[earlier, COFFEE], readings={"klacht": said})
    assert {one.ref: one.state for one in meetings(view)} == {"eerder@test": State.MISSED, "koffie@test": State.KEPT}


THEY_WERE_MISSING = {
    "they say so": [mail("sorry", march(12, 19), subject="Sorry")],
    "I asked where they were": [mine("waar", march(12, 11), subject="Waar ben je?")],
}


@pytest.mark.parametrize("mails", THEY_WERE_MISSING.values(), ids=THEY_WERE_MISSING)
def test_they_were_missing_when(mails: list[Message]) -> None:
    readings = {"sorry": NOT_THERE, "waar": NOT_THERE}
    assert _at(picture(mails, now=NOW, events=[COFFEE], readings=readings)) == (State.MISSED, Fault.THEM)


def test_a_no_show_mark_does_not_say_whose() -> None:
    assert _at(picture(now=NOW, events=[replace(COFFEE, categories=("No-show",))])) == (State.MISSED, Fault.UNKNOWN)


TOOK_PLACE = {
    "their thanks": mail("dank", march(12, 15), subject="Dank", text="Leuk je gesproken te hebben!"),
    "my thanks": mine("dank", march(13), subject="Dank", text="Fijn dat je er was."),
    "the minutes": mail("dank", march(13), subject="Verslag", text="Bijgaand de notulen."),
}


@pytest.mark.parametrize("message", TOOK_PLACE.values(), ids=TOOK_PLACE)
def test_that_it_took_place_is_shown_by(message: Message) -> None:
    assert _only(picture([message], now=NOW, events=[COFFEE, away()])).state is State.KEPT


def test_thanks_for_another_meeting_weeks_later_prove_nothing() -> None:
    late = mail("dank", march(25), subject="Iets anders", text="Leuk je gesproken te hebben!")
    assert _only(picture([late], now=march(26), events=[COFFEE, away()])).state is State.MISSED


NOT_MISSED_BUT = {
    "I called it off in words before": (
        [mine("af", march(10), subject="Koffie")],
        {"af": talking(MeetingAct.CANCEL, fault="me")},
        State.CANCELLED,
    ),
    "I asked for another time before": (
        [mine("af", march(10), subject="Koffie")],
        {"af": talking(MeetingAct.RESCHEDULE, fault="me", when=march(19))},
        State.PROPOSED,
    ),
    "they called it off before": (
        [mail("af", march(10), subject="Koffie")],
        {"af": talking(MeetingAct.CANCEL, fault="them")},
        State.CANCELLED,
    ),
}


@pytest.mark.parametrize(("mails", "readings", "state"), NOT_MISSED_BUT.values(), ids=NOT_MISSED_BUT)
def test_an_away_block_is_no_miss_when(mails: list[Message], readings: dict[str, Reading], state: State) -> None:
    assert _only(picture(mails, now=NOW, events=[COFFEE, away()], readings=readings)).state is state


def test_a_new_date_with_the_same_person_makes_it_moved() -> None:
    new = event("nieuw@test", march(24), created=march(13))
    assert _only(picture(now=NOW, events=[COFFEE, away(), new])).state is State.MOVED


def test_the_same_entry_dragged_to_a_new_day_makes_it_moved() -> None:
    dragged = replace(COFFEE, start=march(24), end=march(24, 11), sequence=1, modified_at=march(13))
    states = {
        one.due: one.state
        for one in meetings(picture(now=NOW, events=[dragged, away()], remembered=[seen(COFFEE, march(9))]))
    }
    assert states == {march(12): State.MOVED, march(24): State.OPEN}


def test_signs_of_doubt_together_are_listed_but_not_enough_for_a_letter() -> None:
    rival = event("ander@test", march(12), title="Intake", others=(OMAR,), created=march(2))
    reply = replace(mine("ooo", march(12, 12)), automatic=Automatic.AUTO_REPLY)
    agreement = _only(picture([reply], now=NOW, events=[COFFEE, rival]))
    assert agreement.state is State.MISSED
    assert 0.5 <= agreement.confidence < 0.6


def test_a_forged_mail_from_me_in_the_inbox_says_nothing() -> None:
    forged = replace(mail("sorry", march(13), sender=ME.mailbox, to=(GIJS,), subject="Koffie"), role=Role.INBOX)
    assert _only(picture([forged], now=NOW, events=[COFFEE], readings={"sorry": STOOD_HERE})).state is State.KEPT


def test_a_start_written_in_another_zone_changes_nothing() -> None:
    elsewhere = replace(COFFEE, start=march(12).astimezone(UTC), end=march(12, 11).astimezone(UTC))
    one, two = (_only(picture(now=NOW, events=[each, away()])) for each in (COFFEE, elsewhere))
    assert (one.id, one.state) == (two.id, two.state)
