"""What the daemon tells whoever watches it: its state, its metrics, the watchdog of systemd. Decides nothing.

Every call comes from the one thread that works, between its steps. An observer must be quick and may not raise; one
that raises is logged, and the daemon goes on.
"""

from __future__ import annotations

from typing import Protocol

from crmlink.app.accounts import Account
from crmlink.app.scan import ScanResult
from crmlink.model.errors import LoginError


class Observer(Protocol):
    """Hears what the daemon does. `seconds` is how long a pass took, by a clock that never jumps."""

    def started(self) -> None:
        """The daemon holds its locks and knows its accounts; the first pass is to come."""

    def alive(self) -> None:
        """The work loop turns: at least every 30 seconds while it waits, and after each pass. From nowhere else."""

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """A pass came to its end. A source of it may still have failed: the result says so."""

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """A pass ended with an error, a refused login among them; it is tried again later."""

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """The server refused the login too often: this account rests until the settings are read again."""

    def reconnected(self, account: Account) -> None:
        """The connection that waits for new mail stands again after it was lost."""

    def reloaded(self) -> None:
        """The settings were read again and are in effect."""

    def stopping(self) -> None:
        """The daemon ends; nothing follows."""


class Unobserved:
    """The observer that does nothing."""

    def started(self) -> None:
        """Nothing."""

    def alive(self) -> None:
        """Nothing."""

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """Nothing."""

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """Nothing."""

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """Nothing."""

    def reconnected(self, account: Account) -> None:
        """Nothing."""

    def reloaded(self) -> None:
        """Nothing."""

    def stopping(self) -> None:
        """Nothing."""
