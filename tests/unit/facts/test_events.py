from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from crmlink.facts.event_times import MAX_DURATION
from crmlink.model.contact import Address
from crmlink.model.meeting import Attendee, EventStatus, Participation
from tests.unit.facts.calendar_texts import AMSTERDAM, TUESDAY, calendar, codes, read


class TestProperties:
    def test_everything_a_meeting_says_is_read(self) -> None:
        [event] = read(
            calendar(
                f"{TUESDAY}\nSUMMARY:Kennismaking\\, koffie\nLOCATION:Kantoor\nDESCRIPTION:Regel 1\\nRegel 2\n"
                "STATUS:TENTATIVE\nSEQUENCE:3\nCATEGORIES:klant,intake\nCATEGORIES:belangrijk\nTRANSP:TRANSPARENT\n"
                'ORGANIZER;CN="Berg, Jan";SENT-BY="mailto:Secr@Example.nl":MAILTO:Jan@Example.NL\n'
                "ATTENDEE;CN=Els;PARTSTAT=ACCEPTED:mailto:els@example.com\n"
                "CREATED:20260101T080000Z\nLAST-MODIFIED:20260102T080000Z\nDTSTAMP:20260103T080000Z"
            )
        ).events
        assert (event.title, event.location, event.description) == (
            "Kennismaking, koffie",
            "Kantoor",
            "Regel 1\nRegel 2",
        )
        assert (event.status, event.status_given, event.sequence, event.busy) == (EventStatus.TENTATIVE, True, 3, False)
        assert event.categories == ("klant", "intake", "belangrijk")
        assert event.organizer == Address("Berg, Jan", "jan@example.nl")
        assert event.sent_by == Address("", "secr@example.nl")
        assert event.attendees == (Attendee(Address("Els", "els@example.com"), Participation.ACCEPTED),)
        assert event.created_at == datetime(2026, 1, 1, 8, tzinfo=UTC)
        assert event.modified_at == datetime(2026, 1, 2, 8, tzinfo=UTC)
        assert (event.uid, event.calendar, event.recurrence_id, event.zone_known) == ("een", "Agenda", None, True)

    def test_what_is_not_said_has_its_default(self) -> None:
        [event] = read(calendar(f"{TUESDAY}\nDTSTAMP:20260103T080000Z")).events
        assert (event.title, event.status, event.status_given, event.busy, event.sequence) == (
            "",
            EventStatus.CONFIRMED,
            False,
            True,
            0,
        )
        assert (event.organizer, event.attendees, event.away, event.recurring) == (None, (), False, False)
        assert event.modified_at == datetime(2026, 1, 3, 8, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("lines", "busy", "away"),
        [
            pytest.param("TRANSP:OPAQUE", True, False, id="opaque"),
            pytest.param("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False, False, id="free in Outlook"),
            pytest.param("TRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", True, False, id="the standard wins"),
            pytest.param("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True, True, id="out of office in Outlook"),
            pytest.param("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", True, False, id="tentative in Outlook"),
        ],
    )
    def test_busy_and_away(self, lines: str, *, busy: bool, away: bool) -> None:
        [event] = read(calendar(f"{TUESDAY}\n{lines}")).events
        assert (event.busy, event.away) == (busy, away)

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            pytest.param("ATTENDEE;CN=Zaal;CUTYPE=ROOM:mailto:z@x.nl", Attendee(Address("Zaal", "z@x.nl"), room=True)),
            pytest.param("ATTENDEE;CUTYPE=RESOURCE:mailto:b@x.nl", Attendee(Address("", "b@x.nl"), room=True)),
            pytest.param("ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:o@x.nl", Attendee(Address("", "o@x.nl"), optional=True)),
            pytest.param("ATTENDEE;ROLE=NON-PARTICIPANT:mailto:o@x.nl", Attendee(Address("", "o@x.nl"), optional=True)),
            pytest.param("ATTENDEE;PARTSTAT=X-MISSCHIEN:mailto:o@x.nl", Attendee(Address("", "o@x.nl"))),
            pytest.param("ATTENDEE;CN='Jan':mailto:J%40n@x.nl?subject=x", None),
            pytest.param("ATTENDEE;CN=Jan:MAILTO:jan%2Bwerk@x.nl", Attendee(Address("Jan", "jan+werk@x.nl"))),
            pytest.param("ATTENDEE;EMAIL=p@x.nl;CN=P:/principals/p/", Attendee(Address("P", "p@x.nl"))),
            pytest.param("ATTENDEE;CN=Jan:jan@x.nl", Attendee(Address("Jan", "jan@x.nl"))),
            pytest.param("ATTENDEE;CN=Niemand:urn:uuid:1234", None),
            pytest.param("ATTENDEE;CN=Niemand:mailto:", None),
            pytest.param("ATTENDEE:mailto:a@x.nl,b@x.nl", None),
            pytest.param("ATTENDEE;CN=Berg, Jan van den:mailto:j@x.nl", Attendee(Address("Berg, Jan van den", "j@x.nl"))),
            pytest.param('ATTENDEE;CN="a\u202ebv\u200b":mailto:j@x.nl', Attendee(Address("abv", "j@x.nl"))),
        ],
    )  # fmt: skip
    def test_an_attendee_is_a_mailbox_or_nobody(self, line: str, expected: Attendee | None) -> None:
        [event] = read(calendar(f"{TUESDAY}\n{line}")).events
        assert event.attendees == (() if expected is None else (expected,))

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            pytest.param("{{7*7}}<script>", "{{7*7}}<script>", id="code is only text"),
            pytest.param("a\u202eb\u2066c\u200bd\ufeff", "abcd", id="direction and invisible characters"),
            pytest.param("a\\nb\u2028c\x85d", "a b c d", id="line breaks in a title"),
            pytest.param("a\x00\x07\x1bb", "ab", id="control characters"),
            pytest.param("  veel   ruimte\t", "veel ruimte", id="space"),
            pytest.param("x" * 10_000, "x" * 250, id="ten thousand characters"),
        ],
    )
    def test_a_title_is_one_clean_line(self, title: str, expected: str) -> None:
        [event] = read(calendar(f"{TUESDAY}\nSUMMARY:{title}")).events
        assert event.title == expected

    def test_a_description_is_capped(self) -> None:
        [event] = read(calendar(f"{TUESDAY}\nDESCRIPTION:{'x' * 20_000}")).events
        assert len(event.description) == 10_000

    @pytest.mark.parametrize("value", ["x", "-4", "1.5", "99999999999999999999"])
    def test_a_broken_sequence_harms_nobody(self, value: str) -> None:
        [event] = read(calendar(f"{TUESDAY}\nSEQUENCE:{value}")).events
        assert 0 <= event.sequence < 2**31


class TestSpans:
    @pytest.mark.parametrize(
        ("lines", "start", "end"),
        [
            pytest.param("DTSTART;VALUE=DATE:20260310", date(2026, 3, 10), date(2026, 3, 11), id="one day, no end"),
            pytest.param("DTSTART:20260310", date(2026, 3, 10), date(2026, 3, 11), id="a date that is not called one"),
            pytest.param(
                "DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260310",
                date(2026, 3, 10),
                date(2026, 3, 11),
                id="ends on its own day",
            ),
            pytest.param(
                "DTSTART;VALUE=DATE:20260310\nDURATION:P3D", date(2026, 3, 10), date(2026, 3, 13), id="days long"
            ),
            pytest.param(
                "DTSTART;VALUE=DATE:20260310\nDURATION:PT30H", date(2026, 3, 10), date(2026, 3, 12), id="hours on days"
            ),
            pytest.param(
                "DTSTART;VALUE=DATE:20260310\nDTEND:20260310T120000Z",
                date(2026, 3, 10),
                date(2026, 3, 11),
                id="a day until noon",
            ),
        ],
    )
    def test_whole_days_stay_days(self, lines: str, start: date, end: date) -> None:
        [event] = read(calendar(lines)).events
        assert (event.start, event.end, event.all_day) == (start, end, True)

    @pytest.mark.parametrize(
        ("lines", "hours"),
        [
            pytest.param("DTSTART:20260310T090000Z\nDURATION:PT90M", 1.5, id="duration"),
            pytest.param("DTSTART:20260310T090000Z", 0, id="no end"),
            pytest.param("DTSTART:20260310T090000Z\nDTEND:20260310T080000Z", 0, id="an end before the start"),
            pytest.param("DTSTART:20260310T090000Z\nDURATION:-PT1H", 0, id="a negative duration"),
            pytest.param("DTSTART:20260310T210000Z\nDTEND;VALUE=DATE:20260311", 3, id="an end that is a day"),
            pytest.param("DTSTART;TZID=Europe/Amsterdam:20260328T120000\nDURATION:P1D", 23, id="a day of 23 hours"),
            pytest.param("DTSTART;TZID=Europe/Amsterdam:20260328T120000\nDURATION:PT24H", 24, id="exactly 24 hours"),
        ],
    )
    def test_hours_are_hours(self, lines: str, hours: float) -> None:
        [event] = read(calendar(lines)).events
        assert isinstance(event.start, datetime)
        assert isinstance(event.end, datetime)
        assert event.end.astimezone(UTC) - event.start.astimezone(UTC) == timedelta(hours=hours)

    @pytest.mark.parametrize(
        ("lines", "inside"),
        [
            pytest.param("DTSTART:20260501T000000Z\nDURATION:PT1H", False, id="begins when the window ends"),
            pytest.param("DTSTART:20260430T235900Z\nDURATION:PT1H", True, id="begins just before that"),
            pytest.param("DTSTART:20260228T230000Z\nDURATION:PT1H", False, id="ends when the window begins"),
            pytest.param("DTSTART:20260301T000000Z", True, id="takes no time, at the start"),
            pytest.param("DTSTART;VALUE=DATE:20260228", False, id="the day before"),
            pytest.param("DTSTART;VALUE=DATE:20260501", True, id="a day that begins an hour or two before UTC's"),
            pytest.param("DTSTART;VALUE=DATE:20260101\nDURATION:P200D", True, id="around the window"),
        ],
    )
    def test_what_touches_the_window(self, lines: str, *, inside: bool) -> None:
        facts = read(calendar(lines))
        assert bool(facts.events) is inside
        assert facts.uids == {"een"}


class TestBrokenTexts:
    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            pytest.param(b"", "calendar.not-a-calendar", id="nothing"),
            pytest.param(b"\x00\xff\xfe", "calendar.not-a-calendar", id="bytes"),
            pytest.param(b"<html>", "calendar.not-a-calendar", id="a web page"),
            pytest.param(b"BEGIN:VCALENDAR\r\n" + b"x" * 1_100_000, "calendar.too-large", id="over a megabyte"),
            pytest.param(calendar("SUMMARY:x"), "calendar.broken-event", id="no start"),
            pytest.param(calendar("DTSTART:morgen"), "calendar.broken-event", id="a start nobody understands"),
            pytest.param(calendar("DTSTART:20261399T250000Z"), "calendar.broken-event", id="a day that is not there"),
            pytest.param(calendar("DTSTART:20260310T090000Z\nDTEND:x"), "calendar.broken-event", id="a broken end"),
            pytest.param(
                calendar("DTSTART:20260310T090000Z\nDURATION:P999999999D"), "calendar.broken-event", id="for ever"
            ),
            pytest.param(calendar("DTSTART:00010101T000000\nDURATION:PT1H"), "calendar.broken-event", id="the year 1"),
            pytest.param(calendar(TUESDAY)[:-30], "calendar.broken-text", id="cut off"),
            pytest.param(
                calendar(*[f"{TUESDAY}\nUID:{number}" for number in range(2_001)]),
                "calendar.too-many-events",
                id="two thousand events",
            ),
            pytest.param(
                calendar(TUESDAY + "\nATTENDEE:mailto:a@x.nl" * 4_000), "calendar.too-large", id="four thousand people"
            ),
        ],
    )
    def test_a_broken_text_is_a_problem(self, raw: bytes, code: str) -> None:
        facts = read(raw)
        assert codes(facts) == [code]
        assert all(problem.hint and problem.message.endswith(".") for problem in facts.problems)

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(calendar("DTSTART:morgen"), id="a broken start"),
            pytest.param(calendar(TUESDAY)[:-30], id="cut off"),
            pytest.param(calendar(TUESDAY) + b"x" * 1_100_000, id="too large"),
        ],
    )
    def test_an_event_that_cannot_be_read_is_still_there(self, raw: bytes) -> None:
        facts = read(raw)
        assert facts.events == ()
        assert facts.uids == {"een"}

    def test_one_broken_event_does_not_hide_the_others(self) -> None:
        facts = read(calendar("UID:kapot\nDTSTART:morgen", f"UID:heel\n{TUESDAY}"))
        assert [event.uid for event in facts.events] == ["heel"]
        assert [(problem.code, problem.subject) for problem in facts.problems] == [("calendar.broken-event", "kapot")]

    def test_an_event_that_was_never_closed_does_not_swallow_the_next(self) -> None:
        raw = calendar(f"UID:heel\n{TUESDAY}").replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\nUID:half\r\nBEGIN:VEVENT")
        facts = read(raw)
        assert [event.uid for event in facts.events] == ["heel"]
        assert facts.uids == {"half", "heel"}

    def test_two_calendars_in_one_text_are_both_read(self) -> None:
        facts = read(calendar(f"UID:a\n{TUESDAY}") + calendar(f"UID:b\n{TUESDAY}"))
        assert ([event.uid for event in facts.events], facts.problems) == (["a", "b"], ())

    def test_alarms_do_not_speak_for_their_event(self) -> None:
        alarm = "BEGIN:VALARM\nUID:alarm\nTRIGGER:-PT5M\nDESCRIPTION:piep\nDURATION:PT9H\nEND:VALARM"
        [event] = read(calendar(f"UID:een\n{TUESDAY}\n{alarm}\nDESCRIPTION:overleg")).events
        assert (event.uid, event.description) == ("een", "overleg")

    def test_an_event_without_uid_gets_the_same_one_every_time(self) -> None:
        raw = calendar(f"UID:\n{TUESDAY}")
        first, second = read(raw), read(raw)
        assert first.events[0].uid == second.events[0].uid
        assert first.events[0].uid.startswith("no-uid-")

    @pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n"])
    def test_any_line_ending_will_do(self, ending: bytes) -> None:
        assert len(read(calendar(TUESDAY).replace(b"\r\n", ending)).events) == 1

    def test_a_line_folded_inside_a_letter_is_whole_again(self) -> None:
        raw = calendar(f"{TUESDAY}\nSUMMARY:Café").replace("é".encode(), b"\xc3\r\n \xa9")
        assert read(raw).events[0].title == "Café"

    def test_an_old_encoding_is_read(self) -> None:
        raw = calendar(f"{TUESDAY}\nSUMMARY:Café").replace("é".encode(), b"\xe9")
        assert read(raw).events[0].title == "Café"

    def test_ten_years_is_long_enough_for_a_block(self) -> None:
        days = MAX_DURATION.days
        assert len(read(calendar(f"DTSTART;VALUE=DATE:20260310\nDURATION:P{days}D")).events) == 1
        assert codes(read(calendar(f"DTSTART;VALUE=DATE:20260310\nDURATION:P{days + 1}D"))) == ["calendar.broken-event"]


def test_events_come_in_order_of_start() -> None:
    facts = read(
        calendar(
            "UID:c\nDTSTART:20260310T120000Z",
            "UID:b\nDTSTART:20260310T080000Z",
            "UID:a\nDTSTART;VALUE=DATE:20260310",
        )
    )
    assert [event.uid for event in facts.events] == ["a", "b", "c"]
    assert facts.events[0].start == datetime(2026, 3, 10, tzinfo=AMSTERDAM).date()
