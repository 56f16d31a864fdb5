"""The daemon as systemd, Prometheus and `crmlink status` see it, as a process with two accounts in one ledger."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.on_disk import crmlink, maildir
from tests.e2e.running import PATIENCE, running

PEOPLE = {"jan": "Jan Bakker <jan@firma.example>", "piet": "Piet Smit <piet@firma.example>"}
STILL = 2.0  # seconds of silence that prove enough: a loop that turns pings at once


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Two owners with a question each, in one settings file."""
    given = {"ACCOUNTS": "jan,piet", "DATABASE": str(tmp_path / "ledger.db")}
    for name, me in PEOPLE.items():
        given |= {f"{name.upper()}__ME": me, f"{name.upper()}__MAIL": maildir(tmp_path / name, me)}
    return given


class Systemd:
    """The receiving end of a notification socket."""

    def __init__(self, receiver: socket.socket) -> None:
        self._socket = receiver

    def hears(self, word: str) -> str:
        """The next message that holds this word."""
        self._socket.settimeout(PATIENCE)
        while True:
            message = self._socket.recv(4096).decode()
            if word in message:
                return message

    def heard(self) -> list[str]:
        """All that was sent so far."""
        self._socket.setblocking(False)
        messages: list[str] = []
        with suppress(BlockingIOError):
            while True:
                messages.append(self._socket.recv(4096).decode())
        return messages

    def is_left_alone(self, word: str, seconds: float) -> bool:
        """Whether no message with this word comes for so long."""
        self._socket.settimeout(seconds)
        try:
            while word not in self._socket.recv(4096).decode():
                pass
        except TimeoutError:
            return True
        return False


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    address = str(tmp_path / "notify")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as receiver:
        receiver.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield Systemd(receiver)


@contextmanager
def _server_that_says_nothing() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
    return port


def _drafts(directory: Path) -> list[int]:
    return [len(list((directory / name / ".Drafts").glob("[cn]*/*"))) for name in PEOPLE]


def test_ready_alive_reloaded_and_stopped(settings: dict[str, str], tmp_path: Path, systemd: Systemd) -> None:
    port = settings["METRICS_PORT"] = str(_free_port())
    with running(settings, tmp_path) as daemon:
        systemd.hears("READY=1")
        systemd.hears("WATCHDOG=1")
        status = systemd.hears("2 draft(s) placed")
        assert status.startswith("STATUS=Last pass ")
        assert not any(word in status for word in ("@", "jan", "piet"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as page:
            assert b'crmlink_drafts_placed_total{account="2"} 1.0' in page.read()
        daemon.hup()
        assert "MONOTONIC_USEC=" in systemd.hears("RELOADING=1")
        systemd.hears("READY=1")
        assert daemon.stop() == 0
        systemd.hears("STOPPING=1")
    assert _drafts(tmp_path) == [1, 1]
    done = crmlink(settings, "status", "--json")
    assert (done.code, [one["well"] for one in done.json["accounts"]]) == (0, [True, True])


def test_a_pass_that_hangs_keeps_the_watchdog_waiting(
    settings: dict[str, str], tmp_path: Path, systemd: Systemd
) -> None:
    with _server_that_says_nothing() as port:
        settings |= {"JAN__MAIL": f"imap://jan@127.0.0.1:{port}", "JAN__MAIL_PASSWORD": "x"}
        with running(settings, tmp_path):
            systemd.hears("READY=1")
            assert systemd.is_left_alone("WATCHDOG", STILL)


def test_an_account_that_cannot_be_read_leaves_the_other_running_and_shows_in_status(
    settings: dict[str, str], tmp_path: Path, systemd: Systemd
) -> None:
    settings |= {"JAN__MAIL": f"imap://jan@127.0.0.1:{_free_port()}", "JAN__MAIL_PASSWORD": "geheim"}
    with running(settings, tmp_path) as daemon:
        assert "something cannot be reached" in systemd.hears("1 draft(s) placed")
        done = crmlink(settings, "status", "--json")
        daemon.stop()
    failed, well = done.json["accounts"]
    assert (done.code, failed["well"], well["well"]) == (1, False, True)
    assert "127.0.0.1" in failed["last_failure"]["reason"]
    assert "geheim" not in done.out


def test_nothing_that_is_told_to_anybody_holds_mail_names_or_secrets(
    settings: dict[str, str], tmp_path: Path, systemd: Systemd
) -> None:
    settings |= {"JAN__MAIL": f"imap://jan@127.0.0.1:{_free_port()}", "JAN__MAIL_PASSWORD": "geheim"}
    port = settings["METRICS_PORT"] = str(_free_port())
    with running(settings, tmp_path, "-v") as daemon:
        told = systemd.hears("1 draft(s) placed")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as page:
            told += page.read().decode()
        daemon.hup()
        systemd.hears("RELOADING=1")
        daemon.stop()
        told += "".join([*systemd.heard(), *daemon.log])
    assert "pass failed" in told
    told += "".join(path.read_text() for path in tmp_path.glob("*.heartbeat"))
    words = ("gijs", "bakker", "offerte", "levertijd", "geheim", "@firma", "smit")
    assert [word for word in words if word in told.lower()] == []


def test_a_port_that_is_taken_is_told_before_anything_is_read(settings: dict[str, str], tmp_path: Path) -> None:
    with _server_that_says_nothing() as port:
        settings["METRICS_PORT"] = str(port)
        with running(settings, tmp_path) as daemon:
            daemon.says("CRMLINK_METRICS_PORT")
            assert daemon.process.wait(PATIENCE) == 75
    assert _drafts(tmp_path) == [0, 0]
