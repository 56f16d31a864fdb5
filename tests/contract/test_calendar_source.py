"""What every calendar source does, whatever it reads from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest

from crmlink.facts.events import EventFacts, read_events
from crmlink.model.contact import Address
from crmlink.model.errors import LoginError, SourceError
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event, EventStatus, Participation
from crmlink.sources.port import CalendarChanges, CalendarSource
from tests.contract.calendar_world import CalendarWorld, MemoryWorld, ServedWorld, VdirWorld
from tests.servers.accounts import CalendarServer

ZONE = ZoneInfo("Europe/Amsterdam")
START, END = date(2026, 3, 1), date(2026, 4, 1)

MakeWorld = Callable[[Sequence[str]], CalendarWorld]


@pytest.fixture(params=["memory", "vdir", "radicale", "xandikos", "cyrus"])
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> MakeWorld:
    def make(calendars: Sequence[str]) -> CalendarWorld:
        if request.param == "memory":
            return MemoryWorld(calendars)
        if request.param == "vdir":
            return VdirWorld(calendars, tmp_path)
        return ServedWorld(calendars, request.getfixturevalue(request.param))

    return make


@pytest.fixture
def served(calendar_server: CalendarServer) -> ServedWorld:
    return ServedWorld(["Agenda"], calendar_server)


def meeting(uid: str = "koffie@example.nl", *, day: str = "20260310", more: str = "") -> str:
    return "\r\n".join(
        [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//NL", "BEGIN:VEVENT", f"UID:{uid}"),
            *("DTSTAMP:20260201T080000Z", f"DTSTART:{day}T090000Z", f"DTEND:{day}T100000Z", "SUMMARY:Koffie"),
            *([more] if more else []),
            *("END:VEVENT", "END:VCALENDAR", ""),
        ]
    )


def read(source: CalendarSource) -> dict[str, CalendarChanges]:
    try:
        return {changes.calendar: changes for changes in source.changes({}, start=START, end=END)}
    finally:
        source.close()


def facts(changes: CalendarChanges) -> list[EventFacts]:
    start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (START, END))
    return [
        read_events(item.raw, calendar=item.calendar, zone=ZONE, start=start, end=end)
        for item in sorted(changes.events, key=lambda item: item.href)
    ]


def events(changes: CalendarChanges) -> list[Event]:
    return [event for found in facts(changes) for event in found.events]


class TestReading:
    def test_a_meeting_comes_with_its_people_and_every_letter_of_their_names(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        people = (
            "ORGANIZER;CN=Zoë Jäger:mailto:Zoe@Example.nl\r\n"
            "ATTENDEE;CN=Zoë Jäger;PARTSTAT=ACCEPTED:mailto:zoe@example.nl\r\n"
            'ATTENDEE;CN="Berg, Søren van den";PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:soren@example.com\r\n'
            "ATTENDEE;CN=Zaal 3;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:zaal3@example.nl\r\n"
            "LOCATION:Café De Zon\\, Hilversum"
        )
        world.put(meeting(more=people))
        [event] = events(read(world.source)["Agenda"])
        assert event.organizer == Address("Zoë Jäger", "zoe@example.nl")
        assert [(one.address.name, one.participation, one.optional, one.room) for one in event.attendees] == [
            ("Zoë Jäger", Participation.ACCEPTED, False, False),
            ("Berg, Søren van den", Participation.DECLINED, True, False),
            ("Zaal 3", Participation.ACCEPTED, False, True),
        ]
        assert event.location == "Café De Zon, Hilversum"
        assert event.calendar == "Agenda"

    def test_a_series_and_its_exceptions_are_one_resource(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        series = meeting(more="RRULE:FREQ=WEEKLY;COUNT=3")
        exception = (
            "BEGIN:VEVENT\r\nUID:koffie@example.nl\r\nDTSTAMP:20260201T080000Z\r\nRECURRENCE-ID:20260317T090000Z\r\n"
            "DTSTART:20260318T140000Z\r\nDTEND:20260318T150000Z\r\nSUMMARY:Koffie\\, verzet\r\nEND:VEVENT\r\n"
        )
        world.put(series.replace("END:VCALENDAR", f"{exception}END:VCALENDAR"))
        changes = read(world.source)["Agenda"]
        assert len(changes.events) == 1
        assert [(event.start.day, event.title, event.recurrence_id) for event in events(changes)] == [
            (10, "Koffie", "2026-03-10T09:00:00Z"),
            (18, "Koffie, verzet", "2026-03-17T09:00:00Z"),
            (24, "Koffie", "2026-03-24T09:00:00Z"),
        ]

    def test_a_cancelled_meeting_is_still_told_of(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting(more="STATUS:CANCELLED"))
        assert [event.status for event in events(read(world.source)["Agenda"])] == [EventStatus.CANCELLED]

    def test_what_lies_far_outside_the_window_stays_out(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        for uid, day in (("vroeg", "20240310"), ("binnen", "20260310"), ("laat", "20270310")):
            world.put(meeting(uid, day=day))
        assert [found.uids for found in facts(read(world.source)["Agenda"])] == [{"binnen"}]

    def test_a_long_block_around_the_whole_window_is_inside(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        text = meeting("reis").replace("DTSTART:20260310T090000Z", "DTSTART;VALUE=DATE:20260201")
        world.put(text.replace("DTEND:20260310T100000Z", "DTEND;VALUE=DATE:20260601"))
        [event] = events(read(world.source)["Agenda"])
        assert (event.start, event.end) == (date(2026, 2, 1), date(2026, 6, 1))

    def test_a_series_that_began_long_ago_is_inside(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting("weekoverleg", day="20200107", more="RRULE:FREQ=WEEKLY"))
        assert [event.start.day for event in events(read(world.source)["Agenda"])] == [3, 10, 17, 24, 31]

    def test_two_calendars_are_told_apart(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda", "Privé"])
        world.put(meeting("werk"))
        world.put(meeting("thuis"), "Privé")
        found = read(world.source)
        assert {name: [event.uid for event in events(found[name])] for name in ("Agenda", "Privé")} == {
            "Agenda": ["werk"],
            "Privé": ["thuis"],
        }

    def test_an_empty_calendar_is_an_empty_list(self, make_world: MakeWorld) -> None:
        changes = read(make_world(["Agenda"]).source)["Agenda"]
        assert (changes.events, changes.problems, changes.complete) == ((), [], True)


class TestChanging:
    def test_a_deleted_meeting_disappears(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting("blijft"))
        handle = world.put(meeting("weg"))
        world.delete(handle)
        assert [event.uid for event in events(read(world.source)["Agenda"])] == ["blijft"]

    def test_the_state_changes_with_the_calendar_and_only_then(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting("een"))
        first, second = (read(world.source)["Agenda"].state for _ in range(2))
        world.put(meeting("twee"))
        assert first == second != read(world.source)["Agenda"].state

    def test_a_changed_meeting_has_another_etag(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting())
        [before] = read(world.source)["Agenda"].events
        world.put(meeting(day="20260311"))
        [after] = read(world.source)["Agenda"].events
        assert before.href == after.href
        assert before.etag != after.etag

    def test_reading_changes_nothing(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting())
        before = world.contents()
        read(world.source)
        assert world.contents() == before

    def test_one_source_can_be_read_again_and_closed_twice(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        source = world.source
        world.put(meeting())
        counts = [len(read(source)["Agenda"].events) for _ in range(2)]
        source.close()
        assert counts == [1, 1]


class TestFinding:
    def test_an_event_that_moved_out_of_the_window_is_found_where_it_is_now(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda", "Privé"])
        world.put(meeting("koffie&thee@example.nl"))
        world.put(meeting("koffie&thee@example.nl", day="20270910"))
        world.put(meeting("ander@example.nl"), "Privé")
        source = world.source
        [found] = source.find(frozenset({EventUid("koffie&thee@example.nl"), EventUid("weg@example.nl")}))
        source.close()
        assert found.calendar == "Agenda"
        assert b"20270910" in found.raw

    def test_part_of_a_uid_finds_nothing(self, make_world: MakeWorld) -> None:
        world = make_world(["Agenda"])
        world.put(meeting("koffie@example.nl"))
        source = world.source
        assert source.find(frozenset({EventUid("koffie"), EventUid("KOFFIE@example.nl")})) == []
        source.close()

    def test_nothing_asked_is_nothing_found(self, make_world: MakeWorld) -> None:
        source = make_world(["Agenda"]).source
        assert source.find(frozenset()) == []
        source.close()


class TestServers:
    def test_one_calendars_own_address_will_do(self, served: ServedWorld) -> None:
        served.put(meeting())
        [changes] = served.source_at(served.account.calendars["Agenda"]).changes({}, start=START, end=END)
        assert [event.uid for event in events(changes)] == ["koffie@example.nl"]

    def test_a_wrong_password_is_a_refused_login(self, served: ServedWorld, calendar_server: CalendarServer) -> None:
        if not calendar_server.checks_passwords:
            pytest.skip("this server leaves passwords to a proxy")
        for url in (served.account.url, served.account.calendars["Agenda"]):
            with pytest.raises(LoginError, match="login"):
                read(served.source_at(url, password="fout"))

    def test_a_server_that_lets_strangers_look_around_is_asked_with_the_login(self, cyrus: CalendarServer) -> None:
        served = ServedWorld(["Agenda"], cyrus)
        root = urljoin(served.account.url, "/dav/")
        assert "Agenda" in read(served.source_at(root))
        with pytest.raises((LoginError, SourceError)):
            read(served.source_at(root, password="fout"))

    def test_an_address_without_calendars_is_no_free_agenda(self, served: ServedWorld) -> None:
        with pytest.raises((SourceError, LoginError)):
            read(served.source_at(f"{served.account.calendars['Agenda']}bestaat-niet/"))
