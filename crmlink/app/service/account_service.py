"""One account in the daemon: when its next pass is due, the pass itself, and what its failures mean.

A pass is wanted by the schedule or by new mail; however often it was wanted meanwhile, it runs once. After a failure it
waits, ever longer. A login that was refused three times stops the account, because going on would lock it; only new
settings wake it again. The connection that passes use stays open between them, so that a pass costs no login.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from crmlink.app.clock import Clock, Steady
from crmlink.app.config.accounts import Account
from crmlink.app.doors import access_of
from crmlink.app.gathering.deadline import TooLongError
from crmlink.app.house import open_house
from crmlink.app.lock import only_one
from crmlink.app.remember import let_go
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.service.backoff import Backoff, Chance
from crmlink.app.service.observer import Observer
from crmlink.app.service.watch import NEVER, IdleWatch, MaildirWatch, NoWatch, Watch
from crmlink.ledger.open import open_ledger, sqlite_path
from crmlink.mailbox.imap import ImapDoor
from crmlink.mailbox.location import MaildirLocation
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import CrmlinkError, LoginError
from crmlink.model.lapse import Decision

LOGIN_TRIES: Final = 3
BURST: Final = 0.5
"""Seconds to wait for more after new mail was noticed."""
TELL_EVERY: Final = 10.0
"""Seconds between two words that a pass still goes on."""
SHARE: Final = 5
"""New mail may keep the daemon busy one part in so many: passes that take long are made less often."""
LONGEST_PAUSE: Final = 60.0
"""Seconds that new mail waits at most because the last pass took long."""
# The loop stands still while this connects: shorter than a pass may take.
WATCH_TIMEOUTS: Final = Timeouts(connect=10, read=15, command=20)

Wait = Callable[[float, tuple[int, ...]], None]
"""Waits until one of the descriptors can be read, or for so many seconds."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the daemon gets from the machine it runs on."""

    clock: Clock
    steady: Steady
    chance: Chance
    wait: Wait


class AccountService:
    """Serves one account. The first pass is due at once."""

    def __init__(self, account: Account, machine: Machine, observer: Observer) -> None:
        self.account = account
        self.stopped: LoginError | None = None
        self._machine = machine
        self._observer = observer
        self._backoff = Backoff(machine.chance)
        self._wanted_at = machine.steady()
        self._not_before = -NEVER
        self._news_not_before = -NEVER
        self._refused = 0
        self._told_at = machine.steady()
        self._door, self._watch = self._connections()
        self._log = structlog.get_logger("crmlink").bind(**({"account": account.name} if account.name else {}))

    @property
    def due_at(self) -> float:
        """The steady moment of the next pass; never, when none is wanted or the account is stopped."""
        return NEVER if self.stopped else max(self._wanted_at, self._not_before)

    @property
    def watch_at(self) -> float:
        """The steady moment at which `turn` has something to do."""
        return NEVER if self.stopped else self._watch.wake_at()

    @property
    def descriptor(self) -> int | None:
        """What to wait on besides time, if anything."""
        return None if self.stopped else self._watch.descriptor()

    @property
    def refused(self) -> bool:
        """Whether the last login was refused."""
        return self._refused > 0

    def want(self) -> None:
        """A pass is due by the schedule."""
        self._wanted_at = min(self._wanted_at, self._machine.steady())

    def turn(self) -> None:
        """See whether there is new mail, and keep the connection that tells of it."""
        if self.stopped:
            return
        try:
            news = self._watch.turn(self._machine.steady())
        except Exception as error:  # noqa: BLE001 -- the schedule goes on without the watch
            self._log.error("watch broke", kind=type(error).__name__)
            self._watch.close()
            self._watch = NoWatch()
            return
        if news:
            soon = self._machine.steady() + BURST
            self._wanted_at = min(self._wanted_at, max(soon, self._news_not_before))

    def make_pass(self) -> None:
        """One pass; what goes wrong is logged and told, and tried again later."""
        began = self._machine.steady()
        self._wanted_at = NEVER
        try:
            result = self._scanned()
        except (Exception, TooLongError) as error:  # noqa: BLE001 -- the daemon outlives every bug in a pass
            seconds = self._machine.steady() - began
            failure = error if isinstance(error, Exception) else RuntimeError("it took too long")
            self._failed(failure)
            self._observer.pass_failed(self.account, failure, seconds)
        else:
            seconds = self._machine.steady() - began
            self._done(result, seconds)
            self._observer.pass_done(self.account, result, seconds)
        self._news_not_before = began + min(LONGEST_PAUSE, SHARE * seconds)
        if self.stopped:
            self.close()
            self._observer.account_stopped(self.account, self.stopped)

    def let_go(self) -> None:
        """Erase words that are no longer needed, also while the mailbox cannot be read. Raises CrmlinkError."""
        settings = self.account.settings
        file = sqlite_path(settings.database)
        if file is not None and not file.exists():
            return
        with only_one(file) if file else nullcontext(), open_ledger(settings.database, read_only=False) as ledger:
            let_go(ledger, settings.me.address, settings.policy, self._clock())

    def close(self) -> None:
        """End all connections, without waiting."""
        self._watch.close()
        if self._door is not None:
            self._door.drop()

    def _scanned(self) -> ScanResult:
        settings = self.account.settings
        with open_house(settings, self._clock, door=self._door) as house:
            now = self._clock()
            return scan(house, ScanTask(now, now - settings.policy.lookback), self._reading)

    def _reading(self, _source: str, _count: int) -> None:
        """An item was read: a first pass over years of mail takes long, and is not stuck."""
        if self._machine.steady() - self._told_at >= TELL_EVERY:
            self._told_at = self._machine.steady()
            self._observer.alive()

    def _clock(self) -> datetime:
        return self._machine.clock().astimezone(self.account.settings.timezone)

    def _connections(self) -> tuple[ImapDoor | None, Watch]:
        """The door for passes and the watch. Neither connects yet."""
        location = self.account.settings.mail
        if isinstance(location, MaildirLocation):
            return None, MaildirWatch(location)
        access = access_of(self.account.settings)
        if access is None:
            return None, NoWatch()
        quick = replace(access, timeouts=WATCH_TIMEOUTS)
        return ImapDoor(access), IdleWatch(quick, self._machine.chance, self._reconnected, self.account.name)

    def _reconnected(self) -> None:
        self._log.info("watch stands again")
        self._observer.reconnected(self.account)

    def _done(self, result: ScanResult, seconds: float) -> None:
        if result.refused:
            self._log.warning("must be mended", kind=type(result.refused).__name__, what=str(result.refused))
        if isinstance(result.refused, LoginError):  # a calendar's
            self._was_refused(result.refused)
        else:
            self._refused, self._not_before = 0, -NEVER
            self._backoff.succeeded()
        self._watch.passed()
        self._log.info(
            "pass done",
            lapses=len(result.verdicts),
            placed=sum(verdict.decision is Decision.DRAFT for verdict in result.verdicts),
            problems=len(result.problems),
            trusted=result.trusted,
            seconds=round(seconds, 1),
        )

    def _failed(self, error: Exception) -> None:
        if self._door is not None:
            self._door.drop()  # whatever it was, nobody knows what is still on the line
        match error:
            case LoginError():
                self._was_refused(error)
                return
            case CrmlinkError():
                self._log.warning("pass failed", kind=type(error).__name__, what=str(error))
            case _:
                self._log.error("pass broke", kind=type(error).__name__)
        self._again_later()

    def _was_refused(self, error: LoginError) -> None:
        self._refused += 1
        self._log.error("login refused", what=str(error), tries=self._refused)
        if self._refused < LOGIN_TRIES:
            self._again_later()
            return
        self.stopped = error
        self._log.error("account stopped", why="the login was refused too often", remedy=error.hint)

    def _again_later(self) -> None:
        self._wanted_at = self._machine.steady()
        self._not_before = self._wanted_at + self._backoff.failed()
