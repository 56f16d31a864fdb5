"""Which moments a letter offers about a lapse, and by which day it promises what is still owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from crmlink.drafts.correspondence import Correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.letter import letter_facts
from crmlink.drafts.moments import moments_for, new_day
from crmlink.drafts.no_dates import why_no_dates, with_reasons
from crmlink.model.draft import Option
from crmlink.model.ids import LapseId
from crmlink.model.lapse import Decision, Lapse, LapseKind, Verdict
from crmlink.model.meeting import Event, Interval
from tests.unit.drafts.desk import THURSDAY, a_desk, a_policy, local
from tests.unit.drafts.test_letter import CANCELLED, COFFEE, INFORMAL, MISSED, UNANSWERED

PROMISED = replace(UNANSWERED, kind=LapseKind.PROMISE)
TOUR = Interval(local(2026, 3, 20), local(2026, 4, 11))
MINUTE = timedelta(minutes=1)


def about(event: Event, lapse: Lapse = CANCELLED) -> Lapse:
    return replace(lapse, agreement=replace(lapse.agreement, event=event))


def away(span: Interval = TOUR, *, now: datetime = THURSDAY) -> Desk:
    return replace(a_desk(now=now, busy=(span,)), absent=(span,))


def days(options: tuple[Option, ...]) -> list[date]:
    return [option.start.date() for option in options]


COMING = replace(COFFEE, start=local(2026, 4, 7, 14), end=local(2026, 4, 7, 15), location="")
LENGTHS = {
    "an hour and a half": (local(2026, 3, 24, 15, 30), 90),
    "twenty-five minutes": (local(2026, 3, 24, 14, 25), 25),
    "half a day": (local(2026, 3, 24, 20), 360),
    "a moment": (local(2026, 3, 24, 14), 60),
    "longer than a day of work": (local(2026, 3, 25, 9), 60),
}


@pytest.mark.parametrize(("end", "minutes"), LENGTHS.values(), ids=LENGTHS)
def test_the_new_meeting_is_as_long_as_the_old_one(end: datetime, minutes: int) -> None:
    event = replace(COFFEE, start=local(2026, 3, 24, 14), end=end)
    options = moments_for(about(event), a_desk(), INFORMAL)
    assert {(option.end - option.start) / MINUTE for option in options} == {minutes}


def test_instead_of_a_whole_day_an_hour_is_offered_on_none_of_its_days() -> None:
    event = replace(COFFEE, start=date(2026, 3, 24), end=date(2026, 3, 27))
    options = moments_for(about(event), a_desk(), INFORMAL)
    assert {(option.end - option.start) / MINUTE for option in options} == {60}
    assert not set(days(options)) & {date(2026, 3, day) for day in (24, 25, 26)}


@pytest.mark.parametrize("lapse", [UNANSWERED, PROMISED, replace(CANCELLED)], ids=["question", "promise", "again"])
def test_a_call_takes_half_an_hour_and_needs_no_way(lapse: Lapse) -> None:
    options = moments_for(lapse, a_desk(), replace(INFORMAL, again=True))
    assert {(option.end - option.start) / MINUTE for option in options} == {30}


def test_a_meeting_at_a_place_keeps_the_way_free_a_call_does_not() -> None:
    around = (
        Interval(local(2026, 3, 23, 9), local(2026, 3, 23, 10)),
        Interval(local(2026, 3, 23, 11), local(2026, 5, 1)),
    )
    desk = a_desk(busy=around)
    soon = replace(COFFEE, start=local(2026, 3, 24, 14), end=local(2026, 3, 24, 15))
    assert moments_for(about(replace(soon, location="Vaartweg 1, Hilversum")), desk, INFORMAL) == ()
    assert days(moments_for(about(replace(soon, location="Teams")), desk, INFORMAL)) == [date(2026, 3, 23)]


def test_the_offer_to_come_to_them_keeps_the_way_free_even_beside_meetings_at_the_office() -> None:
    office = "vaartweg 1, hilversum"
    around = (
        Interval(local(2026, 3, 23, 9), local(2026, 3, 23, 10), office),
        Interval(local(2026, 3, 23, 11, 30), local(2026, 5, 1), office),
    )
    assert moments_for(MISSED, a_desk(busy=around), INFORMAL) == ()
    at_the_office = about(replace(COFFEE, start=local(2026, 3, 24, 14), end=local(2026, 3, 24, 15), location=office))
    assert days(moments_for(at_the_office, a_desk(busy=around), INFORMAL)) == [date(2026, 3, 23)]


def test_around_a_coming_meeting_moments_are_looked_for_from_a_week_before() -> None:
    clash = about(COMING, replace(CANCELLED, kind=LapseKind.CLASH))
    options = moments_for(clash, a_desk(), INFORMAL)
    assert date(2026, 4, 7) not in days(options)
    assert days(options)[0] == date(2026, 4, 2)
    assert all(date(2026, 4, 1) < day < date(2026, 4, 22) for day in days(options))


def test_moments_for_a_clash_lie_before_or_after_the_absence_and_never_in_it() -> None:
    week_off = Interval(local(2026, 4, 6), local(2026, 4, 12))
    clash = about(COMING, replace(CANCELLED, kind=LapseKind.CLASH))
    options = moments_for(clash, away(week_off), INFORMAL)
    assert [day < date(2026, 4, 6) for day in days(options)] == [True, False, False]
    assert not any(date(2026, 4, 6) <= day < date(2026, 4, 12) for day in days(options))


def test_while_they_are_out_of_office_nothing_is_offered() -> None:
    back = local(2026, 4, 20, 9)
    options = moments_for(
        about(COMING, replace(CANCELLED, kind=LapseKind.CLASH)), a_desk(), replace(INFORMAL, back=back)
    )
    assert len(options) == 3
    assert all(option.start > back for option in options)


def test_nothing_is_offered_after_the_last_day_that_is_known() -> None:
    desk = replace(away(Interval(local(2026, 3, 20), local(2026, 6, 13))), known_until=local(2026, 6, 17))
    assert [day for day in days(moments_for(CANCELLED, desk, INFORMAL)) if day > date(2026, 6, 16)] == []


NEW_DAYS = {
    "an answer in two days": (UNANSWERED, a_desk(), date(2026, 3, 23)),
    "a thing in three": (PROMISED, a_desk(), date(2026, 3, 24)),
    "on no day off": (PROMISED, away(Interval(local(2026, 3, 24), local(2026, 3, 25))), date(2026, 3, 25)),
    "after three weeks away": (PROMISED, away(), date(2026, 4, 15)),
    "after who is away already comes back": (
        UNANSWERED,
        away(Interval(local(2026, 3, 9), local(2026, 3, 28))),
        date(2026, 3, 31),
    ),
    "over Easter": (PROMISED, a_desk(now=local(2026, 4, 2, 9)), date(2026, 4, 9)),
}


@pytest.mark.parametrize(("lapse", "desk", "day"), NEW_DAYS.values(), ids=NEW_DAYS)
def test_what_is_owed_is_promised_for_a_day_on_which_the_owner_works(lapse: Lapse, desk: Desk, day: date) -> None:
    assert new_day(lapse, desk, ()) == day


@pytest.mark.parametrize("lapse", [UNANSWERED, PROMISED])
def test_a_talk_after_a_long_absence_is_offered_before_the_new_day_ends(lapse: Lapse) -> None:
    options = moments_for(lapse, away(), INFORMAL)
    assert options
    assert all(option.start >= TOUR.end for option in options)
    assert new_day(lapse, away(), options) >= options[-1].start.date()


def test_a_meeting_in_a_zone_nobody_knows_gives_no_moments_and_its_hour_is_not_named() -> None:
    lapse = about(replace(COFFEE, start=local(2026, 3, 24, 14), end=local(2026, 3, 24, 15), zone_known=False))
    assert moments_for(lapse, a_desk(), INFORMAL) == ()
    assert letter_facts(lapse, a_desk(), INFORMAL, ()).day == "dinsdag 24 maart"


FEW = {"none": (0, False), "one of three": (1, True), "two of three": (2, True), "all": (3, False)}


@pytest.mark.parametrize(("count", "few"), FEW.values(), ids=FEW)
def test_few_is_fewer_than_wished_but_not_none(count: int, few: bool) -> None:  # noqa: FBT001  a table column
    options = moments_for(CANCELLED, a_desk(), INFORMAL)[:count]
    assert letter_facts(CANCELLED, a_desk(), INFORMAL, options).few is few


def test_who_wishes_one_moment_is_not_short_of_any() -> None:
    desk = replace(a_desk(), policy=a_policy(options=1))
    options = moments_for(CANCELLED, desk, INFORMAL)
    assert len(options) == 1
    assert not letter_facts(CANCELLED, desk, INFORMAL, options).few


UNKNOWN_ZONE = about(replace(COMING, zone_known=False))
WHY = {
    "no calendar": (CANCELLED, replace(a_desk(calendar_known=False), calendar_set=False), "no calendar is set"),
    "in doubt": (CANCELLED, a_desk(calendar_known=False), "could not be read or trusted"),
    "unknown zone": (UNKNOWN_ZONE, a_desk(), "a time zone that nobody knows"),
    "full": (CANCELLED, a_desk(busy=(Interval(THURSDAY, local(2026, 5, 1)),)), "no free moment was found"),
}


@pytest.mark.parametrize(("lapse", "desk", "words"), WHY.values(), ids=WHY)
def test_why_a_draft_offers_no_dates_is_said(lapse: Lapse, desk: Desk, words: str) -> None:
    assert moments_for(lapse, desk, Correspondence("nl")) == ()
    assert words in why_no_dates(lapse, desk)


DRAFT = Verdict(CANCELLED, Decision.DRAFT, "you called this meeting off and no new date stands")
LIES = replace(DRAFT, decision=Decision.DRAFTED, reason="a draft about this lies in your Drafts folder")


def test_the_reason_of_a_draft_without_dates_stays_with_the_lapse() -> None:
    first = with_reasons(DRAFT, {CANCELLED.id: "no calendar is set"}, {})
    assert first.reason == f"{DRAFT.reason}; the draft offers no dates: no calendar is set"
    second = with_reasons(LIES, {}, {CANCELLED.id: first.reason})
    assert second.reason == f"{LIES.reason}; the draft offers no dates: no calendar is set"
    assert with_reasons(LIES, {}, {CANCELLED.id: second.reason}) == second


def test_a_draft_with_dates_needs_no_excuse() -> None:
    assert with_reasons(DRAFT, {LapseId("other"): "no calendar is set"}, {CANCELLED.id: DRAFT.reason}) == DRAFT


def test_after_a_no_nothing_is_said_of_dates() -> None:
    skipped = replace(LIES, decision=Decision.SKIP, reason="you dismissed it")
    assert with_reasons(skipped, {}, {CANCELLED.id: "x; the draft offers no dates: no calendar is set"}) == skipped


BACK = {
    "away from tomorrow for weeks": (PROMISED, away(), "maandag 13 april"),
    "a meeting, away from tomorrow": (CANCELLED, away(), "maandag 13 april"),
    "away now, for another month": (MISSED, away(Interval(local(2026, 3, 2), local(2026, 4, 18))), "maandag 20 april"),
    "away for a long weekend": (PROMISED, away(Interval(local(2026, 3, 20), local(2026, 3, 24))), ""),
    "never away": (MISSED, a_desk(), ""),
    "away later, with moments before it": (CANCELLED, away(Interval(local(2026, 3, 30), local(2026, 4, 20))), ""),
}


@pytest.mark.parametrize(("lapse", "desk", "back"), BACK.values(), ids=BACK)
def test_a_long_absence_is_told_to_who_has_to_wait_for_it(lapse: Lapse, desk: Desk, back: str) -> None:
    options = moments_for(lapse, desk, INFORMAL)
    assert options
    assert letter_facts(lapse, desk, INFORMAL, options).back == back


def test_who_is_asked_for_a_moment_is_not_told_when_the_owner_is_back() -> None:
    full = replace(away(), busy=(Interval(THURSDAY, local(2026, 9, 1)),))
    assert letter_facts(CANCELLED, full, INFORMAL, moments_for(CANCELLED, full, INFORMAL)).back == ""
