"""What a letter may say of a lapse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crmlink.drafts.circumstances import (
    came_for_nothing,
    is_call,
    is_late,
    meeting_length,
    moment_of,
    promise_of,
    reason_of,
    topic_of,
    town_of,
)
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address, Contact
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, EventUid, LapseId
from crmlink.model.lapse import Fault, Lapse, LapseKind
from crmlink.model.meeting import Event
from tests.unit.drafts.desk import OWNER, local

HOUR = timedelta(hours=1)
MEETING = Event(
    EventUid("u1"),
    local(2026, 3, 3, 10),
    local(2026, 3, 3, 11),
    "Kennismaking",
    organizer=OWNER.mailbox,
    location="Vaartweg 1, Hilversum",
)
AGREED = Agreement(
    AgreementId("a1"),
    AgreementKind.MEETING,
    State.MISSED,
    Contact("Jan van der Berg", "jan@berg.example", "berg.example"),
    "Kennismaking",
    local(2026, 2, 20),
    "u1",
    event=MEETING,
)
AWAY = Evidence("calendar.away", EvidenceSource.CALENDAR, "u2", "Wereldreis")
MISSED = Lapse(LapseId("l1"), LapseKind.MISSED, Fault.ME, 0.9, AGREED, local(2026, 3, 3, 10), (AWAY,))

TOWNS = {
    "street and town": ("Vaartweg 1, Hilversum", "Hilversum"),
    "with a postal code": ("Vaartweg 1, 1211 JH Hilversum", "Hilversum"),
    "a town of two words": ("Plein 2, 2511 AB Den Haag", "Den Haag"),
    "a town with a particle": ("Markt 1, Bergen op Zoom", "Bergen op Zoom"),
    "an office in a town": ("Kantoor Hilversum", "Hilversum"),
    "our office in a town": ("Ons kantoor in Utrecht", "Utrecht"),
    "only a town": ("Hilversum", "Hilversum"),
    "a common noun is no town": ("Kantoor", ""),
    "a room is no town": ("Vergaderzaal 2", ""),
    "a country is no town": ("Vaartweg 1, Hilversum, Nederland", ""),
    "nothing": ("", ""),
    "a link": ("https://meet.example/x", ""),
}


@pytest.mark.parametrize(("location", "town"), TOWNS.values(), ids=TOWNS)
def test_a_town_is_named_only_when_it_is_certain(location: str, town: str) -> None:
    assert town_of(location) == town


REASONS = {
    "a journey round the world": (AWAY, "travel"),
    "a day off": (replace(AWAY, quote="Vrij"), "leave"),
    "a holiday": (replace(AWAY, quote="Zomervakantie"), "holiday"),
    "illness is not told": (replace(AWAY, quote="Ziek"), ""),
    "double booked": (Evidence("calendar.double-booked", EvidenceSource.CALENDAR, "u2", "Overleg"), "double"),
    "their words are no reason of mine": (Evidence("mail.away", EvidenceSource.MAIL, "<m>", "op reis"), ""),
}


@pytest.mark.parametrize(("evidence", "reason"), REASONS.values(), ids=REASONS)
def test_a_reason_is_what_the_calendar_shows(evidence: Evidence, reason: str) -> None:
    assert reason_of(replace(MISSED, evidence=(evidence,))) == reason


THEY_SAID = Evidence("mail.no-show", EvidenceSource.MAIL, "<m>", "Ik stond vanmiddag voor een dichte deur")
TRIPS = {
    "the owner is the host at an address": (MISSED, True),
    "a call": (replace(MISSED, agreement=replace(AGREED, event=replace(MEETING, location="Teams"))), False),
    "no place": (replace(MISSED, agreement=replace(AGREED, event=replace(MEETING, location=""))), False),
    "at their office": (
        replace(MISSED, agreement=replace(AGREED, event=replace(MEETING, location="Kantoor Berg"))),
        False,
    ),
    "they are the host": (
        replace(MISSED, agreement=replace(AGREED, event=replace(MEETING, organizer=Address("", "jan@berg.example")))),
        False,
    ),
    "they say that they stood there": (
        replace(MISSED, agreement=replace(AGREED, event=None), evidence=(THEY_SAID,)),
        True,
    ),
    "they cancelled": (replace(MISSED, fault=Fault.THEM), False),
    "known in time": (replace(MISSED, kind=LapseKind.CLASH), False),
}


def test_a_meeting_at_the_address_under_their_mail_was_no_trip_for_them() -> None:
    assert not came_for_nothing(MISSED, OWNER, "Jan van der Berg\nVaartweg 1\n1211 JH Hilversum")
    assert came_for_nothing(MISSED, OWNER, "Jan van der Berg\nDorpsstraat 5\nHilversum")


@pytest.mark.parametrize(("lapse", "came"), TRIPS.values(), ids=TRIPS)
def test_a_trip_is_never_invented(lapse: Lapse, came: bool) -> None:  # noqa: FBT001  a table column
    assert came_for_nothing(lapse, OWNER) is came


PROMISE, REQUEST = AgreementKind.PROMISE, AgreementKind.REQUEST
CALLS = {
    "nl promise": (PROMISE, "Ik bel je morgen even terug.", True),
    "nl promise, the verb at the end": (PROMISE, "Ik zal u volgende week opbellen.", True),
    "en promise": (PROMISE, "I'll call you tomorrow.", True),
    "de promise": (PROMISE, "Ich rufe Sie morgen an.", True),
    "a thing": (PROMISE, "Ik stuur je vrijdag het voorstel.", False),
    "the notes of a call": (PROMISE, "I'll send you the notes of our call.", False),
    "nl request": (REQUEST, "Kun je me even bellen?", True),
    "nl request to call back": (REQUEST, "Kun je vandaag terugbellen?", True),
    "en request": (REQUEST, "Could you give me a call?", True),
    "de request": (REQUEST, "Können Sie mich bitte anrufen?", True),
    "calling somebody else": (REQUEST, "Kun je Piet bellen?", False),
    "a meeting": (AgreementKind.MEETING, "Ik bel je dan", False),
}


@pytest.mark.parametrize(("kind", "quote", "call"), CALLS.values(), ids=CALLS)
def test_words_about_a_call_are_known(kind: AgreementKind, quote: str, call: bool) -> None:  # noqa: FBT001  a table column
    assert is_call(replace(AGREED, kind=kind, quote=quote)) is call


def test_late_is_from_a_week() -> None:
    assert is_late(MISSED, local(2026, 3, 10, 10))
    assert not is_late(MISSED, local(2026, 3, 10, 9))


def test_an_answer_is_late_by_the_day_of_the_question() -> None:
    asked = replace(MISSED, kind=LapseKind.UNANSWERED, happened_at=local(2026, 2, 26))
    assert is_late(asked, local(2026, 2, 27))


def test_the_moment_of_a_meeting_without_event_is_the_agreed_one_or_unknown() -> None:
    by_mail = replace(AGREED, event=None)
    assert moment_of(replace(MISSED, agreement=by_mail)) is None
    assert moment_of(replace(MISSED, agreement=replace(by_mail, due=local(2026, 3, 3)))) == local(2026, 3, 3)


def test_odd_lengths_become_the_usual_one() -> None:
    whole_day = replace(MEETING, start=date(2026, 3, 3), end=date(2026, 3, 4))
    for event, length in (
        (MEETING, HOUR),
        (replace(MEETING, end=MEETING.start), HOUR),
        (whole_day, HOUR),
        (None, HOUR),
    ):
        assert meeting_length(replace(AGREED, event=event), HOUR) == length
    assert meeting_length(replace(AGREED, event=replace(MEETING, end=local(2026, 3, 3, 12))), HOUR) == 2 * HOUR


def test_a_topic_is_the_title_else_the_bare_subject() -> None:
    assert topic_of(AGREED) == "Kennismaking"
    assert topic_of(replace(AGREED, event=None, subject="Re: RE: Bijlagen")) == "Bijlagen"
    assert topic_of(replace(AGREED, event=replace(MEETING, title="Geannuleerd: Kennismaking"))) == "Kennismaking"
    assert topic_of(replace(AGREED, event=replace(MEETING, title="x" * 200))) == ""


PROMISES = {
    "a thing to send": ("Ik stuur je vrijdag het voorstel", "send"),
    "a thing they will get": ("You'll have it by Monday", "send"),
    "word to give": ("Ik laat je morgen weten of het kan", "tell"),
    "an answer to come back with": ("I will get back to you by Wednesday", "tell"),
    "Bescheid": ("Ich gebe Ihnen morgen Bescheid", "tell"),
    "anything else": ("Ik maak het vandaag over", ""),
}


@pytest.mark.parametrize(("quote", "promise"), PROMISES.values(), ids=PROMISES)
def test_what_was_promised_is_known_by_its_verb(quote: str, promise: str) -> None:
    assert promise_of(replace(MISSED, kind=LapseKind.PROMISE, agreement=replace(AGREED, quote=quote))) == promise
