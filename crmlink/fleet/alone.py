"""One pass per mailbox in the whole fleet: a lock in PostgreSQL that lasts as long as its holder's session.

The queue gives a job to one worker, but takes it back when that worker does not answer, and it may only be slow. The
ledger's lease would then let two passes in, since all workers of a fleet share it. This lock does not: the server keeps
it for a process that sleeps, and frees it at once when the process, or the connection of its machine, is dead.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crmlink.ledger.database import Database, ledger_error

# A machine that is gone without a word is noticed after a minute; the operating system would take two hours.
_TAKE: Final = text(
    "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
    " set_config('tcp_keepalives_count', '3', false), pg_try_advisory_lock(hashtextextended(:name, 0))"
)
_FREE: Final = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


@contextmanager
def alone_with(database: Database, address: str) -> Iterator[bool]:
    """Hold the mailbox while the block runs; gives False when another process holds it.

    Raises:
        LedgerError: the database cannot be reached.
    """
    name = {"name": f"crmlink mailbox {address}"}
    try:
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except SQLAlchemyError as error:
        raise ledger_error(database.name, error) from error
    try:
        taken = bool(connection.execute(_TAKE, name).one()[-1])
    except SQLAlchemyError as error:
        connection.invalidate()
        connection.close()
        raise ledger_error(database.name, error) from error
    try:
        yield taken
    finally:
        try:
            if taken:
                connection.execute(_FREE, name)
        except SQLAlchemyError:
            connection.invalidate()  # never back into the pool with the lock
        finally:
            connection.close()
