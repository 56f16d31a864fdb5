"""Reading calendars again, with what was kept of them: always what a first reading gives, and hardly any work."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crmlink.app.gathering.gather import GatheredAgenda, Window
from crmlink.app.gathering.gather_calendars import Means, Memory, gather_calendars
from crmlink.cache.calendars import LAYOUT, CalendarCache
from crmlink.cache.file import open_cache
from crmlink.facts import events
from crmlink.facts.components import read_components
from crmlink.sources.bounded_session import BoundedSession
from tests.contract.calendar_world import CalendarWorld, FeedWorld, MemoryWorld, ServedWorld, VdirWorld
from tests.picture_of import POLICY
from tests.reading_carefully import reading_carefully
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import scripted

ME = "marleen@example.nl"
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
MakeWorld = Callable[[], CalendarWorld]
NUMBERS = itertools.count()

WHEN = {
    "inside": "DTSTART:20260312T090000Z\r\nDTEND:20260312T100000Z",
    "another day inside": "DTSTART;TZID=Europe/Amsterdam:20260313T090000\r\nDTEND;TZID=Europe/Amsterdam:20260313T100000",
    "whole days": "DTSTART;VALUE=DATE:20260316\r\nDTEND;VALUE=DATE:20260318",
    "past": "DTSTART:20240312T090000Z\r\nDTEND:20240312T100000Z",
    "just before the window": "DTSTART:20260130T090000Z\r\nDTEND:20260130T100000Z",
    "just after the window": "DTSTART:20260612T090000Z\r\nDTEND:20260612T100000Z",
    "future": "DTSTART:20280312T090000Z\r\nDTEND:20280312T100000Z",
    "series of old": "DTSTART:20200107T090000Z\r\nDTEND:20200107T100000Z\r\nRRULE:FREQ=WEEKLY",
    "series at night": "DTSTART;TZID=Europe/Amsterdam:20260301T023000\r\nDURATION:PT30M\r\nRRULE:FREQ=DAILY;COUNT=40",
    "ended series": "DTSTART:20200107T090000Z\r\nDTEND:20200107T100000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3",
    "nobody's zone": "DTSTART;TZID=Elders/Nergens:20260312T090000\r\nDTEND;TZID=Elders/Nergens:20260312T100000",
}


@dataclass(frozen=True, slots=True)
class Put:
    """Store an event, or move it to another time or calendar."""

    uid: str
    when: str
    calendar: str = "Agenda"


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an event, if it is there."""

    uid: str


@dataclass(frozen=True, slots=True)
class Days:
    """Let days go by."""

    count: int


Step = Put | Delete | Days
CALENDARS = st.sampled_from(["Agenda", "Privé"])
UIDS = st.sampled_from([f"uid-{letter}@example.nl" for letter in "abcdef"])
STEPS = st.lists(
    st.lists(
        st.one_of(
            st.builds(Put, UIDS, st.sampled_from(sorted(WHEN)), CALENDARS),
            st.builds(Delete, UIDS),
            st.builds(Days, st.integers(1, 3)),
        ),
        max_size=4,
    ),
    min_size=1,
    max_size=5,
)
Passes = list[list[Step]]


@pytest.fixture(params=["memory", "vdir", "feed", "radicale", "xandikos", "cyrus"])
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeWorld]:
    """Makes worlds with the calendars "Agenda" and "Privé", on one kind of store; a feed is one calendar."""
    if request.param != "feed":
        yield lambda: _world(request, tmp_path)
        return
    certificate = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(certificate) as server:
        yield lambda: FeedWorld(server, certificate, f"feed{next(NUMBERS)}")


def _world(request: pytest.FixtureRequest, root: Path) -> CalendarWorld:
    names: Sequence[str] = ("Agenda", "Privé")
    if request.param == "memory":
        return MemoryWorld(names)
    if request.param == "vdir":
        directory = root / f"vdir{next(NUMBERS)}"
        directory.mkdir()
        return VdirWorld(names, directory)
    return ServedWorld(names, request.getfixturevalue(request.param))


@dataclass(slots=True)
class Work:
    """What was asked of stores: HTTP requests with their bodies, event files opened, texts read."""

    done: list[tuple[str, str]] = field(default_factory=list)
    parsed: int = 0
    watching: bool = True

    def overhear(self, name: str, arguments: tuple[object, ...]) -> None:
        """An audit hook: it sees every file that is opened, and cannot be taken away again."""
        if self.watching and name == "open" and str(arguments[0]).endswith(".ics"):
            self.done.append(("OPEN", Path(str(arguments[0])).name))


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """All that is asked while a test runs. Everything passes through."""
    work = Work()
    send, read = BoundedSession.request, read_components

    def recording(session: BoundedSession, method: str, url: str, *rest: Any, **options: Any) -> Any:
        body = options.get("data") or b""
        work.done.append((method, body.decode() if isinstance(body, bytes) else str(body)))
        return send(session, method, url, *rest, **options)

    def counting(*arguments: Any, **options: Any) -> Any:
        work.parsed += 1
        return read(*arguments, **options)

    monkeypatch.setattr(BoundedSession, "request", recording)
    monkeypatch.setattr(events, "read_components", counting)
    sys.addaudithook(work.overhear)
    yield work
    work.watching = False


def text(uid: str, when: str) -> str:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//NL\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260201T080000Z\r\n"
        f"{WHEN[when]}\r\nSUMMARY:{when}\r\nORGANIZER;CN=Marleen:mailto:{ME}\r\n"
        "ATTENDEE;CN=Gijs;PARTSTAT=ACCEPTED:mailto:gijs@bakker.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@contextmanager
def empty_cache() -> Iterator[CalendarCache]:
    with open_cache(None, layout=LAYOUT, read_only=False) as cache:
        yield CalendarCache(cache, ME)


def a_pass(world: CalendarWorld, now: datetime, kept: CalendarCache) -> GatheredAgenda:
    source = world.source
    try:
        window = Window(now, now - POLICY.lookback)
        means = Means(kept, reading_carefully(ME, now))
        return gather_calendars([source], POLICY, window, Memory(), means, lambda _name, _count: None)
    finally:
        source.close()


def first_pass(world: CalendarWorld, now: datetime) -> GatheredAgenda:
    with empty_cache() as nothing:
        return a_pass(world, now, nothing)


class Changing:
    """A world that is changed step by step, and what passes over it say."""

    def __init__(self, world: CalendarWorld) -> None:
        self.world = world
        self.now = NOW
        self._places: dict[str, tuple[str, str]] = {}

    def take(self, step: Step) -> None:
        match step:
            case Put(uid, when, calendar):
                if uid in self._places and self._places[uid][0] != calendar:
                    self.take(Delete(uid))
                self._places[uid] = calendar, self.world.put(text(uid, when), calendar)
            case Delete(uid):
                if uid in self._places:
                    calendar, handle = self._places.pop(uid)
                    self.world.delete(handle, calendar)
            case Days(count):
                self.now += timedelta(days=count)


EXAMPLES = (
    [[Put("a", "inside"), Put("b", "series of old")], [Put("a", "future")], [Put("a", "inside")]],
    [[Put("a", "just after the window"), Put("b", "inside")], [Days(2)], [Delete("b")], [Days(1)]],
    [[Put("a", "inside")], [Put("a", "inside", "Privé")], [Delete("a")]],
    [[Put("a", "past"), Put("b", "nobody's zone")], [Put("a", "whole days")], []],
)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(passes=STEPS)
@example(passes=EXAMPLES[0])
@example(passes=EXAMPLES[1])
@example(passes=EXAMPLES[2])
@example(passes=EXAMPLES[3])
def test_a_later_reading_gives_what_a_first_one_gives(make_world: MakeWorld, passes: Passes) -> None:
    _read_after_each(Changing(make_world()), passes)


@pytest.mark.parametrize("make_world", ["memory", "vdir"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(passes=STEPS)
def test_the_same_over_many_ways_to_change_a_calendar(make_world: MakeWorld, passes: Passes) -> None:
    _read_after_each(Changing(make_world()), passes)


def _read_after_each(changing: Changing, passes: Passes) -> None:
    with empty_cache() as kept:
        for steps in passes:
            for step in steps:
                changing.take(step)
            assert a_pass(changing.world, changing.now, kept) == first_pass(changing.world, changing.now)


class TestWork:
    """What a reading asks of a store, as seen from outside: requests over HTTP, files opened."""

    def test_an_unchanged_calendar_is_asked_for_its_stand_alone(self, make_world: MakeWorld, work: Work) -> None:
        world = make_world()
        for number in range(5):
            world.put(text(f"event{number}", "inside"))
        with empty_cache() as kept:
            a_pass(world, NOW, kept)
            work.done.clear()
            found = a_pass(world, NOW + timedelta(minutes=10), kept)
            assert len(found.agenda.events) == 5
            assert {verb for verb, _ in work.done} == ({"PROPFIND"} if isinstance(world, ServedWorld) else set())
            assert len(work.done) <= 3
            assert not [body for verb, body in work.done if verb == "PROPFIND" and "getetag" in body]

    def test_of_a_changed_calendar_only_the_news_is_fetched(self, make_world: MakeWorld, work: Work) -> None:
        world = make_world()
        for number in range(5):
            world.put(text(f"event{number}", "inside"))
        with empty_cache() as kept:
            a_pass(world, NOW, kept)
            world.put(text("event3", "whole days"))
            work.done.clear()
            found = a_pass(world, NOW, kept)
            assert len(found.agenda.events) == 5
            fetched = [body for verb, body in work.done if verb == "REPORT" and "calendar-data" in body]
            assert [body.count("<D:href>") for body in fetched] == ([1] if isinstance(world, ServedWorld) else [])
            opened = [name for verb, name in work.done if verb == "OPEN"]
            assert opened == (["event3.ics"] if isinstance(world, VdirWorld) else [])

    def test_facts_are_worked_out_once_a_day(self, make_world: MakeWorld, work: Work) -> None:
        world = make_world()
        for number in range(5):
            world.put(text(f"event{number}", "series at night"))
        with empty_cache() as kept:
            for now, read in ((NOW, 5), (NOW + timedelta(hours=1), 0), (NOW + timedelta(days=1), 5)):
                work.parsed = 0
                a_pass(world, now, kept)
                assert work.parsed == read
