"""Opens what the fleet keeps in its database: the ledger, the mailboxes and the queue, each brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from crmlink.fleet.mailboxes import MailboxStore
from crmlink.fleet.queue_tables import upgrade_queue
from crmlink.fleet.schema import FLEET
from crmlink.ledger.database import Database
from crmlink.ledger.migrate import upgrade
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Fleet:
    """The open database of a fleet."""

    ledger: Ledger
    mailboxes: MailboxStore

    @property
    def database(self) -> Database:
        """The database itself."""
        return self.mailboxes.database


@contextmanager
def open_fleet(database: str) -> Iterator[Fleet]:
    """Open the database of the fleet, a `postgresql://…` URL, and let go of it at the end.

    Raises:
        LedgerError: it cannot be used, or was written by a newer crmlink.
    """
    with open_ledger(database, read_only=False) as ledger:
        shared = ledger.leases.database
        with shared.writing() as connection:  # workers start together; only one may build the tables
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('crmlink fleet'))"))
            upgrade(connection, shared.name, FLEET)
        upgrade_queue(shared)
        yield Fleet(ledger, MailboxStore(shared))
