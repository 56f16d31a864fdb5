"""A careful reader over a ledger in memory, for tests that are about something else."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from crmlink.app.clock import frozen_clock
from crmlink.app.gathering.black_box import BlackBox
from crmlink.app.gathering.careful import Careful
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger


def reading_carefully(account: str, now: datetime, ledger: Ledger | None = None) -> Careful:
    """One pass's careful reader; without a ledger, over one that all these tests share."""
    return Careful((ledger or _shared()).quarantine, account, frozen_clock(now), BlackBox(None))


@cache
def _shared() -> Ledger:
    return open_ledger("sqlite://", read_only=False)
