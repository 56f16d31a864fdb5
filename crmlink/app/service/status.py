"""How an account stands: what its ledger and its heartbeat say. Connects to nothing, changes nothing.

In: the settings of one account and the moment. Out: `Status`, for `crmlink status` and for the metrics.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmlink.app.config.places import heartbeat_file
from crmlink.app.config.settings import Settings
from crmlink.app.gathering.careful import TRIES
from crmlink.app.service.heartbeat import Heartbeat, read_heartbeat
from crmlink.ledger.open import open_ledger
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.store import Ledger
from crmlink.model.draft import DraftState
from crmlink.model.lapse import WAITS, Decision

MAIL = "mail"  # as the reports of a pass call it
INTERVALS = 3
"""So many intervals of the schedule may pass without a success before something must be wrong."""


@dataclass(frozen=True, slots=True)
class Status:
    """One account at a moment (aware). A success is a pass that read every source and had nothing refused.

    `patience` is how long that may lie back. `backlog` counts lapses that wait for tomorrow's drafts; `placed` drafts that
    lie in Drafts, `unknown` those that may or may not have arrived, `parked` those that a person must look at, `ever`
    all that were ever placed; `quarantined` items of mail and calendar that are left alone.
    """

    at: datetime
    heartbeat: Heartbeat
    patience: timedelta
    backlog: int
    placed: int
    unknown: int
    parked: int
    ever: int
    quarantined: int

    @property
    def stale(self) -> bool:
        """Whether no pass has succeeded for too long."""
        last = self.heartbeat.last_success
        return last is None or self.at - last > self.patience

    @property
    def well(self) -> bool:
        """Whether nobody need look at it."""
        return not (self.stale or self.parked or self.heartbeat.stopped)


def status_of(settings: Settings, now: datetime) -> Status:
    """The account at this moment.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    account = settings.me.address
    with open_ledger(settings.database, read_only=True) as ledger:
        states = ledger.drafts.states(account)
        counted = Counter(state for state, _ in states)
        return Status(
            at=now,
            heartbeat=_heartbeat(settings, ledger),
            patience=INTERVALS * timedelta(minutes=settings.scan_every_minutes),
            backlog=sum(_waits(one) for one in ledger.lapses.all(account)),
            placed=counted[DraftState.PLACED],
            unknown=counted[DraftState.UNKNOWN],
            parked=counted[DraftState.PARKED],
            ever=sum(placed_at is not None for _, placed_at in states),
            quarantined=sum(one.tries >= TRIES for one in ledger.quarantine.all(account)),
        )


def _heartbeat(settings: Settings, ledger: Ledger) -> Heartbeat:
    """The file's word. Without one (it was deleted, or another machine scans) when mail was last read completely."""
    told = read_heartbeat(heartbeat_file(settings))
    if told is not None:
        return told
    moments = (
        one.last_success for one in ledger.sources.all(settings.me.address) if one.source == MAIL and not one.key
    )
    return Heartbeat(last_success=next(moments, None))


def _waits(one: LapseRecord) -> bool:
    return one.decision is Decision.HOLD and not one.closed_at and not one.dismissed_at and one.reason.endswith(WAITS)
