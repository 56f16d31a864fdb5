"""A world for the daemon whose time the test makes: everything else in it is real, but nobody waits.

Where the daemon would wait, time goes on by as much; what the test planned for a moment happens when it comes. The wall
clock can be set, and the machine can sleep.
"""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 -- jitter from a fixed seed
from typing import Self
from zoneinfo import ZoneInfo

from crmlink.app.config.accounts import Account
from crmlink.app.config.load_settings import load
from crmlink.app.scan import ScanResult
from crmlink.app.service.account_service import Machine
from crmlink.app.service.daemon import Daemon
from crmlink.app.service.observer import Unobserved
from crmlink.app.service.signals import Stopped
from crmlink.model.errors import LoginError

ZONE = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 3, 10, 9, tzinfo=ZONE)
HOUR = 3600.0


class World:
    """Simulated time for one daemon."""

    def __init__(self, begin: datetime = BEGIN) -> None:
        self.seconds = 0.0
        self.naps = 0
        self._begin = begin.timestamp()
        self._zone = begin.tzinfo
        self._plans: list[tuple[float, Callable[[], object]]] = []
        chance = Random(7)  # noqa: S311 -- no secret
        self.machine = Machine(self.clock, lambda: self.seconds, chance.random, self._wait)

    def clock(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self._begin + self.seconds, self._zone)

    def set_clock(self, by: timedelta) -> None:
        """Somebody sets the wall clock."""
        self._begin += by.total_seconds()

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: all clocks go on, nobody works."""
        self.seconds += seconds

    def at(self, seconds: float, happens: Callable[[], object]) -> None:
        """Plan something."""
        self._plans.append((seconds, happens))

    def run(self, daemon: Daemon, seconds: float) -> None:
        """Let the daemon run so long, then stop it."""
        self.at(seconds, _stop)
        daemon.run()

    def _wait(self, seconds: float, _descriptors: tuple[int, ...]) -> None:
        self.naps += 1
        self._plans.sort(key=lambda plan: plan[0])
        end = self.seconds + seconds
        if self._plans and self._plans[0][0] <= end:
            moment, happens = self._plans.pop(0)
            self.seconds = max(self.seconds, moment)
            happens()
        else:
            self.seconds = end


def _stop() -> None:
    raise Stopped


@dataclass
class Notes(Unobserved):
    """Writes down what the daemon tells, each with its moment."""

    world: World
    done: list[tuple[str, float]] = field(default_factory=list)
    failed: list[tuple[str, float, Exception]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def started(self) -> None:
        self.told.append("started")

    def alive(self) -> None:
        self.heard.append(self.world.seconds)

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        assert result.account == account.settings.me.address
        assert seconds >= 0
        self.done.append((account.name, self.world.seconds))

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        assert seconds >= 0
        self.failed.append((account.name, self.world.seconds, error))

    def account_stopped(self, account: Account, error: LoginError) -> None:
        assert error.hint
        self.stopped.append(account.name)

    def reloaded(self) -> None:
        self.told.append("reloaded")

    def stopping(self) -> None:
        self.told.append("stopping")

    def moments(self, name: str = "") -> list[float]:
        """When passes over an account came to their end."""
        return [moment for one, moment in self.done if one == name]


def on_disk(directory: Path, name: str = "", **settings: str) -> Account:
    """An account with an empty Maildir."""
    root = directory / f"mail-{name}"
    for folder in ("", ".Drafts", ".Sent", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (root / folder / part).mkdir(parents=True, exist_ok=True)
    return account(directory, name, MAIL=f"maildir://{root}", **settings)


def account(directory: Path, name: str = "", **settings: str) -> Account:
    """An account with its own ledger."""
    given = {
        "ME": f"Marleen <marleen{name}@example.nl>",
        "MAIL_PASSWORD": "geheim",
        "SCAN_EVERY_MINUTES": "15",
        "DATABASE": str(directory / f"ledger-{name}.db"),
        **settings,
    }
    return Account(name, load({f"CRMLINK_{key}": value for key, value in given.items()}))


class Door:
    """A place where a mail server should be: counts who knocks, and when, and hangs up on them; a context manager."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._open, daemon=True)
        self.knocks: list[float] = []

    @property
    def url(self) -> str:
        """The address of a mailbox there."""
        return f"imap://me@127.0.0.1:{self._listener.getsockname()[1]}"

    def _open(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.knocks.append(self._world.seconds)
                connection.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def gaps(moments: Sequence[float]) -> list[float]:
    """The seconds between one moment and the next."""
    return [after - before for before, after in itertools.pairwise(moments)]
