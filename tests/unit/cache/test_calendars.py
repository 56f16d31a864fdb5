"""What is kept of calendars: whole or not at all, erased when asked, and never in the way."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmlink.cache.calendars import LAYOUT, CalendarCache, forget
from crmlink.cache.file import open_cache
from crmlink.facts.events import EventFacts
from crmlink.model.ids import EventUid
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent

ME = "marleen@example.nl"
GIJS = b"BEGIN:VEVENT\r\nATTENDEE;CN=Gijs:mailto:Gijs@bak\r\n ker.example\r\nEND:VEVENT\r\n"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with open_cache(None, layout=LAYOUT, read_only=False) as cache:
        yield cache


@pytest.fixture
def kept(connection: sqlite3.Connection) -> CalendarCache:
    return CalendarCache(connection, ME)


def event(name: str, raw: bytes = b"text", etag: str = "1") -> RawEvent:
    return RawEvent("Agenda", name, etag, raw)


def whole(*events: RawEvent, state: str = "s1", key: str = "a") -> CalendarChanges:
    return CalendarChanges("Agenda", key, events, state=state)


def news(*events: RawEvent, gone: tuple[str, ...] = (), state: str = "s2", key: str = "a") -> CalendarChanges:
    return CalendarChanges("Agenda", key, events, complete=False, gone=gone, state=state)


def facts(name: str) -> EventFacts:
    return EventFacts(uids=frozenset({EventUid(name)}))


class TestTaking:
    def test_changes_are_applied_to_what_is_there(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2"), event("3")))
        kept.take(news(event("2", etag="2"), event("4"), gone=("1",)))
        assert kept.known() == {"a": KnownCalendar("s2", {"2": "2", "3": "1", "4": "1"})}

    def test_what_is_complete_replaces_all(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2")))
        kept.take(whole(event("2"), event("3"), state="s2"))
        assert kept.known()["a"].etags.keys() == {"2", "3"}

    def test_what_lies_elsewhere_is_known_and_not_handed_out(self, kept: CalendarCache) -> None:
        changes = whole(event("1"))
        changes.elsewhere = {"2": "9"}
        kept.take(changes)
        assert kept.known()["a"].etags == {"1": "1", "2": "9"}
        assert [href for href, _ in kept.facts("a", stamp="x")] == ["1"]

    def test_without_news_nothing_is_written(self, kept: CalendarCache, connection: sqlite3.Connection) -> None:
        kept.take(whole(event("1")))
        before = connection.total_changes
        kept.take(news(state="s1"))
        assert connection.total_changes == before

    def test_a_calendar_that_lost_most_is_looked_at_again(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2"), event("3")))
        kept.take(whole(event("1"), state="s2"))
        assert kept.known()["a"].state == ""
        kept.take(whole(event("1"), state="s2"))
        assert kept.known()["a"].state == "s2"

    def test_a_calendar_that_is_no_longer_there_is_dropped(
        self, kept: CalendarCache, connection: sqlite3.Connection
    ) -> None:
        for key in ("a", "b"):
            kept.take(whole(event("1"), key=key))
        CalendarCache(connection, "ander@example.nl").take(whole(event("1"), key="b"))
        kept.drop_others({"a"})
        assert kept.known().keys() == {"a"}
        assert CalendarCache(connection, "ander@example.nl").known().keys() == {"b"}
        assert connection.execute("SELECT count(*) FROM calendar_resources").fetchone() == (2,)


class TestFacts:
    def test_facts_are_there_until_their_resource_changes(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2")))
        assert kept.facts("a", stamp="x") == [("1", None), ("2", None)]
        kept.keep("a", {"1": facts("1"), "2": facts("2")}, stamp="x")
        kept.take(news(event("2", b"another", "2")))
        assert kept.facts("a", stamp="x") == [("1", facts("1")), ("2", None)]
        assert kept.resource("a", "Agenda", "2") == event("2", b"another", "2")

    def test_facts_outlive_a_resource_that_comes_again_unchanged(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2")))
        kept.keep("a", {"1": facts("1"), "2": facts("2")}, stamp="x")
        kept.take(whole(event("1", etag="9"), event("2", b"another", "9")))
        assert kept.facts("a", stamp="x") == [("1", facts("1")), ("2", None)]

    def test_facts_for_another_stamp_count_for_nothing(self, kept: CalendarCache) -> None:
        kept.take(whole(event("1"), event("2")))
        kept.keep("a", {"1": facts("1"), "2": facts("2")}, stamp="x")
        assert kept.facts("a", stamp="y") == [("1", None), ("2", None)]
        kept.keep("a", {"1": facts("one")}, stamp="y")
        assert kept.facts("a", stamp="y") == [("1", facts("one")), ("2", None)]

    def test_damaged_facts_are_found_again(self, kept: CalendarCache, connection: sqlite3.Connection) -> None:
        kept.take(whole(event("1")))
        kept.keep("a", {"1": facts("1")}, stamp="x")
        connection.execute("UPDATE calendar_resources SET facts = '[[[1]],3'")
        assert kept.facts("a", stamp="x") == [("1", None)]


class TestForgetting:
    def test_what_names_an_address_is_erased_and_read_again(
        self, kept: CalendarCache, connection: sqlite3.Connection
    ) -> None:
        kept.take(whole(event("1", GIJS), event("2")))
        kept.take(whole(event("3"), key="b"))
        assert forget(connection, "gijs@bakker.example") == 1
        assert kept.known() == {"a": KnownCalendar("", {"2": "1"}), "b": KnownCalendar("s1", {"3": "1"})}
        assert forget(connection, "gijs@bakker.example") == 0

    def test_nothing_of_it_is_left_on_the_disk(self, tmp_path: Path) -> None:
        path = tmp_path / "cache"
        with open_cache(path, layout=LAYOUT, read_only=False) as cache:
            CalendarCache(cache, ME).take(whole(*(event(str(number), GIJS * 50) for number in range(50)), event("x")))
            assert forget(cache, "gijs@bakker.example") == 50
            files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        assert [name for name, content in files.items() if b"Gijs" in content] == []


KILLED_AT_EACH_STATEMENT = """
import os, signal, sys
from pathlib import Path
from crmlink.cache.calendars import LAYOUT, CalendarCache
from crmlink.cache.file import open_cache
from tests.unit.cache.test_calendars import ME, event, facts, news, whole

def killing_after(statements):
    def count(_statement):
        nonlocal statements
        statements -= 1
        if statements < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return count

def work(path, statements):
    with open_cache(path, layout=LAYOUT, read_only=False) as cache:
        kept = CalendarCache(cache, ME)
        kept.take(whole(event("1"), event("2"), event("3")))
        cache.set_trace_callback(killing_after(statements))
        kept.take(news(event("2", b"another", "2"), event("4"), event("5"), gone=("1",)))
        kept.keep("a", {"2": facts("2"), "4": facts("4")}, stamp="x")

for statements in range(100):
    child = os.fork()
    if not child:
        work(Path(sys.argv[1]) / f"{statements:03}", statements)
        os._exit(0)
    if os.WIFEXITED(os.waitpid(child, 0)[1]):
        break
"""


def test_a_kill_at_any_statement_leaves_what_was_or_what_came(tmp_path: Path) -> None:
    before = KnownCalendar("s1", {"1": "1", "2": "1", "3": "1"})
    after = KnownCalendar("s2", {"2": "2", "3": "1", "4": "1", "5": "1"})
    subprocess.run([sys.executable, "-c", KILLED_AT_EACH_STATEMENT, str(tmp_path)], check=True, timeout=120)
    found: list[KnownCalendar] = []
    for path in sorted(path for path in tmp_path.iterdir() if path.suffix == "" and "-" not in path.name):
        with open_cache(path, layout=LAYOUT, read_only=False) as cache:
            kept = CalendarCache(cache, ME)
            found.append(kept.known()["a"])
            assert all(read in (None, facts(href)) for href, read in kept.facts("a", stamp="x"))
    assert len(found) > 10
    assert [one for one in found if one not in (before, after)] == []
    assert (found[0], found[-1]) == (before, after)
    assert found == sorted(found, key=lambda one: one == after)
