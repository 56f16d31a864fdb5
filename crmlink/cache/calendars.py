"""What earlier passes read of the calendars: every resource with its etag, and the facts that were found in it.

Each calendar is stored in one transaction with its state, after its resources came in: a pass that is killed has lost
what it was reading, never believes it has it. Facts are kept for one stamp (window, zone, versions) only. It judges
nothing. In: changes as a source hands them out. Out: what is known for the source, facts for the pass.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from crmlink.cache.codec import CodecError, decode, encode
from crmlink.cache.file import writing
from crmlink.facts.calendar_text import unfold
from crmlink.facts.events import EventFacts
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event
from crmlink.model.problem import Problem
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent

LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS calendars (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, key TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT '', facts_stamp TEXT NOT NULL DEFAULT '', UNIQUE (account, key)
);
CREATE TABLE IF NOT EXISTS calendar_resources (
    calendar INTEGER NOT NULL REFERENCES calendars (id), href TEXT NOT NULL, etag TEXT NOT NULL,
    raw BLOB, facts TEXT, UNIQUE (calendar, href)
);
"""
"""A resource without `raw` lies outside the window; one without `facts` was not read since it changed."""

# A resource that comes again unchanged keeps its facts: feeds send everything when one event changes.
_STORE: Final = """
INSERT INTO calendar_resources (calendar, href, etag, raw) VALUES (?, ?, ?, ?)
ON CONFLICT (calendar, href) DO UPDATE SET
    etag = excluded.etag, raw = excluded.raw, facts = CASE WHEN raw IS excluded.raw THEN facts END
"""
_NUMBER: Final = "SELECT id FROM calendars WHERE account = ? AND key = ?"


class CalendarCache:
    """The calendars of one account in an open cache."""

    def __init__(self, connection: sqlite3.Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def known(self) -> dict[str, KnownCalendar]:
        """What a source needs to tell what is new, by the keys of the calendars."""
        calendars = self._connection.execute(
            "SELECT id, key, state FROM calendars WHERE account = ?", (self._account,)
        ).fetchall()
        found: dict[str, KnownCalendar] = {}
        for calendar, key, state in calendars:
            etags = self._connection.execute(
                "SELECT href, etag FROM calendar_resources WHERE calendar = ?", (calendar,)
            )
            found[key] = KnownCalendar(state, dict(etags.fetchall()))
        return found

    def take(self, changes: CalendarChanges) -> None:
        """Store what changed in a calendar, and how far it was read. Without news nothing is written.

        A calendar that lost more than half has no state: it is looked at again, whatever it says of itself.
        """
        stored = self._connection.execute(
            "SELECT state FROM calendars WHERE account = ? AND key = ?", (self._account, changes.key)
        ).fetchone()
        if stored == (changes.state,) and not (changes.complete or changes.events or changes.gone or changes.elsewhere):
            return
        with writing(self._connection):
            calendar = self._number(changes.key)
            before = self._hrefs(calendar)
            rows = [(calendar, one.href, one.etag, one.raw) for one in changes.events]
            outside = [(calendar, href, etag, None) for href, etag in changes.elsewhere.items()]
            gone = before - {row[1] for row in (*rows, *outside)} if changes.complete else changes.gone
            self._connection.executemany(
                "DELETE FROM calendar_resources WHERE calendar = ? AND href = ?", [(calendar, href) for href in gone]
            )
            self._connection.executemany(_STORE, [*rows, *outside])
            state = changes.state if len(self._hrefs(calendar)) * 2 >= len(before) else ""
            self._connection.execute("UPDATE calendars SET state = ? WHERE id = ?", (state, calendar))

    def facts(self, key: str, *, stamp: str) -> list[tuple[str, EventFacts | None]]:
        """Each resource of a calendar inside the window by href, with its facts; None where they must be found (again).

        `stamp` stands for everything besides its bytes that facts depend on.
        """
        calendar = self._number(key)
        (kept,) = self._connection.execute("SELECT facts_stamp FROM calendars WHERE id = ?", (calendar,)).fetchone()
        rows = self._connection.execute(
            "SELECT href, facts FROM calendar_resources WHERE calendar = ? AND raw IS NOT NULL ORDER BY href",
            (calendar,),
        )
        return [(href, _decoded(text) if text and kept == stamp else None) for href, text in rows]

    def resource(self, key: str, calendar: str, href: str) -> RawEvent:
        """One resource of the calendar with this key and name."""
        etag, raw = self._connection.execute(
            "SELECT etag, raw FROM calendar_resources WHERE calendar = ? AND href = ?", (self._number(key), href)
        ).fetchone()
        return RawEvent(calendar, href, etag, raw)

    def keep(self, key: str, facts: Mapping[str, EventFacts], *, stamp: str) -> None:
        """Keep the facts of these resources; those that were kept for another stamp go."""
        calendar = self._number(key)
        rows = [(_encoded(found), calendar, href) for href, found in facts.items()]
        with writing(self._connection):
            self._connection.execute(
                "UPDATE calendar_resources SET facts = NULL WHERE calendar = ?1 AND facts IS NOT NULL"
                " AND (SELECT facts_stamp FROM calendars WHERE id = ?1) IS NOT ?2",
                (calendar, stamp),
            )
            self._connection.execute("UPDATE calendars SET facts_stamp = ? WHERE id = ?", (stamp, calendar))
            self._connection.executemany(
                "UPDATE calendar_resources SET facts = ? WHERE calendar = ? AND href = ?", rows
            )

    def drop_others(self, keys: Iterable[str]) -> None:
        """Drop every calendar of the account but these: they were removed, or are no longer read."""
        stored = self._connection.execute("SELECT id, key FROM calendars WHERE account = ?", (self._account,))
        wanted = set(keys)
        others = [(number,) for number, key in stored.fetchall() if key not in wanted]
        if others:
            with writing(self._connection):
                self._connection.executemany("DELETE FROM calendar_resources WHERE calendar = ?", others)
                self._connection.executemany("DELETE FROM calendars WHERE id = ?", others)

    def _number(self, key: str) -> int:
        row = self._connection.execute(_NUMBER, (self._account, key)).fetchone()
        if row is None:
            self._connection.execute("INSERT INTO calendars (account, key) VALUES (?, ?)", (self._account, key))
            row = self._connection.execute(_NUMBER, (self._account, key)).fetchone()
        return int(row[0])

    def _hrefs(self, calendar: int) -> set[str]:
        rows = self._connection.execute("SELECT href FROM calendar_resources WHERE calendar = ?", (calendar,))
        return {href for (href,) in rows}


def naming(connection: sqlite3.Connection, account: str, address: str) -> tuple[str, ...]:
    """The text of every resource of the account that is kept and names this address (lower case), as it was written."""
    query = (
        "SELECT raw FROM calendar_resources JOIN calendars ON id = calendar"
        " WHERE account = ? AND raw IS NOT NULL ORDER BY key, href"
    )
    texts = ("\n".join(unfold(raw)) for (raw,) in connection.execute(query, (account,)))
    return tuple(text for text in texts if address in text.lower())


def forget(connection: sqlite3.Connection, address: str) -> int:
    """Erase every resource that names this address (lower case), and say how many; they are overwritten on disk.

    The calendar is the owner's and still holds them: the next pass reads there what lies in its window.
    """
    stored = connection.execute("SELECT calendar, href, raw FROM calendar_resources WHERE raw IS NOT NULL")
    naming = [(calendar, href) for calendar, href, raw in stored if address in "\n".join(unfold(raw)).lower()]
    with writing(connection):
        connection.executemany("DELETE FROM calendar_resources WHERE calendar = ? AND href = ?", naming)
        connection.executemany("UPDATE calendars SET state = '' WHERE id = ?", {(calendar,) for calendar, _ in naming})
    # What was erased also stood in the write-ahead log.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return len(naming)


@dataclass(frozen=True, slots=True)
class _Stored:
    """Event facts in a form that can be written."""

    events: tuple[Event, ...]
    uids: tuple[EventUid, ...]
    problems: tuple[Problem, ...]


def _encoded(facts: EventFacts) -> str:
    return encode(_Stored(facts.events, tuple(sorted(facts.uids)), facts.problems))


def _decoded(text: str) -> EventFacts | None:
    """The facts; None for a damaged row, whose resource is then read again."""
    try:
        stored = decode(_Stored, text)
    except CodecError:
        return None
    return EventFacts(stored.events, frozenset(stored.uids), stored.problems)
