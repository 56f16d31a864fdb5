"""How a fleet is doing, in numbers, and the mailboxes that need a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from crmlink.fleet.open import Fleet
from crmlink.fleet.schema import mailboxes
from crmlink.fleet.turns import State
from crmlink.ledger.schema import as_utc

_ALIVE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class FleetStatus:
    """`queued` and `doing` are jobs, `failing` active mailboxes whose last pass failed, `oldest_due` the longest due."""

    mailboxes: dict[State, int]
    workers: int
    queued: int
    doing: int
    failing: int
    due: int
    oldest_due: datetime | None
    done_last_hour: int
    failed_last_hour: int
    stopped: dict[str, str]

    def document(self) -> dict[str, Any]:
        """As `crmlink fleet status --json` prints it (schema 1)."""
        return {
            "schema": 1,
            "mailboxes": {state.value: self.mailboxes.get(state, 0) for state in State},
            "workers": self.workers,
            "queued": self.queued,
            "doing": self.doing,
            "failed": self.failing,
            "due": self.due,
            "oldest_due": self.oldest_due.isoformat() if self.oldest_due else None,
            "scans_last_hour": {"done": self.done_last_hour, "failed": self.failed_last_hour},
            "stopped": [{"address": address, "reason": reason} for address, reason in self.stopped.items()],
        }


def fleet_status(fleet: Fleet, now: datetime) -> FleetStatus:
    """The state of the fleet at this moment. Raises LedgerError when the database cannot be read."""
    done, failed = fleet.mailboxes.passes_since(now - timedelta(hours=1))
    active = mailboxes.c.state == State.ACTIVE.value
    due = active & (mailboxes.c.next_due <= now)
    with fleet.database.reading() as connection:
        by_state = connection.execute(select(mailboxes.c.state, func.count()).group_by(mailboxes.c.state)).all()
        overdue = connection.execute(select(func.count(), func.min(mailboxes.c.next_due)).where(due)).one()
        failing = connection.execute(select(func.count()).where(active & (mailboxes.c.failures > 0))).scalar_one()
        stopped = connection.execute(
            select(mailboxes.c.address, mailboxes.c.reason).where(mailboxes.c.state == State.STOPPED.value)
        ).all()
        jobs = _jobs(connection)
        alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > :since"
        workers = connection.execute(text(alive), {"since": as_utc(now) - _ALIVE}).scalar_one()
    return FleetStatus(
        mailboxes={State(state): count for state, count in by_state},
        workers=workers,
        queued=jobs.get("todo", 0),
        doing=jobs.get("doing", 0),
        failing=failing,
        due=overdue[0],
        oldest_due=overdue[1],
        done_last_hour=done,
        failed_last_hour=failed,
        stopped={address: reason for address, reason in stopped},  # noqa: C416 -- rows are no pairs to mypy
    )


def _jobs(connection: Connection) -> dict[str, int]:
    counted = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'crmlink.scan' GROUP BY status"
    return {str(status): int(count) for status, count in connection.execute(text(counted))}
