"""What could not be read, and how often it was tried: so that one poisonous mail is not tried for ever.

An item is named by its source (folder and number, calendar and address), never by its text. Counts only; who is tried
again, and when an item is left alone, is for `crmlink.app.gathering.careful`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.records import Unreadable
from crmlink.ledger.schema import quarantine, storable


@dataclass(frozen=True, slots=True)
class QuarantineStore:
    """The unreadable items of all accounts in one database."""

    database: Database

    def all(self, account: str) -> tuple[Unreadable, ...]:
        """Every item of the account that could not be read at its last try, oldest first."""
        order = (quarantine.c.tried_at, quarantine.c.item)
        with self.database.reading() as connection:
            rows = connection.execute(select(quarantine).where(quarantine.c.account == account).order_by(*order))
            return tuple(
                Unreadable(row.item, row.stamp, row.release, row.tries, row.reason, row.sender, row.tried_at)
                for row in rows
            )

    def note(self, account: str, item: Unreadable) -> None:
        """Store how often it was tried, in the place of what was known of it."""
        values = {
            "stamp": storable(item.stamp),
            "release": item.release,
            "tries": item.tries,
            "reason": storable(item.reason),
            "sender": storable(item.sender),
            "tried_at": item.tried_at,
        }
        with self.database.writing() as connection:
            changed = connection.execute(update(quarantine).where(_is(account, item.item)).values(values))
            if not changed.rowcount:
                keys = {"account": account, "item": storable(item.item)}
                connection.execute(insert(quarantine).values(keys | values))

    def drop(self, account: str, item: str) -> None:
        """It could be read after all."""
        with self.database.writing() as connection:
            connection.execute(delete(quarantine).where(_is(account, item)))

    def prune(self, account: str, *, tried_before: datetime) -> int:
        """Forget items that were last tried before this moment: they have left the window. How many."""
        old = (quarantine.c.account == account) & (quarantine.c.tried_at < tried_before)
        with self.database.writing() as connection:
            return connection.execute(delete(quarantine).where(old)).rowcount


def _is(account: str, item: str) -> ColumnElement[bool]:
    return (quarantine.c.account == account) & (quarantine.c.item == storable(item))
