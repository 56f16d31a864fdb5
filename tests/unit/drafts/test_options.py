"""Options: free, in working hours, with notice, spread, and like the meeting that broke."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.drafts.options import find_options, working_day_after
from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import WorkingHours
from crmlink.model.workdays import WorkingCalendar
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
    policy = a_policy(hours)
    return find_options(busy=busy, after=after, duration=duration, policy=policy, count=count, near=near, taken=taken)


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
    assert working_day_after(asked, a_policy(), 2) == first.date()
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


def test_three_weeks_of_travel_leave_nothing_to_offer() -> None:
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
    policy = a_policy(nights)
    options = find_options(busy=(), after=local(2026, 3, 26, 9), duration=HOUR, policy=policy, count=9)
    for option in options:
        assert option.start.astimezone(UTC).astimezone(AMSTERDAM) == option.start
        assert option.end.astimezone(UTC) - option.start.astimezone(UTC) == HOUR
        assert option.start.utcoffset() == option.end.utcoffset()


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1))  # noqa: DTZ001  hypothesis wants it naive
ZONES = st.sampled_from(
    [AMSTERDAM, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe")]
)
SPANS = st.lists(st.tuples(st.integers(0, 24 * 60 * 25), st.integers(0, 60 * 40)), max_size=40)
HOURS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 10)).map(
        lambda item: (item[0], time(item[1]), time(min(item[1] + item[2], 23), 30))
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(moment=MOMENTS, zone=ZONES, spans=SPANS, hours=HOURS, minutes=st.sampled_from([15, 30, 45, 60, 90, 120, 240]))
def test_options_are_always_free_in_hours_with_notice_and_apart(
    moment: datetime,
    zone: ZoneInfo,
    spans: list[tuple[int, int]],
    hours: list[tuple[int, time, time]],
    minutes: int,
) -> None:
    now = moment.replace(tzinfo=UTC).astimezone(zone)
    starts = [(moment.replace(tzinfo=UTC) + timedelta(minutes=offset), length) for offset, length in spans]
    busy = tuple(Interval(start, start + timedelta(minutes=length)) for start, length in starts)
    policy = a_policy(WorkingHours(tuple(hours)), zone=zone)
    options = find_options(busy=busy, after=now, duration=timedelta(minutes=minutes), policy=policy, count=3, near=now)
    assert len(options) <= 3
    assert len({option.start.date() for option in options}) == len(options)
    for option in options:
        start, end = option.start.astimezone(UTC), option.end.astimezone(UTC)
        assert option.start.tzinfo is zone
        assert end - start == timedelta(minutes=minutes)
        assert not any(item.start < end and start < item.end for item in busy)
        assert start > now.astimezone(UTC) + timedelta(hours=23)
        assert start < now.astimezone(UTC) + timedelta(days=23)
        spans_of_day = policy.working_hours.on(option.start.weekday())
        assert any(opens <= option.start.time() and option.end.time() <= closes for opens, closes in spans_of_day)
        assert option.start.minute in {0, 30}
        week = WorkingCalendar(zone, "NL")
        assert week.working_days_between(now.date(), option.start.date()) >= 2 or option.start.weekday() > 4
