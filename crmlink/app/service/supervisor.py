"""Tells systemd how the daemon is (sd_notify(3)): ready, reloading, stopping, alive, and one line for `systemctl status`.

The line is seen by every user of the machine: it holds numbers and kinds of trouble, never an address or a word of mail.
Under anything but systemd nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sdnotify import SystemdNotifier

from crmlink.app.clock import Clock
from crmlink.app.config.accounts import Account
from crmlink.app.scan import ScanResult
from crmlink.app.service.observer import Unobserved
from crmlink.app.service.pulse import shortcoming
from crmlink.model.errors import LoginError, TemporaryError, UntrustedError
from crmlink.model.lapse import Decision


class Supervisor(Unobserved):
    """The daemon as systemd sees it. `monotonic` gives seconds of CLOCK_MONOTONIC, by which systemd reckons."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._systemd = SystemdNotifier()
        self._troubled: dict[str, str] = {}
        self._stopped: set[str] = set()
        self._placed = 0
        self._last: datetime | None = None

    def started(self) -> None:
        """Ready before the first pass, which may take its time."""
        self._systemd.notify("READY=1\nSTATUS=The first pass is under way.")

    def alive(self) -> None:
        """The one place that keeps the watchdog quiet: a loop that is stuck does not come here."""
        self._systemd.notify("WATCHDOG=1")

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """A pass came to its end."""
        del seconds
        self._placed += sum(one.decision is Decision.DRAFT for one in result.verdicts)
        self._after(account, "a source could not be read" if shortcoming(result) else "")

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """A pass ended with an error."""
        del seconds
        self._after(account, _kind(error))

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """The daemon leaves the account alone."""
        del error
        self._stopped.add(account.address)
        self._show()

    def reloaded(self) -> None:
        """Both words at once, because the new settings are in effect already (RELOADING asks for the monotonic time)."""
        self._troubled, self._stopped = {}, set()
        self._systemd.notify(f"RELOADING=1\nMONOTONIC_USEC={int(self._monotonic() * 1_000_000)}")
        self._systemd.notify("READY=1\nSTATUS=The settings were read again.")

    def stopping(self) -> None:
        """The daemon ends."""
        self._systemd.notify("STOPPING=1\nSTATUS=It ends.")

    def _after(self, account: Account, trouble: str) -> None:
        self._last = self._clock()
        self._stopped.discard(account.address)
        if trouble:
            self._troubled[account.address] = trouble
        else:
            self._troubled.pop(account.address, None)
        self._show()

    def _show(self) -> None:
        at = f"{self._last:%Y-%m-%d %H:%M}" if self._last else "never"
        parts = [f"Last pass {at}", f"{self._placed} draft(s) placed since the start"]
        parts += [f"{len(self._troubled)} account(s) in trouble: {_listed(self._troubled)}"] if self._troubled else []
        parts += [f"{len(self._stopped)} account(s) stopped"] if self._stopped else []
        self._systemd.notify(f"STATUS={'; '.join(parts)}.")


def _listed(troubled: dict[str, str]) -> str:
    return ", ".join(sorted(set(troubled.values())))


def _kind(error: Exception) -> str:
    match error:
        case LoginError():
            return "the login was refused"
        case UntrustedError():
            return "the server could not prove who it is"
        case TemporaryError():
            return "something cannot be reached"
        case _:
            return "a pass broke"
