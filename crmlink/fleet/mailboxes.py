"""The mailboxes of the fleet: who they are, whether they are scanned, when next. Knows no key and opens nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from crmlink.fleet.schema import mailboxes, passes
from crmlink.fleet.turns import State, Turn
from crmlink.ledger.database import Database
from crmlink.ledger.schema import metadata as ledger_metadata


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox as it is stored. `settings` by name without prefix; `sealed` is encrypted."""

    address: str
    settings: Mapping[str, str]
    sealed: str
    edition: int
    turn: Turn
    scanned_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailboxStore:
    """The mailboxes in one database."""

    database: Database

    def add(self, address: str, settings: Mapping[str, str], sealed: str, now: datetime) -> bool:
        """Add a mailbox, due at once, or give one that is known these settings and a fresh start. Whether it is new."""
        fresh = {"settings": dict(settings), "sealed": sealed, **_columns(Turn(State.ACTIVE, now))}
        row = insert(mailboxes).values(address=address, edition=1, added_at=now, **fresh)
        known = row.on_conflict_do_update(
            index_elements=["address"], set_={**fresh, "edition": mailboxes.c.edition + 1}
        ).returning(mailboxes.c.edition)
        with self.database.writing() as connection:
            return bool(connection.execute(known).scalar_one() == 1)

    def get(self, address: str) -> Mailbox | None:
        """One mailbox, None when it is not known."""
        with self.database.reading() as connection:
            row = connection.execute(select(mailboxes).where(mailboxes.c.address == address)).first()
        return None if row is None else _mailbox(row)

    def all(self) -> Iterator[Mailbox]:
        """Every mailbox, by address."""
        with self.database.reading() as connection:
            for row in connection.execution_options(yield_per=1000).execute(
                select(mailboxes).order_by(mailboxes.c.address)
            ):
                yield _mailbox(row)

    def pause(self, address: str) -> bool:
        """Scan it no more until it is resumed. Whether it is known."""
        return self._change(address, {"state": State.PAUSED.value})

    def resume(self, address: str, now: datetime) -> bool:
        """Scan it again, at once and as if nothing had gone wrong. Whether it is known."""
        return self._change(address, _columns(Turn(State.ACTIVE, now)))

    def reseal(self, mailbox: Mailbox, sealed: str) -> None:
        """Store its secrets sealed with another key, unless somebody changed it meanwhile."""
        same = (mailboxes.c.address == mailbox.address) & (mailboxes.c.sealed == mailbox.sealed)
        with self.database.writing() as connection:
            connection.execute(update(mailboxes).where(same).values(sealed=sealed))

    def remove(self, address: str, *, erase: bool) -> bool:
        """Forget the mailbox; with `erase` also all that the ledger holds of it. Whether it was known."""
        with self.database.writing() as connection:
            if erase:
                for table in reversed(ledger_metadata.sorted_tables):
                    connection.execute(delete(table).where(table.c.account == address))
            return bool(connection.execute(delete(mailboxes).where(mailboxes.c.address == address)).rowcount)

    def settle(self, address: str, edition: int, turn: Turn, *, scanned_at: datetime | None) -> None:
        """Store the turn after a pass. Nothing changes when a person changed the mailbox meanwhile; a pause stays."""
        values: dict[str, Any] = _columns(turn)
        values["state"] = case((mailboxes.c.state == State.ACTIVE.value, turn.state.value), else_=mailboxes.c.state)
        if scanned_at is not None:
            values["scanned_at"] = scanned_at
        same = (mailboxes.c.address == address) & (mailboxes.c.edition == edition)
        with self.database.writing() as connection:
            connection.execute(update(mailboxes).where(same).values(values))

    def count_pass(self, worker: str, now: datetime, *, done: bool) -> None:
        """Count a pass of this worker."""
        minute = now.replace(second=0, microsecond=0)
        row = insert(passes).values(minute=minute, worker=worker, done=int(done), failed=int(not done))
        more = {"done": passes.c.done + row.excluded.done, "failed": passes.c.failed + row.excluded.failed}
        with self.database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["minute", "worker"], set_=more))

    def passes_since(self, moment: datetime) -> tuple[int, int]:
        """How many passes were done, and how many failed, since the minute of this moment."""
        counted = select(func.coalesce(func.sum(passes.c.done), 0), func.coalesce(func.sum(passes.c.failed), 0))
        with self.database.reading() as connection:
            row = connection.execute(counted.where(passes.c.minute >= moment.replace(second=0, microsecond=0))).one()
        return int(row[0]), int(row[1])

    def _change(self, address: str, values: Mapping[str, Any]) -> bool:
        changed = update(mailboxes).where(mailboxes.c.address == address)
        with self.database.writing() as connection:
            done = connection.execute(changed.values({**values, "edition": mailboxes.c.edition + 1}))
            return bool(done.rowcount)


def _columns(turn: Turn) -> dict[str, Any]:
    return {
        "state": turn.state.value,
        "next_due": turn.next_due,
        "refusals": turn.refusals,
        "failures": turn.failures,
        "reason": turn.reason,
    }


def _mailbox(row: Row[Any]) -> Mailbox:
    turn = Turn(State(row.state), row.next_due, row.refusals, row.failures, row.reason)
    return Mailbox(row.address, row.settings, row.sealed, row.edition, turn, row.scanned_at)
