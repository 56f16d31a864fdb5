"""Reads a mailbox twice in every pass: by what the cache knows, and as if for the first time. Both must be the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crmlink.app.gathering.gather import Window
from crmlink.app.gathering.gather_mail import GatheredMail, gather_mail
from crmlink.app.gathering.read import MailReader
from crmlink.app.gathering.read_carefully import CarefulReader
from crmlink.cache.codec import encode
from crmlink.cache.file import open_cache
from crmlink.cache.mail import LAYOUT, MailCache
from crmlink.language.reader import Reader
from crmlink.mailbox.window import begin_of
from crmlink.model.contact import Owner
from crmlink.model.ids import MessageId
from crmlink.model.workdays import WorkingCalendar
from crmlink.sources.port import WHOLE, FolderRead, KnownMail, MailChanges, MailSource, RawMessage, Sparing
from tests.contract.boxes import Box
from tests.reading_carefully import reading_carefully

ZONE = ZoneInfo("Europe/Amsterdam")
READER = MailReader(Reader(Owner("Marleen van Dam", ("marleen@vandam.example",)), WorkingCalendar(ZONE, "NL")))


class KilledError(BaseException):
    """The process is dead from here on."""


@dataclass(slots=True)
class KilledSource:
    """A source whose process is killed after so many items."""

    inner: MailSource
    after: int

    @property
    def name(self) -> str:
        return self.inner.name

    def changes(self, known: KnownMail, *, since: date, sparing: Sparing = WHOLE) -> MailChanges:
        changes = self.inner.changes(known, since=since, sparing=sparing)
        changes.items = self._some(changes.items)
        return changes

    def close(self) -> None:
        self.inner.close()

    def _some(self, items: Iterator[RawMessage | FolderRead]) -> Iterator[RawMessage | FolderRead]:
        for number, item in enumerate(items):
            if number == self.after:
                raise KilledError
            yield item
        raise KilledError


@dataclass(slots=True)
class TwoReaders:
    """A mailbox, the cache of earlier passes, and what these saw."""

    box: Box
    path: Path
    seen: set[MessageId] = field(default_factory=set)
    there: set[MessageId] = field(default_factory=set)
    last: datetime | None = None
    since: datetime = datetime(1970, 1, 1, tzinfo=ZONE)
    killed: bool = False

    def one_pass(self, now: datetime, days: int = 30) -> GatheredMail:
        """A pass at `now` over so many days; it gives what a first pass gives."""
        with open_cache(self.path, layout=LAYOUT, read_only=False) as cache:
            found = self._gather(cache, now, days)
        with open_cache(None, layout=LAYOUT, read_only=False) as nothing:
            fresh = self._gather(nothing, now, days)
        assert told(found) == told(fresh), "as if read for the first time"
        self._check_new(found, now - timedelta(days=days))
        self.last = now
        return found

    def _check_new(self, found: GatheredMail, since: datetime) -> None:
        """Every new message counts as new, and only one that was away in the last pass, or in a killed one, again."""
        names = {message.id for message in found.messages}
        assert len(names - self.seen) <= found.report.new
        if not self.killed and since >= self.since:
            assert found.report.new <= len(names - self.there)
        self.seen |= names
        self.there = names
        self.since, self.killed = since, False

    def killed_pass(self, now: datetime, after: int, days: int = 30) -> None:
        """A pass that dies after so many items."""
        self.killed = True
        with open_cache(self.path, layout=LAYOUT, read_only=False) as cache:
            try:
                self._gather(cache, now, days, after)
            except KilledError:
                return
            raise AssertionError("a killed pass came to its end")

    def _gather(self, cache: sqlite3.Connection, now: datetime, days: int, after: int | None = None) -> GatheredMail:
        window = Window(now, now - timedelta(days=days))
        kept = MailCache(cache, "me", "this one", begin_of(window.since.date()), now)
        with closing(self.box.source()) as source:
            reading = source if after is None else KilledSource(source, after)
            reader = CarefulReader(READER, reading_carefully("me", now), source.name)
            return gather_mail(reading, kept, reader, window, lambda _name, _count: None, last=self.last)


def told(found: GatheredMail) -> tuple[object, ...]:
    """All that a pass says of the mailbox, in an order of its own."""
    report = found.report
    return (
        sorted(map(encode, found.mails)),
        sorted(map(encode, found.problems)),
        (report.health, report.seen, report.truncated),
        found.complete,
    )
