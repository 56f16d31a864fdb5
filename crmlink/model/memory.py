"""What the ledger remembers from earlier passes, as values for the pure stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.model.meeting import Event


@dataclass(frozen=True, slots=True)
class RememberedEvent:
    """An occurrence as it was last seen in a calendar. `gone_since` is set once it is no longer there (all aware)."""

    event: Event
    first_seen_at: datetime
    last_seen_at: datetime
    gone_since: datetime | None = None
