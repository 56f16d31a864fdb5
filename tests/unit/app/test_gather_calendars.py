"""Which calendars can be trusted, and what the absence of an event means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crmlink.app.gathering.gather import GatheredAgenda, Health, Window
from crmlink.app.gathering.gather_calendars import Means, Memory, gather_calendars
from crmlink.cache.calendars import LAYOUT, CalendarCache
from crmlink.cache.file import open_cache
from crmlink.model.errors import CrmlinkError, LoginError, SourceError
from crmlink.model.ids import EventUid
from crmlink.model.memory import RememberedEvent
from crmlink.sources.memory_calendar import MemoryCalendars, MemoryCalendarSource
from crmlink.sources.port import CalendarChanges, CalendarSource, KnownCalendar, RawEvent
from tests.picture_of import ME, POLICY, event, march, seen
from tests.reading_carefully import reading_carefully

NOW = march(10)
WINDOW = Window(NOW, NOW - POLICY.lookback)


def _ics(uid: str, day: int, hour: int = 10) -> bytes:
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260301T000000Z\r\n"
        f"DTSTART:202603{day:02}T{hour:02}0000Z\r\nDURATION:PT1H\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


class Shelf:
    """A calendar source with this content, or with this error."""

    def __init__(
        self,
        *uids: str,
        name: str = "calendar",
        calendar: str = "Agenda",
        error: CrmlinkError | None = None,
        elsewhere: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self._calendar, self._uids, self._error, self._elsewhere = calendar, uids, error, elsewhere

    def changes(self, known: Mapping[str, KnownCalendar], *, start: object, end: object) -> Iterator[CalendarChanges]:
        del known, start, end
        yield CalendarChanges(self._calendar, f"{self.name}/", tuple(self._raw(uid, 12) for uid in self._uids))
        if self._error:
            raise self._error

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        return [self._raw(uid, 30) for uid in self._elsewhere if EventUid(uid) in uids]

    def close(self) -> None:
        """Nothing to close."""

    def _raw(self, uid: str, day: int) -> RawEvent:
        return RawEvent(self._calendar, uid, "1", _ics(uid, day))


@pytest.fixture
def kept() -> Iterator[CalendarCache]:
    with open_cache(None, layout=LAYOUT, read_only=False) as cache:
        yield CalendarCache(cache, "marleen@example.nl")


def _pass(kept: CalendarCache, *sources: CalendarSource, memory: Memory | None = None) -> GatheredAgenda:
    means = Means(kept, reading_carefully(ME.address, NOW))
    return gather_calendars(sources, POLICY, WINDOW, memory or Memory(), means, lambda _name, _count: None)


def _gather(*sources: CalendarSource, memory: Memory | None = None) -> GatheredAgenda:
    with open_cache(None, layout=LAYOUT, read_only=False) as cache:
        return _pass(CalendarCache(cache, "marleen@example.nl"), *sources, memory=memory)


def _remembered(*uids: str, calendar: str = "Agenda") -> tuple[RememberedEvent, ...]:
    return tuple(seen(event(uid, march(12), calendar=calendar), march(9)) for uid in uids)


def test_no_calendar_at_all_is_no_free_time() -> None:
    found = _gather()
    assert not found.agenda.trusted
    assert found.reports == ()


def test_a_calendar_is_trusted_at_first_sight_even_when_it_is_empty() -> None:
    assert _gather(Shelf()).agenda.trusted
    assert _gather(Shelf("a")).reports[0].health is Health.OK


SMALLER = {
    "one of three is gone": (("a", "b"), True),
    "half is gone": (("a", "b"), True),
    "more than half is gone": (("a",), False),
    "all is gone": ((), False),
}


@pytest.mark.parametrize(("left", "trusted"), SMALLER.values(), ids=SMALLER)
def test_a_listing_that_shrank(left: tuple[str, ...], trusted: bool) -> None:  # noqa: FBT001 -- a table
    known = ("a", "b", "c", "d") if len(left) == 2 else ("a", "b", "c")
    found = _gather(Shelf(*left), memory=Memory(_remembered(*known)))
    assert found.agenda.trusted is trusted
    assert [one.code for one in found.problems] == ([] if trusted else ["calendar.suddenly-smaller"])


def test_a_loss_that_lasts_longer_than_a_day_is_meant_and_concludes_nothing() -> None:
    memory = Memory(_remembered("a", "b", "c"), {"Agenda": NOW - timedelta(hours=25)})
    found = _gather(Shelf(), memory=memory)
    assert found.agenda.trusted
    assert {one.uid for one in found.missing} == {"a", "b", "c"}
    fresh = Memory(_remembered("a", "b", "c"), {"Agenda": NOW - timedelta(hours=23)})
    assert not _gather(Shelf(), memory=fresh).agenda.trusted


def test_a_calendar_that_is_no_longer_listed_is_in_doubt() -> None:
    found = _gather(Shelf("a"), memory=Memory((*_remembered("a"), *_remembered("z", calendar="Werk"))))
    assert found.agenda.doubtful == ("Werk",)


def test_an_event_that_stands_in_another_calendar_now_is_not_missing() -> None:
    found = _gather(Shelf("z", calendar="Privé"), memory=Memory(_remembered("z")))
    assert found.agenda.trusted


def test_an_event_moved_out_of_the_window_is_not_missing() -> None:
    found = _gather(Shelf(elsewhere=("a",)), memory=Memory(_remembered("a")))
    assert found.agenda.trusted
    assert found.agenda.uids["Agenda"] == {"a"}


def test_one_broken_calendar_leaves_the_other_readable_but_no_time_free() -> None:
    found = _gather(Shelf("a"), Shelf(name="calendar:2", error=SourceError("down", hint="wait")))
    assert [one.health for one in found.reports] == [Health.OK, Health.FAILED]
    assert not found.agenda.trusted
    assert found.refused is None
    assert [(one.code, one.subject) for one in found.problems] == [("calendar.unreadable", "calendar:2")]


def test_a_refused_login_is_remembered_as_the_reason_to_write_nothing() -> None:
    assert isinstance(_gather(Shelf(error=LoginError("no"))).refused, LoginError)


def test_the_memory_source_reads_the_same_way() -> None:
    assert _gather(MemoryCalendarSource(MemoryCalendars())).agenda.configured


def test_two_calendars_of_the_same_name_are_not_taken_for_one() -> None:
    found = _gather(Shelf("a"), Shelf("b", name="calendar:2"))
    assert found.agenda.uids == {"Agenda": {"a"}, "Agenda (2)": {"b"}}
    memory = Memory((*_remembered("a"), *_remembered("b", calendar="Agenda (2)")))
    assert _gather(Shelf("a"), Shelf("b", name="calendar:2"), memory=memory).agenda.trusted


class TestKept:
    """What an earlier pass kept changes nothing in what a pass says."""

    def test_a_source_that_fails_halfway_gives_nothing_and_loses_nothing(self, kept: CalendarCache) -> None:
        _pass(kept, Shelf("a"), Shelf("b", name="calendar:2"))
        before = kept.known()
        found = _pass(kept, Shelf("a", error=SourceError("down", hint="wait")), Shelf("b", name="calendar:2"))
        assert found.agenda.uids == {"Agenda (2)": {"b"}}
        assert kept.known() == before

    def test_a_calendar_that_was_removed_is_not_kept(self, kept: CalendarCache) -> None:
        _pass(kept, Shelf("a"), Shelf("b", name="calendar:2"))
        _pass(kept, Shelf("b", name="calendar:2"))
        assert kept.known().keys() == {"calendar:2/"}

    def test_what_cannot_be_read_stays_in_doubt_while_it_stays_unchanged(self, kept: CalendarCache) -> None:
        broken = _ics("a", 12).replace(b"END:VEVENT\r\nEND:VCALENDAR\r\n", b"")
        source = MemoryCalendarSource(MemoryCalendars({"Agenda": {"a.ics": broken, "b.ics": _ics("b", 13)}}))
        first, again = (_pass(kept, source) for _ in range(2))
        assert first == again
        assert (again.agenda.doubtful, [one.code for one in again.problems]) == (("Agenda",), ["calendar.broken-text"])

    def test_a_calendar_with_a_new_name_is_the_same_calendar(self, kept: CalendarCache) -> None:
        _pass(kept, Shelf("a"))
        found = _pass(kept, Shelf("a", calendar="Werk"))
        assert [(one.uid, one.calendar) for one in found.agenda.events] == [("a", "Werk")]
        assert len(kept.known()) == 1

    def test_an_unchanged_calendar_is_counted_as_seen_and_not_as_new(self, kept: CalendarCache) -> None:
        source = MemoryCalendarSource(MemoryCalendars({"Agenda": {"a.ics": _ics("a", 12), "b.ics": _ics("b", 13)}}))
        _pass(kept, source)
        [report] = _pass(kept, source, memory=Memory(_remembered("a", "b"))).reports
        assert (report.health, report.seen, report.new) == (Health.OK, 2, 0)

    def test_in_another_zone_floating_times_are_read_anew(self, kept: CalendarCache) -> None:
        floating = _ics("a", 12).replace(b"T100000Z", b"T100000")
        source = MemoryCalendarSource(MemoryCalendars({"Agenda": {"a.ics": floating}}))
        starts = []
        for zone in ("Europe/Amsterdam", "Asia/Tokyo"):
            policy = replace(POLICY, zone=ZoneInfo(zone))
            means = Means(kept, reading_carefully(ME.address, NOW))
            found = gather_calendars([source], policy, WINDOW, Memory(), means, lambda _name, _count: None)
            starts += [one.start for one in found.agenda.events]
        assert [str(getattr(start, "tzinfo", None)) for start in starts] == ["Europe/Amsterdam", "Asia/Tokyo"]
