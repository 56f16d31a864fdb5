from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.facts.agenda import absent, busy, merged, span_of
from crmlink.facts.away import away_blocks, is_away
from crmlink.model.contact import Address, Owner
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Agenda, Attendee, Event, EventStatus, Interval, Participation

ZONE = ZoneInfo("Europe/Amsterdam")
ME = Owner("Marleen van der Veen", ("marleen@example.nl",))


def meeting(start: str = "2026-03-10T09:00", end: str = "2026-03-10T10:00", title: str = "Overleg") -> Event:
    begin, until = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (start, end))
    return Event(EventUid("een"), begin, until, title)


def days(title: str, start: date = date(2026, 3, 10), end: date = date(2026, 3, 11)) -> Event:
    return Event(EventUid("dag"), start, end, title)


def spans(*events: Event) -> list[str]:
    """The busy time as "day hour:minute-day hour:minute" in the owner's zone."""
    found = busy(Agenda(events), owner=ME, zone=ZONE)
    return [f"{span.start.astimezone(ZONE):%d %H:%M}-{span.end.astimezone(ZONE):%d %H:%M}" for span in found]


def answered(event: Event, participation: Participation, address: str = "marleen@example.nl") -> Event:
    return replace(event, attendees=(Attendee(Address("", address), participation),))


class TestBusy:
    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            pytest.param(meeting(), ["10 09:00-10 10:00"], id="a meeting"),
            pytest.param(replace(meeting(), status=EventStatus.TENTATIVE), ["10 09:00-10 10:00"], id="a tentative one"),
            pytest.param(replace(meeting(), status=EventStatus.CANCELLED), [], id="a cancelled one"),
            pytest.param(replace(meeting(), busy=False), [], id="a free one"),
            pytest.param(answered(meeting(), Participation.DECLINED), [], id="one I declined"),
            pytest.param(answered(meeting(), Participation.NEEDS_ACTION), ["10 09:00-10 10:00"], id="unanswered"),
            pytest.param(
                answered(meeting(), Participation.DECLINED, "els@example.com"), ["10 09:00-10 10:00"], id="they declined"
            ),
            pytest.param(days("Beurs"), ["10 00:00-11 00:00"], id="a whole day, busy"),
            pytest.param(replace(days("Verjaardag Els"), busy=False), [], id="a whole day, free"),
            pytest.param(replace(days("Wereldreis"), busy=False), ["10 00:00-11 00:00"], id="away, though called free"),
            pytest.param(
                replace(days("Wereldreis"), busy=False, status=EventStatus.CANCELLED), [], id="a cancelled journey"
            ),
            pytest.param(replace(meeting(), zone_known=False), ["09 19:00-11 00:00"], id="at an unknown hour"),
            pytest.param(meeting(end="2026-03-10T09:00"), [], id="without length"),
        ],
    )  # fmt: skip
    def test_what_takes_time(self, event: Event, expected: list[str]) -> None:
        assert spans(event) == expected

    def test_a_day_of_23_hours_is_blocked_from_midnight_to_midnight(self) -> None:
        span = span_of(days("x", date(2026, 3, 29), date(2026, 3, 30)), zone=ZONE)
        assert (span.end - span.start).total_seconds() == 23 * 3600

    def test_spans_that_touch_or_overlap_are_one(self) -> None:
        assert spans(
            meeting("2026-03-10T11:00", "2026-03-10T12:00"),
            meeting("2026-03-10T09:00", "2026-03-10T10:00"),
            meeting("2026-03-10T10:00", "2026-03-10T10:30"),
            meeting("2026-03-10T09:15", "2026-03-10T09:20"),
        ) == ["10 09:00-10 10:30", "10 11:00-10 12:00"]

    def test_nothing_is_never_busy(self) -> None:
        assert (merged([]), spans()) == ((), [])

    def test_the_spans_are_in_utc(self) -> None:
        [span] = busy(Agenda((meeting(),)), owner=ME, zone=ZONE)
        assert span == Interval(datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 9, tzinfo=UTC))


class TestAway:
    @pytest.mark.parametrize(
        "title",
        [
            *("Vakantie", "Wereldreis", "Vrij", "VRIJ", "vrij!", "Vrije dag", "Dagje vrij", "Hele dag vrij", "Middag vrij"),
            *("Vrij - verhuizing", "Vrij (bruiloft)", "Vrij: klussen", "Vrij genomen", "Nog vrij", "Verlof", "Kerstvakantie"),
            *("Ouderschapsverlof", "Afwezig", "Weg", "Weekend weg", "Weekje weg", "Wij zijn weg", "In het buitenland", "Ziek"),
            *("Vakantie in Italië", "Vakantie Frankrijk", "Op vakantie", "🌴 Vakantie", "Reis naar Japan", "Zakenreis Berlijn"),
            *("Marleen vrij", "Marleen op vakantie", "Ik ben ziek", "ATV", "Niet beschikbaar", "Wintersport"),
            *("Vacation", "Vacation - Greece", "Holiday", "OOO", "Out of office", "On leave", "Annual leave", "PTO", "Day off"),
            *("Away", "Travel", "Traveling to Paris", "Trip to Rome", "Off sick", "Abroad"),
            *("Urlaub", "Sommerurlaub", "Frei", "Abwesend", "Krank", "Geschäftsreise", "Reise nach Wien", "Im Ausland"),
        ],
    )  # fmt: skip
    def test_a_block_that_says_away(self, title: str) -> None:
        assert is_away(replace(days(title), busy=False), owner=ME)

    @pytest.mark.parametrize(
        "title",
        [
            *("Vrijdag", "Vrijblijvend gesprek", "Weggooien oud papier", "Reiskosten", "Leave-behind maken", "Vrijmibo"),
            *("Vakantiegeld", "Vrijwilligersdag", "Buitenlandse Zaken", "Freitag", "Reisebüro", "Onderweg", "Weg A2 dicht"),
            *("Reis boeken", "Vakantie aanvragen", "Verlof goedkeuren", "Vakantieplanning", "Reiskosten declareren"),
            *("Book travel", "Holiday party", "Holiday Inn", "Bank holiday", "Kick-off", "Travel agency meeting"),
            *("Schoolvakantie", "Meivakantie regio midden", "Kinderen vrij", "Studiedag, kinderen vrij", "Schulferien"),
            *("Jan vrij", "Els op vakantie", "Piet de Vries afwezig", "Anna ziek", "Ziek: Anna", "Verlof Piet", "OOO Sarah"),
            *("Sarah OOO", "Vakantie van Jan", "Jan's holiday", "Collega vrij", "Geen vakantie", "Niet vrij", "Not off"),
            *("Koningsdag", "Verjaardag Els", "Offerte", ""),
        ],
    )  # fmt: skip
    def test_a_block_that_only_looks_like_it(self, title: str) -> None:
        assert not is_away(replace(days(title), busy=False), owner=ME)

    @pytest.mark.parametrize(
        ("event", "away"),
        [
            pytest.param(meeting(title="Vrij"), False, id="an hour called free is no day off"),
            pytest.param(meeting("2026-03-10T09:00", "2026-03-10T17:00", "Vrij"), True, id="a working day"),
            pytest.param(replace(days("x"), categories=("Vakantie",)), True, id="by its category"),
            pytest.param(replace(days("x"), away=True), True, id="out of office in Outlook"),
            pytest.param(replace(days("Vrij"), status=EventStatus.CANCELLED), False, id="cancelled"),
            pytest.param(answered(days("Vakantie"), Participation.DECLINED), False, id="declined"),
            pytest.param(replace(days("Vakantie"), organizer=Address("", "jan@example.com")), False, id="another's block"),
            pytest.param(replace(days("Vakantie"), organizer=ME.mailbox), True, id="my own block"),
        ],
    )  # fmt: skip
    def test_what_else_decides(self, event: Event, *, away: bool) -> None:
        assert is_away(event, owner=ME) is away

    def test_the_blocks_of_an_agenda_come_in_its_order(self) -> None:
        first, second = days("Vrij"), days("Vakantie", date(2026, 4, 1), date(2026, 4, 9))
        assert away_blocks(Agenda((first, meeting(), second)), owner=ME) == (first, second)


class TestAbsent:
    @pytest.mark.parametrize(
        ("event", "there"),
        [
            pytest.param(days("Wereldreis"), False, id="a journey"),
            pytest.param(replace(days("Wereldreis"), busy=False), False, id="a journey, called free"),
            pytest.param(days("Beurs"), False, id="a whole day that is taken"),
            pytest.param(replace(days("Verjaardag Els"), busy=False), True, id="a whole day, free"),
            pytest.param(replace(days("Thuiswerken"), recurrence_id="2026-03-10"), True, id="a habit"),
            pytest.param(replace(days("Vrij"), recurrence_id="2026-03-10"), False, id="a weekly day off"),
            pytest.param(replace(days("Wereldreis"), status=EventStatus.CANCELLED), True, id="a cancelled journey"),
            pytest.param(meeting(), True, id="a meeting"),
            pytest.param(meeting("2026-03-10T09:00", "2026-03-10T17:00", "Cursus"), True, id="a full day of meeting"),
            pytest.param(meeting("2026-03-10T09:00", "2026-03-10T17:00", "Vrij"), False, id="a working day off"),
        ],
    )
    def test_when_the_owner_is_not_there(self, event: Event, *, there: bool) -> None:
        assert (absent(Agenda((event,)), owner=ME, zone=ZONE) == ()) is there


class TestPlaces:
    def test_a_span_says_where_one_has_to_be(self) -> None:
        at_a_place = replace(meeting(), location="Vaartweg 1, Hilversum")
        online = replace(meeting("2026-03-10T11:00", "2026-03-10T12:00"), location="Microsoft Teams")
        whole_day = replace(days("Beurs", date(2026, 3, 12), date(2026, 3, 13)), location="Jaarbeurs, Utrecht")
        found = busy(Agenda((at_a_place, online, whole_day)), owner=ME, zone=ZONE)
        assert [span.place for span in found] == ["vaartweg 1, hilversum", "", ""]

    def test_overlapping_meetings_at_two_places_are_both_kept(self) -> None:
        here, there = replace(meeting(), location="Hilversum"), replace(meeting(), location="Utrecht")
        assert len(busy(Agenda((here, there, here)), owner=ME, zone=ZONE)) == 2
