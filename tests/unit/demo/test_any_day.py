"""Whatever day it is, a real pass over the invented week finds its stories and leaves the rest alone."""

from __future__ import annotations

from datetime import datetime

import pytest

from crmlink.demo.stage import ZONE
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.lapse import Decision, LapseKind
from crmlink.model.mail import Automatic
from tests.unit.demo.week_in_memory import look_on, scan_on

MOMENTS = [
    pytest.param(datetime(2026, 3, 11, 10, 30, tzinfo=ZONE), id="an ordinary Wednesday"),
    pytest.param(datetime(2026, 3, 7, 23, 50, tzinfo=ZONE), id="Saturday night"),
    pytest.param(datetime(2026, 3, 9, 0, 10, tzinfo=ZONE), id="Monday just after midnight"),
    pytest.param(datetime(2026, 3, 29, 3, 30, tzinfo=ZONE), id="the Sunday on which the clock changes"),
    pytest.param(datetime(2026, 4, 6, 12, 0, tzinfo=ZONE), id="Easter Monday"),
    pytest.param(datetime(2026, 5, 15, 9, 0, tzinfo=ZONE), id="the Friday after Ascension"),
    pytest.param(datetime(2026, 12, 26, 16, 0, tzinfo=ZONE), id="Boxing Day"),
    pytest.param(datetime(2027, 1, 1, 11, 0, tzinfo=ZONE), id="New Year's Day"),
    pytest.param(datetime(2027, 1, 5, 8, 0, tzinfo=ZONE), id="the first week of January"),
]


@pytest.mark.parametrize("now", MOMENTS)
def test_forgotten_questions_and_cancelled_meetings_get_drafts_in_both_languages(now: datetime) -> None:
    result = scan_on(now)
    placed = [one.lapse for one in result.verdicts if one.decision is Decision.DRAFT]
    stories = {(lapse.kind, result.drafts[lapse.id].language) for lapse in placed}
    kinds = (LapseKind.CANCELLED, LapseKind.UNANSWERED)
    assert stories >= {(kind, language) for kind in kinds for language in ("nl", "en")}
    registers = {result.drafts[lapse.id].register for lapse in placed}
    assert len(registers) > 1
    assert all(result.drafts[lapse.id].options for lapse in placed)
    assert result.problems == ()


@pytest.mark.parametrize("now", MOMENTS)
def test_what_is_not_the_owners_fault_or_is_too_fresh_gets_none(now: datetime) -> None:
    result = scan_on(now)
    decided = {one.lapse.agreement.contact.name: one.decision for one in result.verdicts}
    assert decided["Bas Vermeulen"] is Decision.SKIP
    assert decided["Els de Boer"] is Decision.HOLD
    well = {"Pieter Smit", "Sarah Collins", "Wendy Prins", "Gerard Mulder", "Ingrid van den Heuvel", "Lotte Jansen"}
    machines = {"Vakblad Communicatie", "Mike Sanders", "Steven Maas", "Peter de Groot", "Jan Willem Bos"}
    assert not (well | machines) & set(decided)


def test_every_kind_of_automatic_mail_is_there() -> None:
    seen = look_on(datetime(2026, 3, 11, 10, 30, tzinfo=ZONE))
    kinds = {message.automatic for _, message in seen.picture.messages()}
    assert kinds == {None, *Automatic}


def test_the_world_tour_stands_in_the_calendar_with_the_meeting_inside_it() -> None:
    seen = look_on(datetime(2026, 3, 11, 10, 30, tzinfo=ZONE))
    (tour,) = (event for event in seen.picture.agenda.events if event.title == "Wereldreis")
    (coffee,) = (one for one in seen.agreements if one.contact.name == "Ruben Terpstra")
    assert tour.all_day
    assert coffee.event is not None
    assert coffee.due is not None
    assert str(tour.start) < coffee.due.date().isoformat() < str(tour.end)
    assert coffee.anchor is not None


def test_closed_agreements_are_of_every_sort() -> None:
    seen = look_on(datetime(2026, 3, 11, 10, 30, tzinfo=ZONE))
    states = {(one.kind, one.state) for one in seen.agreements}
    assert states >= {
        (AgreementKind.REQUEST, State.KEPT),
        (AgreementKind.REQUEST, State.WITHDRAWN),
        (AgreementKind.MEETING, State.MOVED),
        (AgreementKind.MEETING, State.PROPOSED),
        (AgreementKind.PROMISE, State.OPEN),
    }
