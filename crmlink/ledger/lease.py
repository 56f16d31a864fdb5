"""Two crmlinks on one database: only the holder of the account's lease may work. For machines that share no files.

A lease runs out by itself, so that a holder that died blocks nobody for longer than its `lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crmlink.ledger.database import Database
from crmlink.ledger.schema import leases


@dataclass(frozen=True, slots=True)
class LeaseStore:
    """Who works for which account, until when."""

    database: Database

    def take(self, account: str, holder: str, now: datetime, *, lifetime: timedelta) -> bool:
        """Take or renew the lease of the account. False while somebody else holds it."""
        values = {"holder": holder, "expires_at": now + lifetime}
        free = (leases.c.holder == holder) | (leases.c.expires_at <= now)
        try:
            with self.database.writing() as connection:
                taken = connection.execute(update(leases).where((leases.c.account == account) & free).values(values))
                if taken.rowcount:
                    return True
                held = connection.execute(select(leases.c.holder).where(leases.c.account == account)).first()
                if held is None:
                    connection.execute(insert(leases).values(values | {"account": account}))
                return held is None
        except IntegrityError:  # two took a free lease in the same moment, and the other one was first
            return False

    def holder(self, account: str, now: datetime) -> str | None:
        """Who holds the lease now, None when it is free."""
        valid = (leases.c.account == account) & (leases.c.expires_at > now)
        with self.database.reading() as connection:
            return connection.execute(select(leases.c.holder).where(valid)).scalar_one_or_none()

    def release(self, account: str, holder: str) -> None:
        """Give the lease back, if it still is this holder's."""
        own = (leases.c.account == account) & (leases.c.holder == holder)
        with self.database.writing() as connection:
            connection.execute(delete(leases).where(own))
