from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crmlink.model.meeting import EventStatus
from tests.unit.facts.calendar_texts import TUESDAY, calendar, codes, read, starts

DAY = "DTSTART;VALUE=DATE:20260310"


@pytest.fixture(params=["Europe/Amsterdam", "Pacific/Auckland"], autouse=True)
def zone(request: pytest.FixtureRequest) -> Iterator[ZoneInfo]:
    """The owner's zone and the machine's: neither may change when a meeting with a zone takes place."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/St_Johns" if request.param == "Pacific/Auckland" else "UTC"
    time.tzset()
    yield ZoneInfo(request.param)
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "days"),
        [
            pytest.param("RRULE:FREQ=WEEKLY;COUNT=3", ["03-10", "03-17", "03-24"], id="three weeks"),
            pytest.param("RRULE:FREQ=DAILY;UNTIL=20260312T080000Z", ["03-10", "03-11", "03-12"], id="until, inclusive"),
            pytest.param("RRULE:FREQ=DAILY;UNTIL=20260312T075959Z", ["03-10", "03-11"], id="until just before"),
            pytest.param("RRULE:FREQ=DAILY;UNTIL=20260312", ["03-10", "03-11", "03-12"], id="until a day"),
            pytest.param(
                "RRULE:FREQ=DAILY;UNTIL=20260312T090000", ["03-10", "03-11", "03-12"], id="until a local time"
            ),
            pytest.param(
                "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=2", ["03-10", "04-14"], id="the second Tuesday of the month"
            ),
            pytest.param("RRULE:FREQ=DAILY;COUNT=2\nRDATE:20260320T080000Z", ["03-10", "03-11", "03-20"], id="rdate"),
            pytest.param("RDATE:20260320T080000Z,20260322T080000Z", ["03-10", "03-20", "03-22"], id="rdates alone"),
            pytest.param(
                "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Amsterdam:20260317T090000", ["03-10", "03-24"], id="exdate"
            ),
            pytest.param("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260317T080000Z", ["03-10", "03-24"], id="exdate in UTC"),
            pytest.param(
                "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20260317", ["03-10", "03-24"], id="exdate as a day"
            ),
            pytest.param(
                "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20260317T080000Z,20260324T080000Z",
                ["03-10", "03-31"],
                id="two exdates in a line",
            ),
            pytest.param("RRULE:FREQ=WEEKLY;UNTIL=20250101T000000Z", [], id="over before it began"),
        ],
    )  # fmt: skip
    def test_a_series_takes_place_on_its_days(self, rule: str, days: list[str], zone: ZoneInfo) -> None:
        assert [start[5:10] for start in starts(calendar(f"{TUESDAY}\n{rule}"), zone)] == days

    def test_nine_o_clock_stays_nine_o_clock_when_the_clock_changes(self, zone: ZoneInfo) -> None:
        found = starts(calendar(f"{TUESDAY}\nRRULE:FREQ=WEEKLY;COUNT=4"), zone)
        assert found[2:] == ["2026-03-24T09:00:00+01:00", "2026-03-31T09:00:00+02:00"]

    def test_whole_days_stay_days(self, zone: ZoneInfo) -> None:
        assert starts(calendar(f"{DAY}\nRRULE:FREQ=DAILY;COUNT=2"), zone) == ["2026-03-10", "2026-03-11"]

    def test_a_day_leaves_a_series_of_days(self, zone: ZoneInfo) -> None:
        rule = "RRULE:FREQ=DAILY;UNTIL=20260312T000000Z\nEXDATE:20260311T000000"
        assert starts(calendar(f"{DAY}\n{rule}"), zone) == ["2026-03-10", "2026-03-12"]

    def test_an_extra_occurrence_may_have_its_own_length(self, zone: ZoneInfo) -> None:
        facts = read(calendar(f"{TUESDAY}\nRDATE;VALUE=PERIOD:20260401T090000Z/PT3H"), zone=zone)
        assert [event.end.isoformat() for event in facts.events] == [
            "2026-03-10T10:00:00+01:00",
            "2026-04-01T14:00:00+02:00",
        ]

    def test_a_birthday_since_the_year_1604_is_celebrated(self, zone: ZoneInfo) -> None:
        rule = "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10"
        assert starts(calendar(f"DTSTART;VALUE=DATE:16040310\n{rule}"), zone) == ["2026-03-10"]

    def test_a_series_in_the_skipped_hour_moves_on(self, zone: ZoneInfo) -> None:
        text = "DTSTART;TZID=Europe/Amsterdam:20260328T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
        assert starts(calendar(text), zone) == [
            "2026-03-28T02:30:00+01:00",
            "2026-03-29T03:30:00+02:00",
            "2026-03-30T02:30:00+02:00",
        ]

    def test_the_hour_that_comes_twice_is_the_first_one(self, zone: ZoneInfo) -> None:
        raw = calendar("DTSTART;TZID=Europe/Amsterdam:20261025T023000\nDURATION:PT1H")
        october = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
        [event] = read(raw, zone=zone, start=october[0], end=october[1]).events
        assert event.start.isoformat() == "2026-10-25T02:30:00+02:00"

    def test_a_long_occurrence_reaches_into_the_window(self, zone: ZoneInfo) -> None:
        text = "DTSTART;VALUE=DATE:20260101\nDURATION:P70D\nRRULE:FREQ=YEARLY"
        assert starts(calendar(text), zone) == ["2026-01-01"]

    def test_each_occurrence_has_its_name(self, zone: ZoneInfo) -> None:
        for text, names in (
            (f"{TUESDAY}\nRRULE:FREQ=WEEKLY;COUNT=2", ["2026-03-10T08:00:00Z", "2026-03-17T08:00:00Z"]),
            (f"{DAY}\nRRULE:FREQ=WEEKLY;COUNT=2", ["2026-03-10", "2026-03-17"]),
            (TUESDAY, [None]),
        ):
            assert [event.recurrence_id for event in read(calendar(text), zone=zone).events] == names


class TestOverrides:
    MASTER = f"{TUESDAY}\nSUMMARY:overleg\nRRULE:FREQ=WEEKLY;COUNT=4"
    MOVED = "DTSTART;TZID=Europe/Amsterdam:20260318T140000\nDURATION:PT2H\nSUMMARY:verzet"

    @pytest.mark.parametrize(
        "name",
        [
            "RECURRENCE-ID;TZID=Europe/Amsterdam:20260317T090000",
            "RECURRENCE-ID:20260317T080000Z",
            "RECURRENCE-ID;VALUE=DATE:20260317",
            "RECURRENCE-ID;TZID=America/New_York:20260317T040000",
        ],
    )
    def test_a_moved_occurrence_takes_the_place_of_its_original(self, name: str, zone: ZoneInfo) -> None:
        facts = read(calendar(self.MASTER, f"{name}\n{self.MOVED}"), zone=zone)
        assert facts.problems == ()
        assert [(event.start.isoformat()[:16], event.title) for event in facts.events] == [
            ("2026-03-10T09:00", "overleg"),
            ("2026-03-18T14:00", "verzet"),
            ("2026-03-24T09:00", "overleg"),
            ("2026-03-31T09:00", "overleg"),
        ]

    def test_a_cancelled_occurrence_is_told_of_as_cancelled(self, zone: ZoneInfo) -> None:
        override = f"RECURRENCE-ID:20260317T080000Z\n{TUESDAY.replace('20260310', '20260317')}\nSTATUS:CANCELLED"
        facts = read(calendar(self.MASTER, override), zone=zone)
        assert [event.status for event in facts.events] == [
            EventStatus.CONFIRMED,
            EventStatus.CANCELLED,
            EventStatus.CONFIRMED,
            EventStatus.CONFIRMED,
        ]
        assert facts.events[1].recurrence_id == "2026-03-17T08:00:00Z"

    def test_this_and_all_that_follow_move_together(self, zone: ZoneInfo) -> None:
        later = "DTSTART;TZID=Europe/Amsterdam:20260317T110000\nDURATION:PT2H\nSUMMARY:later"
        facts = read(calendar(self.MASTER, f"RECURRENCE-ID;RANGE=THISANDFUTURE:20260317T080000Z\n{later}"), zone=zone)
        assert [(event.start.isoformat(), event.title, event.recurrence_id) for event in facts.events] == [
            ("2026-03-10T09:00:00+01:00", "overleg", "2026-03-10T08:00:00Z"),
            ("2026-03-17T11:00:00+01:00", "later", "2026-03-17T08:00:00Z"),
            ("2026-03-24T11:00:00+01:00", "later", "2026-03-24T08:00:00Z"),
            ("2026-03-31T11:00:00+02:00", "later", "2026-03-31T07:00:00Z"),
        ]
        assert [event.end.isoformat()[11:16] for event in facts.events] == ["10:00", "13:00", "13:00", "13:00"]

    def test_an_exception_to_nothing_is_left_out_and_told_of(self, zone: ZoneInfo) -> None:
        facts = read(calendar(self.MASTER, f"RECURRENCE-ID:20260319T080000Z\n{self.MOVED}"), zone=zone)
        assert [event.title for event in facts.events] == ["overleg"] * 4
        assert codes(facts) == ["calendar.stray-override"]

    def test_an_occurrence_that_was_taken_out_stays_out(self, zone: ZoneInfo) -> None:
        master = f"{self.MASTER}\nEXDATE:20260317T080000Z"
        facts = read(calendar(master, f"RECURRENCE-ID:20260317T080000Z\n{self.MOVED}"), zone=zone)
        assert [event.title for event in facts.events] == ["overleg"] * 3

    def test_an_occurrence_moved_into_the_window_from_far_outside_is_there(self, zone: ZoneInfo) -> None:
        master = "DTSTART:20250101T080000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY"
        moved = "RECURRENCE-ID:20260101T080000Z\nDTSTART:20260310T080000Z\nDURATION:PT1H"
        assert starts(calendar(master, moved), zone) == ["2026-03-10T08:00:00+00:00"]

    @pytest.mark.parametrize("name", ["RECURRENCE-ID;VALUE=DATE:20260311", "RECURRENCE-ID:20260311T000000"])
    def test_one_day_of_a_series_of_days_moves(self, name: str, zone: ZoneInfo) -> None:
        master, moved = f"{DAY}\nRRULE:FREQ=DAILY;COUNT=3", f"{name}\nDTSTART;VALUE=DATE:20260320"
        facts = read(calendar(master, moved), zone=zone)
        assert [(event.start.isoformat(), event.recurrence_id) for event in facts.events] == [
            ("2026-03-10", "2026-03-10"),
            ("2026-03-12", "2026-03-12"),
            ("2026-03-20", "2026-03-11"),
        ]

    def test_a_series_with_a_thousand_exceptions_is_read_in_time(self, zone: ZoneInfo) -> None:
        master = "DTSTART:19900101T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
        days = [datetime(2023, 6, 1, 8, tzinfo=UTC) + timedelta(days=number) for number in range(1_500)]
        moved = [f"RECURRENCE-ID:{day:%Y%m%dT%H%M%SZ}\nDTSTART:{day:%Y%m%d}T120000Z\nDURATION:PT1H" for day in days]
        begin = time.process_time()
        facts = read(calendar(master, *moved), zone=zone)
        assert time.process_time() - begin < 10
        assert {event.start.hour for event in facts.events if isinstance(event.start, datetime)} == {12}
        assert len(facts.events) == 61

    @pytest.mark.parametrize(
        "moved",
        [
            pytest.param("RECURRENCE-ID:30560310T080000Z\nDTSTART:20260310T120000Z", id="from a thousand years ahead"),
            pytest.param("RECURRENCE-ID:20260310T080000Z\nDTSTART:16040310T120000Z", id="to long ago"),
            pytest.param("RECURRENCE-ID:20260310T080000Z\nDTSTART:30560310T120000Z", id="to a thousand years ahead"),
            pytest.param("RECURRENCE-ID;RANGE=THISANDFUTURE:30560310T080000Z\nDTSTART:30560310T120000Z", id="for good"),
        ],
    )
    def test_a_move_over_centuries_is_left_out_at_once(self, moved: str, zone: ZoneInfo) -> None:
        begin = time.process_time()
        facts = read(calendar("DTSTART:20200101T080000Z\nRRULE:FREQ=DAILY", moved), zone=zone)
        assert time.process_time() - begin < 10
        assert codes(facts) == ["calendar.stray-override"]
        assert len(facts.events) == 61

    def test_an_invitation_to_one_occurrence_stands_alone(self, zone: ZoneInfo) -> None:
        [event] = read(calendar(f"RECURRENCE-ID:20260317T080000Z\n{self.MOVED}"), zone=zone).events
        assert (event.title, event.recurrence_id) == ("verzet", "2026-03-17T08:00:00Z")

    @pytest.mark.parametrize("newest_first", [True, False])
    def test_the_newest_version_counts(self, zone: ZoneInfo, *, newest_first: bool) -> None:
        old, new = f"{TUESDAY}\nSEQUENCE:1\nSUMMARY:oud", f"{TUESDAY}\nSEQUENCE:2\nSUMMARY:nieuw"
        texts = (new, old) if newest_first else (old, new)
        assert [event.title for event in read(calendar(*texts), zone=zone).events] == ["nieuw"]

    def test_an_occurrence_keeps_its_own_sequence(self, zone: ZoneInfo) -> None:
        override = f"RECURRENCE-ID:20260317T080000Z\n{self.MOVED}\nSEQUENCE:7"
        facts = read(calendar(f"{self.MASTER}\nSEQUENCE:2", override), zone=zone)
        assert [event.sequence for event in facts.events] == [2, 7, 2, 2]


class TestRefusals:
    @pytest.mark.parametrize(
        "rule",
        [
            *("FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=SOMS"),
            "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
            *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
            *("FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7", "FREQ=DAILY;INTERVAL=7;BYDAY=SU"),
            f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}",
            "RSCALE=CHINESE;FREQ=YEARLY",
        ],
    )  # fmt: skip
    def test_an_endless_rule_gives_its_first_occurrence_and_a_problem(self, rule: str, zone: ZoneInfo) -> None:
        begin = time.process_time()
        facts = read(calendar(f"{TUESDAY}\nRRULE:{rule}"), zone=zone)
        assert time.process_time() - begin < 10
        assert codes(facts) == ["calendar.refused-recurrence"]
        assert [event.start.isoformat() for event in facts.events] == ["2026-03-10T09:00:00+01:00"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("DTSTART:00010101T080000Z\nRRULE:FREQ=DAILY", id="daily since the year 1"),
            pytest.param("DTSTART:16040101T080000Z\nRRULE:FREQ=DAILY", id="daily since 1604"),
            pytest.param("DTSTART:19700101T080000Z\nRRULE:FREQ=HOURLY", id="hourly since 1970"),
            pytest.param("DTSTART:20200101T080000Z\nDURATION:P3000D\nRRULE:FREQ=DAILY", id="years long, daily"),
            pytest.param(
                "DTSTART:20250101T080000Z\nRDATE:" + ",".join(f"2026031{n % 10}T{n % 24:02}{n % 60:02}00Z" for n in range(86_400 // 20)),
                id="thousands of dates",
            ),
        ],
    )  # fmt: skip
    def test_a_bomb_is_refused_at_once(self, text: str, zone: ZoneInfo) -> None:
        begin = time.process_time()
        facts = read(calendar(text), zone=zone)
        assert time.process_time() - begin < 10
        assert codes(facts) == ["calendar.refused-recurrence"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("DTSTART:19600101T080000Z\nRRULE:FREQ=DAILY", id="daily since 1960"),
            pytest.param(f"{TUESDAY}\nRRULE:FREQ=HOURLY", id="hourly since this month"),
            pytest.param("DTSTART:19000101T080000Z\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", id="month's end"),
            pytest.param(f"{TUESDAY}\n" + "BEGIN:VALARM\nTRIGGER:-PT1M\nEND:VALARM\n" * 15_000, id="15,000 alarms"),
        ],
    )  # fmt: skip
    def test_what_is_only_much_is_read_in_time(self, text: str, zone: ZoneInfo) -> None:
        begin = time.process_time()
        facts = read(calendar(text), zone=zone)
        assert time.process_time() - begin < 10
        assert facts.problems == ()
        assert facts.events
