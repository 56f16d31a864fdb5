"""A mailbox, a ledger and a clock that can break at any step: what the outbox is tried against.

A step is the moment before or after a call to the writer, or before or after a commit of the ledger. A kill at a step
stops the program there, as SIGKILL would: what was committed or stored stays, the rest never happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crmlink.app.outbox import Outbox
from crmlink.app.outcomes import FollowUp
from crmlink.ledger.database import Database
from crmlink.ledger.drafts import DraftStore
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger
from crmlink.mailbox.memory import MemoryMailbox
from crmlink.model.draft import Draft, DraftState, Position, StoredDraft, StoredHeader
from crmlink.model.mail import Role
from crmlink.writer.memory import MemoryDraftWriter
from crmlink.writer.port import DraftWriter
from tests.ledger_examples import ME, NOW, draft, verdict


class KilledError(BaseException):
    """The process is dead from here on. No `except Exception` may survive it."""


@dataclass(slots=True)
class Steps:
    """Counts steps and kills at the chosen one, or at the first of that name.

    A `kill` may be all that happens then (`goes_on`).
    """

    kill_at: int | None = None
    taken: int = 0
    names: list[str] = field(default_factory=list)
    kill: Callable[[], None] | None = None
    goes_on: bool = False
    kill_on: str = ""

    def step(self, name: str) -> None:
        self.taken += 1
        self.names.append(name)
        if self.taken - 1 == self.kill_at or name == self.kill_on:
            if self.kill is not None:
                self.kill()
            if self.goes_on:
                return
            raise KilledError(name)


@dataclass(slots=True)
class Lag:
    """Hides what was stored from the first `looks` looks into Drafts after it, and for `time` at least."""

    looks: int = 0
    time: timedelta = timedelta(0)


class BreakableWriter:
    """A writer whose process can be killed around each call, and whose server shows late what it stored."""

    def __init__(self, inner: DraftWriter, steps: Steps, hidden: Hidden) -> None:
        self._inner, self._steps, self._hidden = inner, steps, hidden

    def position(self, role: Role = Role.DRAFTS) -> Position:
        self._steps.step("before position")
        return self._inner.position(role)

    def append(self, raw: bytes) -> None:
        self._steps.step("before append")
        before = {header.uid for header in self._inner.headers(Role.DRAFTS)}
        try:
            self._inner.append(raw)
        finally:
            self._hidden.add(header.uid for header in self._inner.headers(Role.DRAFTS) if header.uid not in before)
            self._steps.step("after append, before its answer")

    def headers(self, role: Role, *, since: Position | None = None) -> tuple[StoredHeader, ...]:
        self._steps.step(f"before looking into {role}")
        listed = self._inner.headers(role, since=since)
        return self._hidden.without(listed) if role is Role.DRAFTS else listed

    def read(self, header: StoredHeader) -> bytes | None:
        self._steps.step("before reading a draft")
        return self._inner.read(header)

    def discard(self, header: StoredHeader, raw: bytes) -> bool:
        self._steps.step("before discard")
        discarded = self._inner.discard(header, raw)
        self._steps.step("after discard, before its answer")
        return discarded

    def close(self) -> None:
        self._inner.close()


@dataclass(slots=True)
class Hidden:
    """What the server has stored and does not show yet. Outlives the processes that look."""

    lag: Lag
    clock: Callable[[], datetime]
    since: dict[str, datetime] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)

    def add(self, uids: Iterator[str]) -> None:
        for uid in uids:
            self.since[uid] = self.clock()
            self.looks[uid] = 0

    def without(self, headers: tuple[StoredHeader, ...]) -> tuple[StoredHeader, ...]:
        shown = tuple(header for header in headers if not self._hides(header.uid))
        for header in headers:
            if header.uid in self.looks:
                self.looks[header.uid] += 1
        return shown

    def _hides(self, uid: str) -> bool:
        if uid not in self.since:
            return False
        return self.looks[uid] < self.lag.looks or self.clock() - self.since[uid] < self.lag.time


@dataclass(frozen=True)
class BreakableDatabase(Database):
    """A database whose process can be killed directly before and directly after each commit."""

    steps: Steps = field(default_factory=Steps)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as connection:
            yield connection
            self.steps.step("before commit")
        self.steps.step("after commit")


class World:
    """One mailbox and one ledger, through as many lives of the program as a test wants."""

    def __init__(self, lag: Lag | None = None, ledger: Ledger | None = None) -> None:
        self.now = NOW
        self.mailbox = MemoryMailbox({**_folders(), "Alles": Role.ALL})
        self.ledger = ledger or open_ledger("sqlite://", read_only=False)
        self.hidden = Hidden(lag or Lag(), self.clock)
        self.stored_drafts: list[bytes] = []

    def clock(self) -> datetime:
        return self.now

    def later(self, time: timedelta) -> None:
        self.now += time

    def outbox(self, steps: Steps | None = None) -> Outbox:
        """The outbox of a new process."""
        taking = steps or Steps()
        writer = BreakableWriter(MemoryDraftWriter(self.mailbox), taking, self.hidden)
        known = self.ledger.drafts.database
        return Outbox(DraftStore(BreakableDatabase(known.engine, known.name, steps=taking)), writer, ME, self.clock)

    def follow_up(self) -> FollowUp:
        return FollowUp(self.ledger.drafts, MemoryDraftWriter(self.mailbox), ME, self.clock)

    def one_pass(
        self, *drafts: Draft, steps: Steps | None = None, wanted: Callable[[Draft], bool] = lambda _: True
    ) -> list[DraftState]:
        """Record the lapses, recover, then place, as a pass does. A kill ends it early."""
        self.ledger.lapses.record(ME, [verdict(each.lapse) for each in drafts], self.now)
        outbox = self.outbox(steps)
        try:
            outbox.recover(wanted)
            return [outbox.place(each, wanted) for each in drafts]
        except KilledError:
            return []

    def until_settled(self, *drafts: Draft) -> None:
        """As many passes as it takes when nothing breaks any more: now, soon, and after the wait."""
        for pause in (0, 30, 121, 121, 1000):
            self.later(timedelta(seconds=pause))
            self.one_pass(*drafts)

    def everywhere(self, wanted: Draft) -> list[str]:
        """The folders in which a mail with the draft's Message-ID lies, once for each copy."""
        name = str(wanted.message_id).encode()
        return [folder for folder in self.mailbox.folders for mail in self.mailbox.mails(folder) if name in mail.raw]

    def state(self, wanted: Draft | None = None) -> DraftState | None:
        stored = self.stored(wanted)
        return None if stored is None else stored.state

    def stored(self, wanted: Draft | None = None) -> StoredDraft | None:
        return self.ledger.drafts.get(ME, (wanted or draft()).message_id)


def _folders() -> dict[str, Role]:
    return {"INBOX": Role.INBOX, "Concepten": Role.DRAFTS, "Verzonden": Role.SENT, "Prullenbak": Role.TRASH}
