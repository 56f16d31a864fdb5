"""How far each source was read, and when passes ran: what `status` shows and what the next pass starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.records import Run, SourceState
from crmlink.ledger.schema import runs, sources

KEEP_RUNS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SourceStore:
    """The states of the sources of all accounts in one database."""

    database: Database

    def all(self, account: str) -> tuple[SourceState, ...]:
        """The state of every folder and calendar of the account, by source and key."""
        order = (sources.c.source, sources.c.key)
        with self.database.reading() as connection:
            rows = connection.execute(select(sources).where(sources.c.account == account).order_by(*order))
            return tuple(
                SourceState(row.source, row.key, row.state, row.count_, row.doubtful_since, row.last_success)
                for row in rows
            )

    def remember(self, account: str, state: SourceState) -> None:
        """Store where reading stands; the same again writes nothing."""
        its = (sources.c.account == account) & (sources.c.source == state.source) & (sources.c.key == state.key)
        values = {
            "state": state.state,
            "count_": state.count,
            "doubtful_since": state.doubtful_since,
            "last_success": state.last_success,
        }
        with self.database.writing() as connection:
            before = connection.execute(select(sources).where(its)).mappings().first()
            if before is None:
                keys = {"account": account, "source": state.source, "key": state.key}
                connection.execute(insert(sources).values(keys | values))
            elif any(before[name] != value for name, value in values.items()):
                connection.execute(update(sources).where(its).values(values))

    def forget(self, account: str, source: str, key: str) -> None:
        """Drop the state of a folder or calendar that is no longer there."""
        its = (sources.c.account == account) & (sources.c.source == source) & (sources.c.key == key)
        with self.database.writing() as connection:
            connection.execute(delete(sources).where(its))


@dataclass(frozen=True, slots=True)
class RunStore:
    """The passes of all accounts in one database, of the last thirty days."""

    database: Database

    def start(self, account: str, now: datetime) -> int:
        """Note that a pass begins; its number."""
        values = {"account": account, "started_at": now, "result": ""}
        with self.database.writing() as connection:
            old = (runs.c.account == account) & (runs.c.started_at < now - KEEP_RUNS)
            connection.execute(delete(runs).where(old))
            key: Any = connection.execute(insert(runs).values(values)).inserted_primary_key
            return int(key[0])

    def finish(self, number: int, now: datetime, result: str) -> None:
        """Note how a pass ended, in one word."""
        with self.database.writing() as connection:
            connection.execute(update(runs).where(runs.c.number == number).values(finished_at=now, result=result))

    def last(self, account: str) -> Run | None:
        """The pass that began last, finished or not."""
        return self._newest(runs.c.account == account)

    def last_finished(self, account: str) -> Run | None:
        """The last pass that came to its end: the heartbeat."""
        return self._newest((runs.c.account == account) & runs.c.finished_at.is_not(None))

    def _newest(self, which: ColumnElement[bool]) -> Run | None:
        with self.database.reading() as connection:
            row = connection.execute(select(runs).where(which).order_by(runs.c.number.desc()).limit(1)).first()
        return None if row is None else Run(row.number, row.started_at, row.finished_at, row.result)
