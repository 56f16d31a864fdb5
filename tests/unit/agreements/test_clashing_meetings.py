"""Clashes: coming meetings the owner agreed to and cannot attend, known as soon as the calendar shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.lapse import Decision, Fault, LapseKind, Verdict
from crmlink.model.meeting import Event, EventStatus, Participation
from crmlink.model.reading import MeetingAct
from tests.picture_of import GIJS, OMAR, ZONE, event, mail, march, mine, picture, talking
from tests.unit.agreements.test_missed_meetings import away

NOW = march(10)
COFFEE = event(start=march(12), created=march(1))
LATER = event("intake@test", march(12, 10, 30), title="Intake", others=(OMAR,), created=march(5))


def _verdicts(view: Picture) -> list[Verdict]:
    return list(decide(find_lapses(agreements(view), view).standing, view, Past()))


def _clashes(view: Picture) -> list[tuple[str, Decision, str]]:
    return [
        (one.lapse.agreement.ref, one.decision, one.lapse.evidence[0].rule)
        for one in _verdicts(view)
        if one.lapse.kind is LapseKind.CLASH
    ]


def test_an_away_block_over_a_coming_meeting_is_a_clash_of_mine() -> None:
    (verdict,) = _verdicts(picture(now=NOW, events=[COFFEE, away()]))
    assert (verdict.lapse.kind, verdict.lapse.fault, verdict.decision) == (LapseKind.CLASH, Fault.ME, Decision.DRAFT)
    assert verdict.lapse.due == march(12)
    assert verdict.lapse.evidence[0].quote == "Wereldreis"


def test_of_two_meetings_at_one_time_the_later_made_one_gives_way() -> None:
    expected = [("intake@test", Decision.DRAFT, "calendar.double-booked")]
    assert _clashes(picture(now=NOW, events=[COFFEE, LATER])) == expected
    assert _clashes(picture(now=NOW, events=[LATER, COFFEE])) == expected


def test_with_a_series_in_it_the_owner_decides() -> None:
    weekly = replace(COFFEE, recurrence_id="2026-03-12T09:00:00Z")
    assert _clashes(picture(now=NOW, events=[weekly, LATER])) == [
        ("intake@test", Decision.HOLD, "calendar.double-booked-with-a-series")
    ]


def test_a_holiday_over_a_weekly_meeting_is_left_to_the_owner() -> None:
    weekly = replace(COFFEE, recurrence_id="2026-03-12T09:00:00Z")
    assert _clashes(picture(now=NOW, events=[weekly, away()])) == [
        ("koffie@test", Decision.HOLD, "calendar.away-over-a-series")
    ]


def test_a_public_holiday_is_listed_and_left_to_the_owner() -> None:
    easter_monday = event("pasen@test", datetime(2026, 4, 6, 10, tzinfo=ZONE), created=march(1))
    assert _clashes(picture(now=NOW, events=[easter_monday])) == [
        ("pasen@test", Decision.HOLD, "calendar.public-holiday")
    ]


NO_CLASH: dict[str, list[Event]] = {
    "nothing in the way": [COFFEE],
    "back to back": [COFFEE, replace(LATER, start=march(12, 11), end=march(12, 12))],
    "five minutes of overlap": [COFFEE, replace(LATER, start=march(12, 10, 55), end=march(12, 12))],
    "a copy in another calendar": [COFFEE, replace(COFFEE, uid=LATER.uid, calendar="Privé")],
    "an entry of my own without others": [COFFEE, event("blok@test", march(12), others=(), created=march(5))],
    "the other is free time": [COFFEE, replace(LATER, busy=False)],
    "the other is tentative": [COFFEE, replace(LATER, status=EventStatus.TENTATIVE)],
    "the other was cancelled": [replace(COFFEE, status=EventStatus.CANCELLED, modified_at=march(20)), LATER],
    "the other was never accepted": [
        COFFEE,
        event("intake@test", march(12), organizer=OMAR, my_answer=Participation.NEEDS_ACTION, created=march(5)),
    ],
    "one in a zone nobody knows": [COFFEE, replace(LATER, zone_known=False)],
    "one at three in the night": [
        replace(COFFEE, start=march(12, 3), end=march(12, 4)),
        replace(LATER, start=march(12, 3), end=march(12, 4)),
    ],
    "an away block on another day": [COFFEE, away("Vrij", 13, 13)],
    "an away block over an invitation I never accepted": [
        event(organizer=GIJS, my_answer=Participation.NEEDS_ACTION, start=march(12)),
        away(),
    ],
    "an away block over an invitation of mine nobody accepted": [
        event(start=march(12), their_answer=Participation.NEEDS_ACTION),
        away(),
    ],
    "an away block with others in it": [event("blok@test", march(12), title="Vakantie", others=(OMAR,)), away()],
    "an away block over a tentative meeting": [replace(COFFEE, status=EventStatus.TENTATIVE), away()],
    "a meeting that is over": [event(start=march(9), created=march(1)), LATER],
}


@pytest.mark.parametrize("events", NO_CLASH.values(), ids=NO_CLASH)
def test_no_clash_with(events: list[Event]) -> None:
    assert _clashes(picture(now=NOW, events=events)) == []


def test_in_a_replay_a_block_made_later_is_not_known_yet() -> None:
    block = replace(away(), created_at=march(9))
    assert _clashes(picture(now=march(8), events=[COFFEE, block])) == []
    assert len(_clashes(picture(now=march(9, 12), events=[COFFEE, block]))) == 1


def test_confirming_the_meeting_is_no_amends() -> None:
    confirmed = mine("tot", march(9), subject="Koffie", text="Tot donderdag 12 maart!")
    view = picture(
        [confirmed], now=NOW, events=[COFFEE, away()], readings={"tot": talking(MeetingAct.ACCEPT, when=march(12, 0))}
    )
    assert len(_clashes(view)) == 1


def test_once_I_asked_for_another_time_there_is_no_clash_any_more() -> None:  # noqa: N802  "I" is the owner
    asked = mine("verzetten", march(9), subject="Iets anders")
    view = picture(
        [asked],
        now=NOW,
        events=[COFFEE, away()],
        readings={"verzetten": talking(MeetingAct.RESCHEDULE, fault="me", when=march(24))},
    )
    assert _clashes(view) == []
    assert {one.state for one in agreements(view)} == {"proposed"}


def test_it_is_the_same_lapse_on_every_day_until_it_begins() -> None:
    ids = set()
    for hour in range(0, 48, 6):
        found = find_lapses(agreements(view := picture(now=NOW + timedelta(hours=hour), events=[COFFEE, away()])), view)
        ids |= {one.id for one in found.standing if one.kind is LapseKind.CLASH}
    assert len(ids) == 1


def test_when_it_begins_a_clash_becomes_nothing_and_when_it_ended_a_miss() -> None:
    kinds = []
    for now in (march(12, 9, 59), march(12, 10, 1), march(12, 11)):
        view = picture(now=now, events=[COFFEE, away()])
        kinds.append([one.kind for one in find_lapses(agreements(view), view).standing])
    assert kinds == [[LapseKind.CLASH], [], [LapseKind.MISSED]]


def test_a_meeting_in_the_night_the_clocks_change_keeps_its_hour() -> None:
    sunday = date(2026, 3, 29)
    morning = event("zondag@test", datetime(2026, 3, 29, 10, tzinfo=ZoneInfo("Europe/Amsterdam")), created=march(1))
    block = replace(away(), start=sunday, end=sunday + timedelta(days=1))
    before = replace(away("Vrij"), start=date(2026, 3, 28), end=sunday)
    assert len(_clashes(picture(now=NOW, events=[morning, block]))) == 1
    assert _clashes(picture(now=NOW, events=[morning, before])) == []


def test_a_complaint_from_before_it_is_about_something_else() -> None:
    early = mail("vroeg", march(9), subject="Koffie")
    view = picture([early], now=NOW, events=[COFFEE], readings={"vroeg": talking(MeetingAct.NO_SHOW, fault="me")})
    assert [one.state for one in agreements(view) if one.event] == ["open"]
