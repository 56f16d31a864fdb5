"""The days of the invented week are right whatever today is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from crmlink.demo.days import Days
from crmlink.demo.stage import ZONE
from tests.unit.demo.week_in_memory import SCRIPT, WORKDAYS

LOOKBACK = timedelta(days=30)
THREE_YEARS = [date(2026, 1, 1) + timedelta(days=number) for number in range(3 * 365)]
MONDAY_MORNING = Days(datetime(2026, 3, 9, 0, 5, tzinfo=ZONE), WORKDAYS)


@pytest.mark.parametrize("clock", [(0, 5), (9, 30), (23, 55)], ids=["after midnight", "morning", "before midnight"])
def test_on_every_day_all_mail_lies_between_the_lookback_and_now(clock: tuple[int, int]) -> None:
    for day in THREE_YEARS:
        now = datetime(day.year, day.month, day.day, *clock, tzinfo=ZONE)
        days = Days(now, WORKDAYS)
        moments = [days.moment(letter.at) for letter in SCRIPT.letters]
        assert max(moments) < now, day
        assert min(moments) > now - LOOKBACK, day


def test_on_every_day_what_is_in_the_calendar_was_made_in_the_past() -> None:
    for day in THREE_YEARS:
        now = datetime(day.year, day.month, day.day, 0, 5, tzinfo=ZONE)
        days = Days(now, WORKDAYS)
        assert max(days.moment(one.changed or one.made) for one in SCRIPT.bookings) < now


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        pytest.param("-1 14:05", datetime(2026, 3, 6, 14, 5, tzinfo=ZONE), id="the weekend does not count backwards"),
        pytest.param("+5 09:30", datetime(2026, 3, 16, 9, 30, tzinfo=ZONE), id="nor forwards"),
        pytest.param("-3h", datetime(2026, 3, 8, 21, 5, tzinfo=ZONE), id="hours are hours, also over midnight"),
    ],
)
def test_a_moment(words: str, moment: datetime) -> None:
    assert MONDAY_MORNING.moment(words) == moment


def test_public_holidays_do_not_count() -> None:
    after_kings_day = Days(datetime(2026, 4, 28, 10, tzinfo=ZONE), WORKDAYS)
    assert after_kings_day.day("-1") == date(2026, 4, 24)


def test_today_has_no_name_because_it_may_be_a_day_off() -> None:
    with pytest.raises(AssertionError):
        MONDAY_MORNING.day("+0")


@pytest.mark.parametrize(
    ("text", "language", "filled"),
    [
        pytest.param("Tot {day +2}!", "nl", "Tot woensdag 11 maart!", id="Dutch"),
        pytest.param("{Day +2} suits me.", "en", "Wednesday 11 March suits me.", id="a sentence begins with a capital"),
        pytest.param("Geen dag.", "nl", "Geen dag.", id="nothing to fill in"),
    ],
)
def test_days_in_a_text_are_written_in_its_language(text: str, language: str, filled: str) -> None:
    assert MONDAY_MORNING.fill(text, language) == filled
