"""The queue of passes (procrastinate): a job for each mailbox that is due, and jobs of dead workers taken back.

A mailbox has at most one job, waiting or running. Jobs are deleted when they are done, so nothing grows. A mailbox whose
last passes failed comes after the others that wait.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any, Final

from procrastinate import App, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from sqlalchemy import make_url

QUEUE: Final = "mailboxes"
SCAN: Final = "crmlink.scan"
MOST_AT_ONCE: Final = 10_000
"""So many jobs are deferred in one transaction; the rest of what is due comes with the next tick."""

# The row is locked while one worker looks: nobody else looks meanwhile, and a dead worker leaves no lock behind.
_TURN: Final = "SELECT 1 FROM queue_state WHERE ticked_at <= %(before)s FOR UPDATE SKIP LOCKED"
_LOOKED: Final = "UPDATE queue_state SET ticked_at = %(now)s"
_DUE: Final = """
SELECT address, failures FROM mailboxes
WHERE state = 'active' AND next_due <= %(now)s
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = address AND status = 'todo')
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = address AND status = 'doing')
ORDER BY next_due LIMIT %(most)s
"""
_OLD_PASSES: Final = "DELETE FROM passes WHERE minute < %(now)s - interval '1 day'"
# Plans made while the queue was empty read all of it: where 2000 jobs wait, taking one and ending it then costs 160 ms,
# until PostgreSQL has counted them. Every session makes its plans anew when it has.
_COUNT: Final = "ANALYZE procrastinate_jobs"
_MANY: Final = 100
_LOWEST: Final = 9


class AgainAfterStop(BaseRetryStrategy):
    """A job that was cancelled because its worker stops goes back into the queue; all else is up to the next turn."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Again at once, or not at all."""
        del job
        return None if isinstance(exception, Exception) else RetryDecision(retry_in={"seconds": 0})


def open_queue(database: str, *, places: int) -> App:
    """The queue in this database, not yet connected; for a worker with so many places."""
    url = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=places + 2, timeout=10.0))


async def tick(queue: App, now: datetime, *, not_since: timedelta, stalled_after: float) -> int:
    """Take back the jobs of workers that have not been heard of for so many seconds, and queue what is due.

    Returns:
        How many jobs were queued; 0 as well when another worker is doing this, or did it not so long ago.
    """
    assert isinstance(queue.connector, PsycopgConnector)
    pool: Any = queue.connector.pool  # its rows are tuples
    async with pool.connection() as connection:
        if not await (await connection.execute(_TURN, {"before": now - not_since})).fetchone():
            return 0
        await _take_back(queue, stalled_after)
        await connection.execute(_OLD_PASSES, {"now": now})
        due = await (await connection.execute(_DUE, {"now": now, "most": MOST_AT_ONCE})).fetchall()
        await connection.execute(_LOOKED, {"now": now})
        jobs = [_job(address, failures) for address, failures in due]
        if jobs:
            await queue.job_manager.batch_defer_jobs_async(jobs, connection=connection)
        if len(jobs) >= _MANY:
            await connection.execute(_COUNT)
    return len(jobs)


def _job(address: str, failures: int) -> Job:
    return Job(
        queue=QUEUE,
        task_name=SCAN,
        task_kwargs={"address": address},
        lock=address,
        queueing_lock=address,
        priority=-min(failures, _LOWEST),
    )


async def _take_back(queue: App, stalled_after: float) -> None:
    for job in await queue.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=stalled_after):
        with contextlib.suppress(ConnectorException):  # its worker was only slow, and has ended it meanwhile
            await queue.job_manager.retry_job(job)
