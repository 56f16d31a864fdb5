"""What the daemon tells whoever watches it: its state, its metrics, the watchdog of systemd. Decides nothing.

Every call comes from the one thread that works, between its steps. An observer must be quick and may not raise; one
that raises is logged, and the daemon goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol

from crmlink.app.config.accounts import Account
from crmlink.app.scan import ScanResult
from crmlink.model.errors import LoginError


class Observer(Protocol):
    """Hears what the daemon does. `seconds` is how long a pass took, by a clock that never jumps."""

    def started(self) -> None:
        """The daemon holds its locks and knows its accounts; the first pass is to come."""

    def alive(self) -> None:
        """Work goes on: at least every 30 seconds while the loop waits, after each pass, and now and then while one reads."""

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


P = ParamSpec("P")


class Sheltered:
    """Another observer, whose errors do no harm to the daemon."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def started(self) -> None:
        """Told on."""
        _tell(self._observer.started)

    def alive(self) -> None:
        """Told on."""
        _tell(self._observer.alive)

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """Told on."""
        _tell(self._observer.pass_done, account, result, seconds)

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """Told on."""
        _tell(self._observer.pass_failed, account, error, seconds)

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """Told on."""
        _tell(self._observer.account_stopped, account, error)

    def reconnected(self, account: Account) -> None:
        """Told on."""
        _tell(self._observer.reconnected, account)

    def reloaded(self) -> None:
        """Told on."""
        _tell(self._observer.reloaded)

    def stopping(self) -> None:
        """Told on."""
        _tell(self._observer.stopping)


def _tell(call: Callable[P, None], *what: P.args, **named: P.kwargs) -> None:
    try:
        call(*what, **named)
    except Exception as error:  # noqa: BLE001 -- whatever it is, mail must go on being read
        import structlog  # noqa: PLC0415 -- slow to import, and `scan` needs none of it

        structlog.get_logger("crmlink").error("observer broke", kind=type(error).__name__)
