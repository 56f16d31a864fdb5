"""The diary: on which days the owner is there, and what is free with the way to it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from crmlink.drafts.diary import Diary, is_free
from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import WorkingHours
from tests.unit.drafts.desk import a_policy, local


def away(first: date, last: date) -> Interval:
    """Whole days, the last one included."""
    after = last + timedelta(days=1)
    return Interval(local(first.year, first.month, first.day), local(after.year, after.month, after.day))


MONDAY, FRIDAY = date(2026, 3, 16), date(2026, 3, 20)
DAYS = {
    "nothing in the way": ((), local(2026, 3, 16, 9), 2, date(2026, 3, 18)),
    "over the weekend": ((), local(2026, 3, 19, 9), 2, date(2026, 3, 23)),
    "away tomorrow": ((away(date(2026, 3, 17), date(2026, 3, 17)),), local(2026, 3, 16, 9), 2, date(2026, 3, 19)),
    "away from tomorrow for three weeks": (
        (away(date(2026, 3, 17), date(2026, 4, 6)),),
        local(2026, 3, 16, 9),
        2,
        date(2026, 4, 8),
    ),
    "away now, back on a Monday": ((away(date(2026, 3, 2), date(2026, 3, 22)),), local(2026, 3, 16, 9), 2, date(2026, 3, 25)),
    "away on working days only, twice": (
        (away(MONDAY, FRIDAY), away(date(2026, 3, 23), date(2026, 3, 27))),
        local(2026, 3, 16, 9),
        2,
        date(2026, 3, 31),
    ),
    "back before Easter Monday": ((away(date(2026, 3, 16), date(2026, 4, 4)),), local(2026, 3, 16, 9), 1, date(2026, 4, 7)),
    "away for ten years": ((away(MONDAY, date(2036, 3, 1)),), local(2026, 3, 16, 9), 1, date(2036, 3, 3)),
    "back at noon: the day after is the first": (
        (Interval(local(2026, 3, 10, 7), local(2026, 3, 17, 12)),),
        local(2026, 3, 16, 9),
        1,
        date(2026, 3, 19),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("absent", "asked", "count", "day"), DAYS.values(), ids=DAYS)
def test_working_days_are_counted_from_when_the_owner_is_there(
    absent: tuple[Interval, ...], asked: datetime, count: int, day: date
) -> None:
    assert Diary(a_policy(), absent=absent).working_day_after(asked, count) == day


def test_who_works_on_wednesdays_only_need_not_wait_a_fortnight() -> None:
    wednesdays = a_policy(WorkingHours(((2, time(9), time(12)),)))
    assert Diary(wednesdays).working_day_after(local(2026, 3, 12, 9), 2) == date(2026, 3, 18)
    assert Diary(wednesdays, absent=(away(date(2026, 3, 18), date(2026, 3, 18)),)).working_day_after(
        local(2026, 3, 12, 9), 2
    ) == date(2026, 3, 25)


def test_three_weeks_of_days_are_offered_whatever_lies_between() -> None:
    plain = list(Diary(a_policy()).days_to_offer(local(2026, 3, 16, 9)))
    assert (plain[0], plain[-1], len(plain)) == (date(2026, 3, 18), date(2026, 4, 2), 12)
    tour = Diary(a_policy(), absent=(away(date(2026, 3, 19), date(2026, 4, 12)),))
    assert list(tour.days_to_offer(local(2026, 3, 16, 9)))[:3] == [
        date(2026, 3, 18),
        date(2026, 4, 13),
        date(2026, 4, 14),
    ]


def test_no_day_is_offered_of_which_nothing_is_known() -> None:
    sabbatical = (away(date(2026, 3, 17), date(2026, 7, 31)),)
    diary = Diary(a_policy(), absent=sabbatical, known_until=local(2026, 6, 16, 9))
    assert list(diary.days_to_offer(local(2026, 3, 16, 9))) == []


def test_a_day_with_an_hour_of_absence_is_lost_but_its_neighbours_are_not() -> None:
    diary = Diary(a_policy(), absent=(Interval(local(2026, 3, 17, 22), local(2026, 3, 18, 6)),))
    assert [diary.is_there(date(2026, 3, day)) for day in (16, 17, 18, 19)] == [True, False, False, True]


def test_a_whole_day_off_is_that_day_alone() -> None:
    diary = Diary(a_policy(), absent=(away(date(2026, 3, 29), date(2026, 3, 29)),))
    assert [diary.is_there(date(2026, 3, day)) for day in (28, 29, 30)] == [True, False, True]


FROM_TEN_TO_ELEVEN = (local(2026, 3, 24, 10), local(2026, 3, 24, 11))
WAYS = {
    "at the desk, right after each other": ("", "", 0, True),
    "from a place, right after each other": ("", "utrecht", 0, False),
    "to a place, right after each other": ("hilversum", "", 0, False),
    "to another place, right after each other": ("hilversum", "utrecht", 0, False),
    "at the same place, right after each other": ("hilversum", "hilversum", 0, True),
    "from a place, with less than the way": ("", "utrecht", 29, False),
    "from a place, with the way between": ("", "utrecht", 30, True),
    "to another place, with the way between": ("hilversum", "utrecht", 30, True),
}


@pytest.mark.parametrize(("place", "other", "minutes", "free"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("before", [True, False])
def test_the_way_to_another_place_is_kept_free(  # a table column
    place: str,
    other: str,
    minutes: int,
    free: bool,  # noqa: FBT001
    before: bool,  # noqa: FBT001
) -> None:
    start, end = FROM_TEN_TO_ELEVEN
    gap, hour = timedelta(minutes=minutes), timedelta(hours=1)
    block = Interval(start - gap - hour, start - gap, other) if before else Interval(end + gap, end + gap + hour, other)
    assert is_free(start, end, (block,), place=place, margin=timedelta()) is free


def test_options_of_other_drafts_block_like_meetings() -> None:
    diary = Diary(a_policy(), taken=(Option(*FROM_TEN_TO_ELEVEN),))
    (block,) = diary.blocks_on(date(2026, 3, 24))
    assert (block.start, block.end, block.place) == (*FROM_TEN_TO_ELEVEN, "")
    assert diary.blocks_on(date(2026, 3, 26)) == ()
