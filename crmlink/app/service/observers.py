"""All who watch the daemon, as one observer: heartbeat, systemd, metrics. The trouble of one is kept from the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crmlink.app.clock import Clock
from crmlink.app.config.accounts import Account
from crmlink.app.scan import ScanResult
from crmlink.app.service.observer import Observer, Sheltered
from crmlink.app.service.pulse import Pulse
from crmlink.app.service.supervisor import Supervisor
from crmlink.model.errors import LoginError, SettingsError


class Several:
    """Tells each in turn, in the given order."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(Sheltered(one) for one in observers)

    def started(self) -> None:
        """Told on."""
        for one in self._observers:
            one.started()

    def alive(self) -> None:
        """Told on."""
        for one in self._observers:
            one.alive()

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """Told on."""
        for one in self._observers:
            one.pass_done(account, result, seconds)

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """Told on."""
        for one in self._observers:
            one.pass_failed(account, error, seconds)

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """Told on."""
        for one in self._observers:
            one.account_stopped(account, error)

    def reconnected(self, account: Account) -> None:
        """Told on."""
        for one in self._observers:
            one.reconnected(account)

    def reloaded(self) -> None:
        """Told on."""
        for one in self._observers:
            one.reloaded()

    def stopping(self) -> None:
        """Told on."""
        for one in self._observers:
            one.stopping()


def observer_of(
    accounts: Sequence[Account], environ: Mapping[str, str], clock: Clock, monotonic: Callable[[], float]
) -> Observer:
    """Those who watch a daemon of these accounts. The heartbeat comes first, as the metrics show it; systemd hears last.

    Raises:
        SettingsError: metrics are wanted, and their library is not installed.
        TemporaryError: the port of the metrics is taken.
    """
    observers: list[Observer] = [Pulse(clock)]
    if port := accounts[0].settings.metrics_port:
        try:
            from crmlink.app.service.metrics import Metrics  # noqa: PLC0415 -- an extra, and seldom wanted
        except ModuleNotFoundError as error:
            said = "CRMLINK_METRICS_PORT: needs the library prometheus-client"
            raise SettingsError((said,), hint="install crmlink[metrics], or leave the setting out") from error
        observers.append(Metrics(clock, port))
    if environ.get("NOTIFY_SOCKET"):
        observers.append(Supervisor(clock, monotonic))
    return Several(observers)
