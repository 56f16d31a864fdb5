"""The daemon: the same pass again and again, until it is told to stop. One bad pass never ends it.

A refused login is tried three times and then ends the daemon, because going on would lock the account. A SIGTERM stops
it at once, in the middle of a pass as well: what the ledger says by then is enough for the next start to go on.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import platformdirs
import schedule
import structlog

from crmlink.app.clock import Clock
from crmlink.app.house import open_house
from crmlink.app.lock import only_one
from crmlink.app.scan import ScanTask, scan
from crmlink.app.settings import Settings
from crmlink.ledger.open import sqlite_path
from crmlink.model.errors import CrmlinkError, LoginError
from crmlink.model.ids import digest
from crmlink.model.lapse import Decision

LOGIN_TRIES = 3
LONGEST_NAP = 60.0  # seconds; the machine may have slept meanwhile

Wait = Callable[[float], None]
"""Waits for at most so many seconds."""


class Stopped(BaseException):
    """Raised by SIGTERM and SIGINT, wherever the daemon is; no handler of errors may catch it."""


class Daemon:
    """Scans one account on a schedule."""

    def __init__(self, settings: Settings, clock: Clock, wait: Wait) -> None:
        self._settings = settings
        self._clock = clock
        self._wait = wait
        self._refused = 0
        self._log = structlog.get_logger("crmlink")

    def run(self) -> None:
        """Scan now and then on schedule, until SIGTERM or SIGINT.

        Raises:
            TemporaryError: another daemon works on this ledger.
            LoginError: the server refused the login three times.
        """
        jobs = schedule.Scheduler()
        jobs.every(self._settings.scan_every_minutes).minutes.do(self.one_pass)
        with only_one(self._lock_place()), stopped_by_signals():
            try:
                self._log.info("started", every_minutes=self._settings.scan_every_minutes)
                self.one_pass()
                while True:
                    self._wait(min(LONGEST_NAP, max(1.0, jobs.idle_seconds or 1.0)))
                    jobs.run_pending()
            except Stopped:
                self._log.info("stopped")

    def one_pass(self) -> None:
        """One scan; what goes wrong is logged, and the next one tries again."""
        now = self._clock()
        try:
            with open_house(self._settings, self._clock) as house:
                result = scan(house, ScanTask(now, now - self._settings.policy.lookback), lambda _name, _count: None)
        except LoginError as error:
            self._refused += 1
            self._log.error("login refused", what=str(error), tries=self._refused)
            if self._refused >= LOGIN_TRIES:
                raise
            return
        except CrmlinkError as error:
            self._log.warning("pass failed", kind=type(error).__name__, what=str(error))
            return
        except Exception as error:  # noqa: BLE001 -- the daemon outlives every bug in a pass
            self._log.error("pass broke", kind=type(error).__name__)
            return
        self._refused = 0
        if result.refused:
            self._log.warning("must be mended", kind=type(result.refused).__name__, what=str(result.refused))
        placed = sum(verdict.decision is Decision.DRAFT for verdict in result.verdicts)
        self._log.info(
            "pass done",
            lapses=len(result.verdicts),
            placed=placed,
            problems=len(result.problems),
            trusted=result.trusted,
        )

    def _lock_place(self) -> Path:
        file = sqlite_path(self._settings.database)
        if file:
            return file.with_name(f"{file.name}.daemon")
        return Path(platformdirs.user_state_dir("crmlink")) / f"daemon-{digest(self._settings.me.address)[:16]}"


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into `Stopped` while the block runs."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
