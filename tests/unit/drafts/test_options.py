"""Options: free, in working hours, with notice, spread, and like the meeting that broke."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crmlink.drafts.clocks import TheirClock
from crmlink.drafts.diary import Diary
from crmlink.drafts.options import Wanted, find_options
from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import WorkingHours
from tests.unit.drafts.desk import AMSTERDAM, OFFICE_HOURS, THURSDAY, a_policy, local

HOUR = timedelta(hours=1)


def offered(
    *,
    busy: tuple[Interval, ...] = (),
    after: datetime = THURSDAY,
    duration: timedelta = HOUR,
    hours: WorkingHours = OFFICE_HOURS,
    count: int = 3,
    near: datetime | None = None,
    taken: tuple[Option, ...] = (),
) -> tuple[Option, ...]:
    diary = Diary(a_policy(hours), busy, taken=taken)
    return find_options(diary, Wanted(after, duration, count, near))


FIRST_DAYS = {
    "asked on a Tuesday: Thursday": (local(2026, 3, 17, 9), local(2026, 3, 19)),
    "asked on a Thursday: Monday": (local(2026, 3, 19, 9), local(2026, 3, 23)),
    "asked on a Friday evening: Tuesday": (local(2026, 3, 20, 23), local(2026, 3, 24)),
    "asked on a Saturday: Tuesday": (local(2026, 3, 21, 9), local(2026, 3, 24)),
    "asked before Easter: the first Wednesday after": (local(2026, 4, 3, 9), local(2026, 4, 8)),
    "asked before King's Day on a Monday": (local(2026, 4, 24, 9), local(2026, 4, 29)),
}


@pytest.mark.parametrize(("asked", "first"), FIRST_DAYS.values(), ids=FIRST_DAYS)
def test_a_whole_working_day_of_notice_is_kept(asked: datetime, first: datetime) -> None:
    assert Diary(a_policy()).working_day_after(asked, 2) == first.date()
    assert offered(after=asked)[0].start.date() >= first.date()


def test_options_fall_on_different_days_in_order_and_alternate_between_morning_and_afternoon() -> None:
    options = offered()
    starts = [option.start for option in options]
    assert len({start.date() for start in starts}) == 3
    assert starts == sorted(starts)
    assert {start.hour < 13 for start in starts} == {True, False}


def test_without_anything_known_the_hours_are_ordinary() -> None:
    assert [option.start for option in offered()] == [
        local(2026, 3, 23, 10),
        local(2026, 3, 25, 14),
        local(2026, 3, 27, 10),
    ]


def test_the_hour_and_weekday_of_the_broken_meeting_come_back() -> None:
    options = offered(near=local(2026, 3, 11, 15, 30))
    assert any((option.start.weekday(), option.start.hour, option.start.minute) == (2, 15, 30) for option in options)


def test_a_meeting_in_the_evening_is_offered_again_in_working_hours() -> None:
    assert all(option.end.time() <= time(17, 30) for option in offered(near=local(2026, 3, 10, 20)))


def test_the_length_of_the_meeting_is_kept() -> None:
    assert {option.end - option.start for option in offered(duration=timedelta(minutes=90))} == {timedelta(minutes=90)}


def test_lunch_is_left_alone() -> None:
    morning_and_evening_full = tuple(
        Interval(local(2026, 3, day, start), local(2026, 3, day, end))
        for day in range(19, 32)
        for start, end in ((9, 12), (14, 18))
    )
    assert all(
        option.start.time() >= time(13, 30) or option.end.time() <= time(12, 30)
        for option in offered(busy=morning_and_evening_full, duration=timedelta(minutes=30))
    )


def test_a_half_day_may_run_over_lunch() -> None:
    assert offered(duration=timedelta(hours=6))


def test_three_weeks_of_meetings_leave_nothing_to_offer() -> None:
    assert offered(busy=(Interval(local(2026, 3, 19), local(2026, 4, 10)),)) == ()


def test_fewer_than_asked_is_allowed() -> None:
    assert len(offered(busy=(Interval(local(2026, 3, 25), local(2026, 4, 10)),))) == 2


def test_a_day_with_a_single_hole_is_found() -> None:
    holes = (Interval(local(2026, 3, 19), local(2026, 3, 26, 11)), Interval(local(2026, 3, 26, 12), local(2026, 5, 1)))
    assert [option.start for option in offered(busy=holes)] == [local(2026, 3, 26, 11)]


def test_an_all_day_block_of_a_moment_long_event_blocks_its_moment() -> None:
    first = offered(count=1)[0]
    assert first not in offered(count=1, busy=(Interval(first.start + HOUR / 2, first.start + HOUR / 2),))


def test_options_of_another_open_draft_are_not_offered_again() -> None:
    first = offered()
    second = offered(taken=first)
    assert not set(first) & set(second)


def test_nobody_works_on_no_days() -> None:
    assert offered(hours=WorkingHours(())) == ()


def test_no_options_are_asked_for() -> None:
    assert offered(count=0) == ()


def test_who_works_only_on_wednesday_mornings_gets_wednesday_mornings() -> None:
    options = offered(hours=WorkingHours(((2, time(9), time(12)),)))
    assert [option.start.date().day for option in options] == [25, 1, 8]
    assert all(option.start.weekday() == 2 and option.end.time() <= time(12) for option in options)


def test_public_holidays_are_no_working_days() -> None:
    # King's Day 2026 is a Monday, Liberation Day (5 May) is no holiday for everybody.
    options = offered(after=local(2026, 4, 23, 9), count=9)
    assert local(2026, 4, 27).date() not in {option.start.date() for option in options}


def test_wall_clock_time_is_kept_over_the_change_to_summer_time() -> None:
    options = offered(after=local(2026, 3, 26, 9), near=local(2026, 3, 26, 10))
    assert all(option.start.tzinfo is AMSTERDAM for option in options)
    assert all(option.end.astimezone(UTC) - option.start.astimezone(UTC) == HOUR for option in options)
    assert options[0].start.utcoffset() == timedelta(hours=2)


def test_who_works_at_night_is_not_offered_the_hour_that_does_not_exist() -> None:
    nights = WorkingHours(tuple((day, time(1), time(5)) for day in range(7)))
    options = find_options(Diary(a_policy(nights)), Wanted(local(2026, 3, 26, 9), HOUR, 9))
    for option in options:
        assert option.start.astimezone(UTC).astimezone(AMSTERDAM) == option.start
        assert option.end.astimezone(UTC) - option.start.astimezone(UTC) == HOUR
        assert option.start.utcoffset() == option.end.utcoffset()


def days_of(options: tuple[Option, ...]) -> list[int]:
    return [option.start.day for option in options]


TOUR = Interval(local(2026, 3, 20), local(2026, 4, 11))


def test_a_tour_that_swallows_the_next_three_weeks_leads_to_moments_after_it() -> None:
    options = find_options(Diary(a_policy(), (TOUR,), (TOUR,)), Wanted(THURSDAY, HOUR, 3))
    assert [option.start.date() for option in options] == [
        date(2026, 4, 14),
        date(2026, 4, 16),
        date(2026, 4, 20),
    ]


def test_who_is_away_now_is_asked_on_the_first_day_back() -> None:
    trip = Interval(local(2026, 3, 9), local(2026, 3, 28))
    options = find_options(Diary(a_policy(), (trip,), (trip,)), Wanted(THURSDAY, HOUR, 3))
    assert options[0].start.date() >= date(2026, 3, 31)


def test_a_block_of_half_a_day_loses_no_whole_days() -> None:
    mornings = Interval(local(2026, 3, 23, 9), local(2026, 3, 23, 12))
    assert 23 in days_of(find_options(Diary(a_policy(), (mornings,)), Wanted(THURSDAY, HOUR, 3)))


def test_between_meetings_at_other_places_there_is_time_to_travel() -> None:
    full = tuple(
        Interval(local(2026, 3, 23, start), local(2026, 3, 23, end), "utrecht") for start, end in ((9, 10), (12, 18))
    )
    rest = Interval(local(2026, 3, 24), local(2026, 5, 1))
    at_desk, at_place = (
        find_options(Diary(a_policy(), (*full, rest)), Wanted(THURSDAY, HOUR, 3, place=place))
        for place in ("", "hilversum")
    )
    assert [option.start for option in at_desk] == [local(2026, 3, 23, 10, 30)]
    assert [option.start for option in at_place] == [local(2026, 3, 23, 10, 30)]
    assert find_options(Diary(a_policy(), (*full, rest)), Wanted(THURSDAY, HOUR * 1.5, 3)) == ()
    assert days_of(find_options(Diary(a_policy(), (*full, rest)), Wanted(THURSDAY, HOUR * 2, 3, place="utrecht"))) == [
        23
    ]


def test_between_meetings_at_the_desk_every_hour_can_be_used() -> None:
    full = tuple(Interval(local(2026, 3, 23, start), local(2026, 3, 23, end)) for start, end in ((9, 10), (11, 18)))
    rest = Interval(local(2026, 3, 24), local(2026, 5, 1))
    assert [one.start for one in find_options(Diary(a_policy(), (*full, rest)), Wanted(THURSDAY, HOUR, 3))] == [
        local(2026, 3, 23, 10)
    ]


def by(zone: str) -> TheirClock:
    return TheirClock((THURSDAY.astimezone(ZoneInfo(zone)),))


NIGHTS = {
    "New York: the afternoon here is the morning there": ("America/New_York", {14, 15, 16}),
    "Los Angeles: their first hour": ("America/Los_Angeles", {16}),
    "Kolkata: their afternoon": ("Asia/Kolkata", {9, 10, 11, 12, 13}),
    "Sydney: their evening": ("Australia/Sydney", {9, 10, 11}),
    "Athens: the whole day": ("Europe/Athens", set(range(9, 17))),
}


@pytest.mark.parametrize(("zone", "hours"), NIGHTS.values(), ids=NIGHTS)
def test_their_working_day_is_sought_and_their_night_is_spared(zone: str, hours: set[int]) -> None:
    options = find_options(Diary(a_policy()), Wanted(THURSDAY, HOUR, 3, clock=by(zone)))
    assert len(options) == 3
    assert {option.start.hour for option in options} <= hours


def test_who_sleeps_through_the_owners_whole_day_is_asked_instead() -> None:
    assert find_options(Diary(a_policy()), Wanted(THURSDAY, 2 * HOUR, 3, clock=by("Pacific/Honolulu"))) == ()


def test_days_that_are_ruled_out_are_not_offered() -> None:
    wanted = Wanted(THURSDAY, HOUR, 9, not_on=(date(2026, 3, 24), date(2026, 3, 26)), until=date(2026, 3, 30))
    assert days_of(find_options(Diary(a_policy()), wanted)) == [23, 27, 30]
