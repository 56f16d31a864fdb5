"""The daemon: passes over all accounts, on schedule and whenever new mail arrives, until it is told to stop.

One process and one thread. Its loop waits for whatever comes first: a word from a mail server, a signal, or the time of
a job; between two waits it works. The library `schedule` paces the jobs. One account's trouble leaves the others alone,
one bad job the other jobs, one bad pass the next. It ends when it is told to, or when every account was refused its
login too often. SIGHUP makes it read its settings again: good ones take effect, with bad ones the old ones stay.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import platformdirs
import structlog

from crmlink.app.config.accounts import Account
from crmlink.app.config.settings import Settings
from crmlink.app.lock import only_one
from crmlink.app.service.account_service import AccountService, Machine
from crmlink.app.service.clock_watch import ClockWatch
from crmlink.app.service.observer import Observer, Sheltered, Unobserved
from crmlink.app.service.signals import Signals, Stopped, heeded
from crmlink.app.service.steady_schedule import SteadyScheduler
from crmlink.ledger.open import sqlite_path
from crmlink.model.errors import CrmlinkError, SettingsError
from crmlink.model.ids import digest

HEARTBEAT_SECONDS: Final = 20
_SHORTEST_NAP: Final = 0.02

Accounts = Callable[[], Sequence[Account]]
"""Reads the settings anew. Raises SettingsError."""


class Daemon:
    """Serves the accounts that `accounts` names, and tells the observer what happens."""

    def __init__(self, accounts: Accounts, machine: Machine, observer: Observer | None = None) -> None:
        self._accounts = accounts
        self._machine = machine
        self._observer = Sheltered(observer or Unobserved())
        self._services: tuple[AccountService, ...] = ()
        self._locks: dict[Path, ExitStack] = {}
        self._jobs = SteadyScheduler(machine.steady)
        self._clock_watch = ClockWatch(machine.clock, machine.steady)
        self._log = structlog.get_logger("crmlink")

    def run(self) -> None:
        """Scan now and then on schedule, until SIGTERM or SIGINT. In the main thread only.

        Raises:
            SettingsError: the settings are wrong.
            TemporaryError: another daemon works on one of these ledgers.
            LoginError: every account was refused its login three times.
        """
        with heeded() as signals, ExitStack() as stack:
            stack.callback(self._close)
            try:
                self._serve(self._accounts())
                self._log.info("started", accounts=len(self._services), every_minutes=self._paces())
                self._observer.started()
                stack.callback(self._observer.stopping)
                while True:
                    self._turn(signals)
            except Stopped:
                self._log.info("stopped")

    def _turn(self, signals: Signals) -> None:
        """All that is due, and then the wait for what comes next."""
        if signals.reload_asked():
            self._reload()
        self._jobs.run_pending()
        self._heed_clock()
        for service in self._services:
            service.turn()
        for service in self._services:
            if max(service.due_at, self._clock_watch.settled_at) <= self._machine.steady():
                service.make_pass()
                self._observer.alive()
        stopped = [service.stopped for service in self._services if service.stopped]
        if stopped and len(stopped) == len(self._services):
            raise stopped[0]
        descriptors = (service.descriptor for service in self._services)
        self._machine.wait(self._seconds_left(), (signals.fileno(), *(one for one in descriptors if one is not None)))

    def _seconds_left(self) -> float:
        now = self._machine.steady()
        passes = (max(service.due_at, self._clock_watch.settled_at) - now for service in self._services)
        watches = (service.watch_at - now for service in self._services)
        return max(_SHORTEST_NAP, min((self._jobs.seconds_left, *passes, *watches)))

    def _heed_clock(self) -> None:
        jump = self._clock_watch.jump()
        if jump:
            wait = round(self._clock_watch.settled_at - self._machine.steady())
            self._log.warning("the clock was set", by_seconds=round(jump), passes_wait_seconds=wait)

    def _reload(self) -> None:
        """Read the settings again. What is not good changes nothing."""
        try:
            self._serve(self._accounts())
        except CrmlinkError as error:
            problems = error.problems if isinstance(error, SettingsError) else (str(error),)
            self._log.error("settings not taken", problems=list(problems), remedy=error.hint)
            return
        except Exception as error:  # noqa: BLE001 -- the old settings are good
            self._log.error("settings not taken", kind=type(error).__name__)
            return
        self._log.info("settings taken", accounts=len(self._services), every_minutes=self._paces())
        self._observer.reloaded()

    def _serve(self, accounts: Iterable[Account]) -> None:
        """Serve these from now on. An account that is unchanged and well keeps its connections."""
        wanted = tuple(accounts)
        services = tuple(self._service_of(account) for account in wanted)
        self._lock({_lock_place(account.settings) for account in wanted})
        for service in set(self._services) - set(services):
            service.close()
        self._services = services
        self._jobs = SteadyScheduler(self._machine.steady)
        self._jobs.every(HEARTBEAT_SECONDS).seconds.do(self._job, "heartbeat", self._observer.alive)
        for service in services:
            service.want()
            minutes = service.account.settings.scan_every_minutes
            self._jobs.every(minutes).minutes.do(self._job, "scan", service.want)
            self._jobs.every(1).days.do(self._job, "retention", service.let_go)

    def _service_of(self, account: Account) -> AccountService:
        """The one that serves this account already, if it is unchanged and was not refused; else a new one."""
        known = (one for one in self._services if one.account == account and not one.refused)
        return next(known, None) or AccountService(account, self._machine, self._observer)

    def _job(self, name: str, work: Callable[[], None]) -> None:
        """Run one job; what it raises stays its own trouble."""
        try:
            work()
        except CrmlinkError as error:
            self._log.warning("job failed", job=name, kind=type(error).__name__, what=str(error))
        except Exception as error:  # noqa: BLE001 -- the other jobs must run
            self._log.error("job broke", job=name, kind=type(error).__name__)

    def _lock(self, places: set[Path]) -> None:
        """Hold the locks of these ledgers and no others; all as it was when one of them is taken."""
        with ExitStack() as undo:
            fresh: dict[Path, ExitStack] = {}
            for place in sorted(places - self._locks.keys()):
                fresh[place] = undo.enter_context(ExitStack())
                fresh[place].enter_context(only_one(place))
            undo.pop_all()
        for place in self._locks.keys() - places:
            self._locks.pop(place).close()
        self._locks |= fresh

    def _close(self) -> None:
        for service in self._services:
            service.close()
        for lock in self._locks.values():
            lock.close()

    def _paces(self) -> str:
        """How often each account is read, for the log."""
        return ", ".join(str(service.account.settings.scan_every_minutes) for service in self._services)


def wait_on(seconds: float, descriptors: tuple[int, ...]) -> None:
    """The wait of a real machine."""
    with selectors.PollSelector() as selector:
        for descriptor in descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        selector.select(seconds)


def _lock_place(settings: Settings) -> Path:
    file = sqlite_path(settings.database)
    if file:
        return file.with_name(f"{file.name}.daemon")
    return Path(platformdirs.user_state_dir("crmlink")) / f"daemon-{digest(settings.me.address)[:16]}"
