"""A worker: takes passes from the queue, has them made, and writes down when each mailbox has its next turn.

Any number of workers work side by side, on one machine or many. What a pass does to one mailbox never ends a worker,
nor does a database that is away for a while. SIGTERM lets passes that are nearly done end, aborts the others, and puts
their jobs back into the queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from crmlink.app.clock import Clock
from crmlink.fleet.caches import prune_caches
from crmlink.fleet.job_queue import QUEUE, SCAN, AgainAfterStop, open_queue, tick
from crmlink.fleet.keys import Keys
from crmlink.fleet.mailboxes import MailboxStore
from crmlink.fleet.open import Fleet, open_fleet
from crmlink.fleet.place import Place
from crmlink.fleet.settings import FleetSettings
from crmlink.fleet.told import Told
from crmlink.fleet.turns import Ending, Jitter, State, next_turn
from crmlink.model.errors import CrmlinkError


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `tick` between two looks at what is due, `poll` between two looks into the queue.

    A worker that was not heard of for `stalled` is dead. A pass has `grace` to end when its worker is stopped.
    """

    tick: float = 15.0
    heartbeat: float = 10.0
    stalled: float = 30.0
    poll: float = 1.0
    grace: float = 4.0
    away: float = 5.0
    housekeeping: float = 6 * 3600.0


class Worker:
    """Makes passes in so many `places` at a time."""

    def __init__(
        self,
        settings: FleetSettings,
        keys: Keys,
        clock: Clock,
        jitter: Jitter,
        *,
        places: int,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._jitter = jitter
        self._pace = pace or Pace()
        self._keys = keys
        self._places = [Place(settings, keys) for _ in range(places)]
        self._free: asyncio.Queue[Place] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._log = structlog.get_logger("crmlink")

    def run(self) -> None:
        """Work until SIGTERM or SIGINT.

        Raises:
            LedgerError: the database cannot be used, at the start.
            WrongKeyError: the keys do not open what is stored.
        """
        with open_fleet(self._settings.database) as fleet:
            check_keys(fleet, self._keys)
            asyncio.run(self._run(fleet))

    async def _run(self, fleet: Fleet) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        for place in self._places:
            self._free.put_nowait(place)
        queue = self._queue(fleet)
        keeper = asyncio.create_task(self._keep_house())
        self._log.info("started", places=len(self._places))
        try:
            while not self._stopping.is_set():
                await self._work(queue)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self._pace.away)
        finally:
            keeper.cancel()
            await asyncio.gather(*(place.stop() for place in self._places))
        self._log.info("stopped")

    async def _work(self, queue: App) -> None:
        """Work until told to stop, or until the database is away."""
        try:
            async with queue.open_async():
                working = asyncio.create_task(
                    queue.run_worker_async(
                        queues=[QUEUE],
                        concurrency=len(self._places),
                        fetch_job_polling_interval=self._pace.poll,
                        shutdown_graceful_timeout=self._pace.grace,
                        delete_jobs="always",
                        install_signal_handlers=False,
                        update_heartbeat_interval=self._pace.heartbeat,
                        stalled_worker_timeout=self._pace.stalled,
                    )
                )
                looking = asyncio.create_task(self._look(queue))
                told = asyncio.create_task(self._stopping.wait())
                await asyncio.wait({working, looking, told}, return_when=asyncio.FIRST_COMPLETED)
                for task in (told, looking, working):
                    task.cancel()
                for ended in await asyncio.gather(looking, working, return_exceptions=True):
                    if isinstance(ended, Exception):
                        raise ended
            if not self._stopping.is_set():
                self._log.warning("queue out of reach")
        except (ConnectorException, psycopg.Error) as error:
            self._log.warning("queue out of reach", kind=type(error).__name__)

    async def _look(self, queue: App) -> None:
        """Every worker looks at what is due, so that it is nobody's only job; one of them does it at a time.

        As a job of the queue it would wait behind long passes, and be lost for a while with the worker that had it.
        """
        while True:
            between = timedelta(seconds=self._pace.tick)
            await tick(queue, self._clock(), not_since=between * 0.9, stalled_after=self._pace.stalled)
            await asyncio.sleep(self._pace.tick)

    def _queue(self, fleet: Fleet) -> App:
        """The queue, with what a worker does for a job."""
        queue = open_queue(self._settings.database, places=len(self._places))

        @queue.task(name=SCAN, queue=QUEUE, retry=AgainAfterStop())
        async def scan(address: str) -> None:
            place = await self._free.get()
            try:
                told = await place.scan(address)
            finally:
                self._free.put_nowait(place)
            await asyncio.to_thread(self._settle, fleet.mailboxes, address, told)

        return queue

    def _settle(self, mailboxes: MailboxStore, address: str, told: Told) -> None:
        """Write down the next turn; when that fails, the mailbox is still due, and is scanned again."""
        self._tell(address, told)
        try:
            mailbox = mailboxes.get(address)
            if mailbox is None or told.ending is Ending.GONE:
                return
            now, every = self._clock(), timedelta(minutes=told.every_minutes)
            turn = next_turn(mailbox.turn, told.ending, told.reason, now, every, self._jitter)
            done = told.ending is Ending.DONE
            mailboxes.settle(address, told.edition or mailbox.edition, turn, scanned_at=now if done else None)
            if told.ending is not Ending.BUSY:
                mailboxes.count_pass(self._name, now, done=done)
            if turn.state is State.STOPPED:
                self._log.error("mailbox stopped", mailbox=address, what=turn.reason)
        except CrmlinkError as error:
            self._log.warning("turn not stored", mailbox=address, kind=type(error).__name__)

    def _tell(self, address: str, told: Told) -> None:
        match told.ending:
            case Ending.DONE:
                counts = {"lapses": told.lapses, "placed": told.placed, "problems": told.problems}
                self._log.info("pass done", mailbox=address, **counts)
            case Ending.REFUSED:
                self._log.error("login refused", mailbox=address, what=told.reason)
            case Ending.FAILED:
                self._log.warning("pass failed", mailbox=address, what=told.reason)
            case Ending.BUSY | Ending.GONE:
                self._log.info("pass left out", mailbox=address, why=told.ending.value)

    async def _keep_house(self) -> None:
        while True:
            await asyncio.to_thread(prune_caches, self._settings.directory, self._clock())
            await asyncio.sleep(self._pace.housekeeping)


def check_keys(fleet: Fleet, keys: Keys) -> None:
    """Make sure that the keys are those of this fleet. Raises WrongKeyError when they are not."""
    for mailbox in fleet.mailboxes.all():
        keys.unseal(mailbox.sealed)
        return
