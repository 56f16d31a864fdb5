from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.unit.facts.calendar_texts import calendar, codes, read

NEW_YORK = ZoneInfo("America/New_York")


def definition(
    tzid: str, *, standard: str = "+0100", daylight: str = "+0200", months: tuple[int, int] = (10, 3)
) -> str:
    """A VTIMEZONE as Exchange writes it, with European rules unless told otherwise."""
    changes = (("STANDARD", daylight, standard, months[0], "03"), ("DAYLIGHT", standard, daylight, months[1], "02"))
    rules = "".join(
        f"BEGIN:{name}\nDTSTART:16010101T{hour}0000\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}\n"
        f"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH={month}\nEND:{name}\n"
        for name, before, after, month, hour in changes
    )
    return f"BEGIN:VTIMEZONE\nTZID:{tzid}\n{rules}END:VTIMEZONE\n"


def fixed(tzid: str, offset: str) -> str:
    """A VTIMEZONE without summer time, as Outlook writes it."""
    rules = "".join(
        f"BEGIN:{name}\nDTSTART:16010101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:{name}\n"
        for name in ("STANDARD", "DAYLIGHT")
    )
    return f"BEGIN:VTIMEZONE\nTZID:{tzid}\n{rules}END:VTIMEZONE\n"


class TestKnownZones:
    @pytest.mark.parametrize(
        ("line", "zones", "utc_hours"),
        [
            pytest.param("DTSTART;TZID=Europe/Amsterdam:20260410T090000", "", "07:00", id="IANA"),
            pytest.param('DTSTART;TZID="Europe/Amsterdam":20260410T090000', "", "07:00", id="quoted"),
            pytest.param("DTSTART;TZID=/Europe/Amsterdam:20260410T090000", "", "07:00", id="a slash before it"),
            pytest.param(
                "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Amsterdam:20260410T090000", "", "07:00", id="vendor"
            ),
            pytest.param("DTSTART;TZID=W. Europe Standard Time:20260410T090000", "", "07:00", id="Windows"),
            pytest.param("DTSTART;TZID=Eastern Standard Time:20260410T090000", "", "13:00", id="Windows, New York"),
            pytest.param("DTSTART;TZID=tzone://Microsoft/Utc:20260410T090000", "", "09:00", id="Microsoft's UTC"),
            pytest.param("DTSTART;TZID=UTC:20260410T090000", "", "09:00", id="UTC by name"),
            pytest.param("DTSTART:20260410T090000Z", "", "09:00", id="UTC"),
            pytest.param("DTSTART;TZID=America/New_York:20260410T090000Z", "", "09:00", id="UTC in spite of a zone"),
            pytest.param(
                "DTSTART;TZID=Customized Time Zone:20260410T090000",
                definition("Customized Time Zone"),
                "07:00",
                id="customized, European rules",
            ),
            pytest.param(
                "DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Rome:20260410T090000",
                definition("(UTC+01:00) Amsterdam, Berlin, Rome"),
                "07:00",
                id="a colon in the name, not quoted",
            ),
            pytest.param(
                'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Rome":20260410T090000',
                definition("(UTC+01:00) Amsterdam, Berlin, Rome"),
                "07:00",
                id="a colon in the name, quoted",
            ),
            pytest.param("DTSTART;TZID=India:20260410T090000", fixed("India", "+0530"), "03:30", id="fixed half hour"),
            pytest.param("DTSTART;TZID=Vast:20260410T090000", fixed("Vast", "+0300"), "06:00", id="fixed whole hour"),
            pytest.param("DTSTART;TZID=Min:20260410T090000", fixed("Min", "-0500"), "14:00", id="fixed, west"),
            pytest.param(
                "DTSTART;TZID=Europe/Amsterdam:20260410T090000",
                fixed("Europe/Amsterdam", "+0900"),
                "07:00",
                id="an IANA name beats a definition that lies",
            ),
        ],
    )  # fmt: skip
    def test_the_hour_is_known(self, line: str, zones: str, utc_hours: str) -> None:
        facts = read(calendar(f"{line}\nDURATION:PT1H", zones=zones), zone=NEW_YORK)
        assert facts.problems == ()
        [event] = facts.events
        assert event.zone_known
        assert isinstance(event.start, datetime)
        assert event.start.astimezone(UTC).strftime("%H:%M") == utc_hours

    @pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York"])
    def test_a_floating_time_is_the_owners(self, zone: str) -> None:
        facts = read(calendar("DTSTART:20260410T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"), zone=ZoneInfo(zone))
        assert facts.problems == ()
        nine = [datetime(2026, 4, day, 9, tzinfo=ZoneInfo(zone)) for day in (10, 11)]
        assert [(event.start, event.zone_known) for event in facts.events] == [(moment, True) for moment in nine]

    def test_a_definition_holds_for_its_own_text_only(self) -> None:
        line = "DTSTART;TZID=Customized Time Zone:20260410T090000\nDURATION:PT1H"
        read(calendar(line, zones=definition("Customized Time Zone")))
        assert codes(read(calendar(line))) == ["calendar.unknown-zone"]
        other = read(calendar(line, zones=fixed("Customized Time Zone", "+0900"))).events[0]
        assert other.start.isoformat() == "2026-04-10T09:00:00+09:00"

    def test_a_whole_day_needs_no_zone(self) -> None:
        facts = read(calendar("DTSTART;VALUE=DATE;TZID=Nergens:20260410"))
        assert (facts.problems, facts.events[0].zone_known) == ((), True)


class TestUnknownZones:
    @pytest.mark.parametrize(
        ("tzid", "zones"),
        [
            pytest.param("Nergens/Plaats", "", id="no such place"),
            pytest.param("Customized Time Zone", "", id="customized, without a definition"),
            pytest.param("GMT+0100", "", id="an offset as a name: its sign means two things"),
            pytest.param("(UTC+01:00) Amsterdam, Berlin", "", id="a display name without a definition"),
            pytest.param("/vendor/Amsterdam", "", id="a city behind a prefix"),
            pytest.param("../../etc/passwd", "", id="a path"),
            pytest.param("Europe", "", id="a directory of zones"),
            pytest.param("Factory", "", id="the zone that says nothing"),
            pytest.param("x" * 5_000, "", id="a long name"),
            pytest.param("Eigen", definition("Eigen", months=(10, 5)), id="changes when no zone does"),
            pytest.param("Eigen", definition("Eigen", standard="+0107", daylight="+0207"), id="odd minutes"),
            pytest.param("Eigen", fixed("Eigen", "+0107"), id="fixed odd minutes"),
            pytest.param("Eigen", "BEGIN:VTIMEZONE\nTZID:Eigen\nEND:VTIMEZONE\n", id="an empty definition"),
            pytest.param("Eigen", definition("Eigen").replace("YEARLY", "SECONDLY"), id="a bomb as a definition"),
            pytest.param("Eigen", definition("Eigen").replace("+0200", "+9900"), id="an offset of four days"),
        ],
    )
    def test_an_unknown_zone_is_read_as_the_owners_and_said_so(self, tzid: str, zones: str) -> None:
        raw = calendar(f"DTSTART;TZID={tzid}:20260410T090000\nDURATION:PT1H", zones=zones)
        facts = read(raw, zone=NEW_YORK)
        assert codes(facts) == ["calendar.unknown-zone"]
        [event] = facts.events
        assert (event.start.isoformat(), event.zone_known) == ("2026-04-10T09:00:00-04:00", False)

    def test_one_unknown_name_is_told_of_once_per_event(self) -> None:
        line = "DTSTART;TZID=X:20260410T090000\nDTEND;TZID=X:20260410T100000\nRRULE:FREQ=DAILY;COUNT=3"
        facts = read(calendar(line))
        assert codes(facts) == ["calendar.unknown-zone"]
        assert [event.zone_known for event in facts.events] == [False] * 3

    def test_an_exception_in_an_unknown_zone_does_not_spoil_its_series(self) -> None:
        master = "DTSTART:20260410T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
        moved = "RECURRENCE-ID:20260411T090000Z\nDTSTART;TZID=X:20260412T090000\nDURATION:PT1H"
        assert [event.zone_known for event in read(calendar(master, moved)).events] == [True, False]
