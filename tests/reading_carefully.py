"""A careful reader over an empty ledger in memory, for tests that are about something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from crmlink.app.black_box import BlackBox
from crmlink.app.careful import Careful
from crmlink.app.clock import frozen_clock
from crmlink.ledger.open import open_ledger


@contextmanager
def reading_carefully(account: str, now: datetime) -> Iterator[Careful]:
    """One pass's careful reader."""
    with open_ledger("sqlite://", read_only=False) as ledger:
        yield Careful(ledger.quarantine, account, frozen_clock(now), BlackBox(None))
