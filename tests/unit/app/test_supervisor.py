"""What systemd hears, over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmlink.app.clock import frozen_clock
from crmlink.app.config.accounts import Account
from crmlink.app.gathering.gather import Health, SourceReport
from crmlink.app.scan import ScanResult, ScanTask
from crmlink.app.service.supervisor import Supervisor
from crmlink.model.errors import LoginError, SourceError, UntrustedError
from tests.e2e.on_disk import accounts

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
DONE = ScanResult(ScanTask(NOW, NOW), "jan@firma.example", (), {}, "Drafts", (), ())
UNREAD = replace(DONE, reports=(SourceReport("calendar", Health.FAILED, 0, 0),))
SECRET = "jan@firma.example"


class Systemd:
    """The receiving end of a notification socket."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        """Every message since the last time."""
        messages: list[str] = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["a file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    path = str(tmp_path / "notify")
    abstract = request.param == "abstract"
    one = Systemd(f"\0{path}" if abstract else path)
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{path}" if abstract else path)
    yield one
    one.close()


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return accounts({"ME": f"Jan <{SECRET}>", "MAIL": f"maildir://{tmp_path}"})[0]


def _supervisor() -> Supervisor:
    return Supervisor(frozen_clock(NOW), lambda: 12.5)


def test_a_day_in_the_life_of_a_daemon(systemd: Systemd, account: Account) -> None:
    one = _supervisor()
    one.started()
    one.pass_done(account, DONE, 0.1)
    one.alive()
    one.reloaded()
    one.stopping()
    assert systemd.heard() == [
        "READY=1\nSTATUS=The first pass is under way.",
        "STATUS=Last pass 2026-03-10 09:00; 0 draft(s) placed since the start.",
        "WATCHDOG=1",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "READY=1\nSTATUS=The settings were read again.",
        "STOPPING=1\nSTATUS=It ends.",
    ]


def test_only_a_loop_that_turns_pings(systemd: Systemd, account: Account) -> None:
    one, refused = _supervisor(), LoginError(f"no login for {SECRET}")
    one.started()
    one.pass_done(account, DONE, 0.1)
    one.pass_failed(account, refused, 0.1)
    one.account_stopped(account, refused)
    one.reconnected(account)
    one.reloaded()
    one.stopping()
    heard = "\n".join(systemd.heard())
    assert "WATCHDOG" not in heard
    assert SECRET not in heard
    one.alive()
    assert systemd.heard() == ["WATCHDOG=1"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LoginError(SECRET), "the login was refused"),
        (SourceError(SECRET), "something cannot be reached"),
        (UntrustedError(SECRET), "could not prove who it is"),
        (ValueError(SECRET), "a pass broke"),
    ],
)
def test_trouble_is_one_line_without_its_words_until_it_is_over(
    systemd: Systemd, account: Account, error: Exception, words: str
) -> None:
    one = _supervisor()
    one.pass_failed(account, error, 0.1)
    (line,) = systemd.heard()
    assert line.startswith("STATUS=")
    assert words in line
    assert SECRET not in line
    assert "\n" not in line
    one.pass_done(account, UNREAD, 0.1)
    assert "1 account(s) in trouble: a source could not be read" in systemd.heard()[0]
    one.pass_done(account, DONE, 0.1)
    assert "trouble" not in systemd.heard()[0]


def test_an_account_that_was_stopped_is_counted_until_the_settings_are_read_again(
    systemd: Systemd, account: Account
) -> None:
    one = _supervisor()
    one.account_stopped(account, LoginError(SECRET))
    assert "1 account(s) stopped" in systemd.heard()[0]
    one.reloaded()
    one.pass_done(account, DONE, 0.1)
    assert "stopped" not in systemd.heard()[-1]


def test_a_socket_that_went_away_does_no_harm(systemd: Systemd, account: Account) -> None:
    one = _supervisor()
    systemd.close()
    one.started()
    one.pass_done(account, DONE, 0.1)
    one.stopping()
