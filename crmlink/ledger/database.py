"""One open database: transactions, and what is said when one fails.

A failed transaction leaves nothing behind and raises `LedgerError` with the remedy. The sentence names the database,
never the values of a row: those are people's mail.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from crmlink.model.errors import LedgerError

WRITING = "crmlink_writing"

_DAMAGED = "Restore it from a backup, or move it away: crmlink then starts anew and finds its own drafts again."
_REMEDIES = (
    ("not a database", _DAMAGED),
    ("malformed", _DAMAGED),
    ("readonly", "Make the file and its directory writable for this user."),
    ("unable to open", "Make the file and its directory writable for this user, or set CRMLINK_DATABASE."),
    ("full", "Free some disk space."),
    ("i/o error", "Look at the disk and at the space left on it."),
    ("locked", "Wait for the other program that uses it, or end it."),
)
_NO_REMEDY = "Check that CRMLINK_DATABASE is right and that the database can be reached."


@dataclass(frozen=True, slots=True)
class Database:
    """An engine with the name people know it by. With `undo_writes` every transaction is undone at its end."""

    engine: Engine
    name: str
    undo_writes: bool = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one consistent state and is undone at its end."""
        with self._connection() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is safely on disk when the block ends, or as if it never was.

        Raises:
            LedgerError: it could not be written.
            IntegrityError: a unique key stood in the way; for the stores, which know what that means.
        """
        with self._connection() as connection:
            connection.execution_options(**{WRITING: True})
            with connection.begin() as transaction:
                yield connection
                if self.undo_writes:
                    transaction.rollback()

    def compact(self) -> None:
        """Leave nothing of erased rows behind: not in free pages, not in the write-ahead log. SQLite only."""
        if self.engine.dialect.name != "sqlite":
            return
        with self._connection() as connection:
            driver: Any = connection.connection  # beside SQLAlchemy's own transaction, which VACUUM does not stand
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except IntegrityError:
            raise
        except (SQLAlchemyError, sqlite3.Error) as error:  # the latter from the pragmas of a new connection
            raise ledger_error(self.name, error) from error


def ledger_error(name: str, error: Exception) -> LedgerError:
    """The sentence for what a database library said about the ledger `name`."""
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    said = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    hint = next((remedy for words, remedy in _REMEDIES if words in said.lower()), _NO_REMEDY)
    return LedgerError(f"The ledger {name} cannot be used: {said}.", hint=hint)
