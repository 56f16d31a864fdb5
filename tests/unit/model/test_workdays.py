"""Working days by weekday and by the public holidays of a country."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from crmlink.model.workdays import WorkingCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DUTCH = WorkingCalendar(AMSTERDAM, "NL")
NOWHERE = WorkingCalendar(AMSTERDAM, "")


@pytest.mark.parametrize(
    ("calendar", "day", "works"),
    [
        pytest.param(DUTCH, date(2026, 3, 13), True, id="an ordinary Friday is worked"),
        pytest.param(DUTCH, date(2026, 3, 14), False, id="a Saturday is not"),
        pytest.param(DUTCH, date(2026, 4, 6), False, id="Easter Monday is a Dutch holiday"),
        pytest.param(DUTCH, date(2026, 4, 27), False, id="King's Day is a Dutch holiday"),
        pytest.param(WorkingCalendar(AMSTERDAM, "DE"), date(2026, 4, 27), True, id="King's Day is worked in Germany"),
        pytest.param(WorkingCalendar(AMSTERDAM, "nl"), date(2026, 4, 27), False, id="a country may be in lower case"),
        pytest.param(
            WorkingCalendar(AMSTERDAM, "XX"), date(2026, 12, 25), True, id="an unknown country has no holidays"
        ),
        pytest.param(NOWHERE, date(2026, 12, 25), True, id="no country has no holidays"),
        pytest.param(NOWHERE, date(2026, 12, 26), False, id="no country still has weekends"),
    ],
)
def test_is_working_day(calendar: WorkingCalendar, day: date, *, works: bool) -> None:
    assert calendar.is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        pytest.param(date(2026, 3, 10), 3, date(2026, 3, 13), id="three days inside a week"),
        pytest.param(date(2026, 3, 13), 1, date(2026, 3, 16), id="the day after Friday is Monday"),
        pytest.param(date(2026, 3, 14), 1, date(2026, 3, 16), id="a free day to start from does not count"),
        pytest.param(date(2026, 4, 2), 1, date(2026, 4, 7), id="Good Friday and Easter are skipped"),
        pytest.param(date(2026, 3, 16), -1, date(2026, 3, 13), id="backwards over the weekend"),
        pytest.param(date(2026, 3, 14), 0, date(2026, 3, 14), id="none is the day itself"),
    ],
)
def test_add_working_days(start: date, count: int, end: date) -> None:
    assert DUTCH.add_working_days(start, count) == end


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param(date(2026, 3, 10), date(2026, 3, 10), 0, id="the same day"),
        pytest.param(date(2026, 3, 10), date(2026, 3, 17), 5, id="a week"),
        pytest.param(date(2026, 4, 2), date(2026, 4, 7), 1, id="over Easter"),
        pytest.param(date(2026, 3, 17), date(2026, 3, 10), -5, id="backwards"),
    ],
)
def test_working_days_between(start: date, end: date, days: int) -> None:
    assert DUTCH.working_days_between(start, end) == days


def test_the_last_working_day_of_a_month_that_ends_in_a_weekend() -> None:
    assert DUTCH.last_working_day(date(2026, 5, 31)) == date(2026, 5, 29)


def test_the_end_of_the_working_day_is_aware() -> None:
    calendar = WorkingCalendar(AMSTERDAM, day_end=time(17, 30))
    assert calendar.closing(date(2026, 7, 1)) == datetime(2026, 7, 1, 17, 30, tzinfo=AMSTERDAM)
