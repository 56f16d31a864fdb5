"""Writes the heartbeat: after each pass of the daemon, and after a scan by hand.

A success is a pass that read every source completely and had nothing refused; that is when `crmlink scan` ends with 0.
"""

from __future__ import annotations

from crmlink.app.clock import Clock
from crmlink.app.config.accounts import Account
from crmlink.app.config.places import heartbeat_file
from crmlink.app.config.settings import Settings
from crmlink.app.scan import ScanResult
from crmlink.app.service.heartbeat import Heartbeat, read_heartbeat, sentence, write_heartbeat
from crmlink.app.service.observer import Unobserved
from crmlink.model.errors import LoginError


def note_pass(settings: Settings, result: ScanResult, clock: Clock, *, by_daemon: bool = False) -> None:
    """Note how a pass ended. Only one by the daemon says that the daemon has not given the account up.

    Raises:
        LedgerError: the heartbeat cannot be written.
    """
    path, why = heartbeat_file(settings), shortcoming(result)
    before = read_heartbeat(path) or Heartbeat()
    beat = before.failed(clock(), why) if why else before.succeeded(clock())
    write_heartbeat(path, beat.served() if by_daemon else beat)


def shortcoming(result: ScanResult) -> str:
    """What a pass that came to its end did not do, in a sentence; "" when it did all."""
    if result.refused:
        return str(result.refused)
    lacking = [f"{report.name} ({report.health})" for report in result.reports if not report.trusted]
    return f"not everything could be read: {', '.join(lacking)}" if lacking else ""


class Pulse(Unobserved):
    """The daemon's heartbeat of every account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """A pass came to its end."""
        del seconds
        note_pass(account.settings, result, self._clock, by_daemon=True)

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """A pass ended with an error."""
        del seconds
        self._write(account, self._last(account).failed(self._clock(), sentence(error)).served())

    def account_stopped(self, account: Account, error: LoginError) -> None:
        """The daemon leaves the account alone."""
        self._write(account, self._last(account).given_up(sentence(error)))

    def _last(self, account: Account) -> Heartbeat:
        return read_heartbeat(heartbeat_file(account.settings)) or Heartbeat()

    def _write(self, account: Account, beat: Heartbeat) -> None:
        write_heartbeat(heartbeat_file(account.settings), beat)
