"""A fleet end to end: real workers as processes, on a real PostgreSQL and Dovecot, killed, stopped and fed with poison."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from crmlink.fleet.alone import alone_with
from crmlink.fleet.open import open_fleet
from tests.e2e.office import GIJS, Done, Office, environment_of, run_here
from tests.servers.dovecot_server import Dovecot
from tests.servers.postgresql_server import Postgresql

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds; a machine may be slow, but it is never this slow
CANARY = "Kanariegeel"
BREAK_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


class FleetOffice:
    """A fleet with its own database, and the command line of who runs it."""

    def __init__(self, directory: Path, postgresql: Postgresql, dovecot: Dovecot) -> None:
        self.directory = directory
        self.url = postgresql.new_database()
        self._postgresql = postgresql
        self.settings = {"DATABASE": self.url, "FLEET_KEY_FILE": str(directory / "key")}
        self._dovecot = dovecot
        self._engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))
        assert self.crmlink("fleet", "key", str(directory / "key")).code == 0

    def crmlink(self, *arguments: str) -> Done:
        """The command line."""
        return run_here(arguments, self.settings, self.directory)

    def mailbox(self, name: str, **other: str) -> Office:
        """A mailbox with one forgotten question, added to the fleet with these settings."""
        account = self._dovecot.account()
        office = Office(account, None, self.directory, me=f"Marleen <{name}@example.nl>")
        office.receive(f"ask-{name}", GIJS, QUESTION, days_ago=8, subject=CANARY)
        written = {
            "ME": office.me,
            "MAIL": account.url,
            "MAIL_PASSWORD": account.password,
            "SCAN_EVERY_MINUTES": "1440",
        }
        file = self.directory / f"{name}.env"
        file.write_text("".join(f"CRMLINK_{key}='{value}'\n" for key, value in {**written, **other}.items()))
        file.chmod(0o600)
        done = self.crmlink("fleet", "add", str(file))
        assert (done.code, done.out) == (0, f"{name}@example.nl: added\n"), done.err
        return office

    def sql(self, statement: str) -> list[Any]:
        """Any statement; its rows."""
        with self._engine.begin() as connection:
            done = connection.execute(text(statement))
            return list(done.all()) if done.returns_rows else []

    def due(self, where: str = "true") -> None:
        """Let the time until the next turn of these mailboxes go by."""
        self.sql(f"UPDATE mailboxes SET next_due = now() WHERE {where}")  # noqa: S608 -- words of a test

    def listed(self) -> dict[str, dict[str, Any]]:
        """What `list` says, by the part of the address before the @."""
        rows = [json.loads(line) for line in self.crmlink("fleet", "list", "--json").out.splitlines()]
        return {row["address"].partition("@")[0]: row for row in rows}

    def status(self) -> dict[str, Any]:
        """What `status` says."""
        return self.crmlink("fleet", "status", "--json").json

    def dump(self) -> str:
        """All that the database holds."""
        return self._postgresql.dump(self.url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def worker(self, places: int = 1) -> Iterator[subprocess.Popen[bytes]]:
        """A worker, and its log beside."""
        log = self.directory / f"worker-{len(list(self.directory.glob('worker-*')))}.log"
        environment = environment_of(self.settings) | {"PYTHONPATH": str(ROOT)}
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.fleet_worker", str(places)],
                stderr=stream,
                env=environment,
                cwd=self.directory,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def log(self) -> str:
        """What the workers logged."""
        return "".join(path.read_text() for path in sorted(self.directory.glob("worker-*.log")))


@pytest.fixture
def fleet(
    tmp_path: Path, postgresql: Postgresql, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FleetOffice]:
    """An empty fleet."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    office = FleetOffice(tmp_path, postgresql, dovecot)
    yield office
    office.close()


def until(happened: Callable[[], bool], fleet: FleetOffice) -> None:
    """Wait for it."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            pytest.fail(f"it never happened; the workers said:\n{fleet.log()}")
        time.sleep(0.1)


def scanned(fleet: FleetOffice) -> int:
    return int(fleet.sql("SELECT count(*) FROM mailboxes WHERE scanned_at IS NOT NULL")[0][0])


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in listed]


def test_one_of_two_workers_dies_and_every_lapse_still_has_exactly_one_draft(fleet: FleetOffice) -> None:
    offices = [fleet.mailbox(f"m{number}") for number in range(20)]
    _change_the_key(fleet)
    with fleet.worker() as first, fleet.worker() as second:
        until(lambda: scanned(fleet) >= 4 and bool(children_of(first)), fleet)
        (child,) = children_of(first)
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: scanned(fleet) == 20, fleet)
        until(lambda: fleet.sql("SELECT * FROM procrastinate_jobs") == [], fleet)
        until(lambda: not Path(f"/proc/{child}").exists(), fleet)
        assert [len(office.drafts()) for office in offices] == [1] * 20

        fleet.sql("UPDATE mailboxes SET scanned_at = NULL")
        fleet.due()
        fleet.sql(BREAK_CONNECTIONS)
        until(lambda: scanned(fleet) == 20, fleet)
        until(lambda: fleet.sql("SELECT * FROM procrastinate_jobs") == [], fleet)
        assert second.poll() is None
    assert [len(office.drafts()) for office in offices] == [1] * 20
    assert fleet.sql("SELECT * FROM procrastinate_events") == []
    assert fleet.sql("SELECT * FROM leases") == []
    dump, log = fleet.dump(), fleet.log()
    assert [office.mail.password for office in offices if office.mail.password in dump + log] == []
    assert [word for word in (CANARY, "levertijd", "@example.nl", "gijs") if word in log] == []


def _change_the_key(fleet: FleetOffice) -> None:
    """Put a new key in front, seal with it, and throw the old one away."""
    key = fleet.directory / "key"
    assert "fleet reseal" in fleet.crmlink("fleet", "key", str(key)).out
    assert fleet.crmlink("fleet", "reseal").out == "Sealed 20 anew.\n"
    key.write_text(key.read_text().splitlines()[0] + "\n")


def test_poison_stops_or_waits_and_the_others_go_on(fleet: FleetOffice) -> None:
    with silent_server() as port, fleet.worker(places=2) as worker:
        fleet.mailbox("refused", MAIL_PASSWORD="verkeerd")
        fleet.mailbox("away", MAIL="imap://me@127.0.0.1:1")
        fleet.mailbox("silent", MAIL=f"imap://me@127.0.0.1:{port}")
        good = fleet.mailbox("good")
        until(lambda: len(good.drafts()) == 1, fleet)

        until(lambda: fleet.listed()["away"]["failures"] >= 1, fleet)
        assert "127.0.0.1:1" in fleet.listed()["away"]["reason"]
        for refusals in (1, 2, 3):
            until(lambda: fleet.listed()["refused"]["refusals"] == refusals, fleet)  # noqa: B023 -- used at once
            fleet.due("address like 'refused%'")
        assert fleet.listed()["refused"]["state"] == "stopped"
        (stopped,) = fleet.status()["stopped"]
        assert stopped["address"] == "refused@example.nl"

        # A pass that ends its process takes nothing else with it.
        fleet.due("address like 'silent%'")
        until(lambda: fleet.status()["doing"] == 1, fleet)
        for child in children_of(worker):
            assert b"CRMLINK_" not in Path(f"/proc/{child}/environ").read_bytes()
            assert re.search(r"Max data size +1073741824 ", Path(f"/proc/{child}/limits").read_text())
            os.kill(child, signal.SIGKILL)
        until(lambda: "signal 9" in fleet.listed()["silent"]["reason"], fleet)
        fleet.due("address like 'good%'")
        until(lambda: fleet.status()["scans_last_hour"]["done"] >= 2, fleet)

        # Stopped in the middle of a pass that hangs.
        fleet.due("address like 'silent%'")
        until(lambda: fleet.status()["doing"] == 1, fleet)
        worker.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert worker.wait(PATIENCE) == 0
        assert time.monotonic() - begun < 10
        assert [row.status for row in fleet.sql("SELECT status FROM procrastinate_jobs")] == ["todo"]
    assert fleet.listed()["refused"]["refusals"] == 3
    assert len(good.drafts()) == 1


def test_a_wrong_key_is_said_at_once_and_touches_nothing(fleet: FleetOffice) -> None:
    fleet.mailbox("mine")
    fleet.crmlink("fleet", "key", str(fleet.directory / "other"))
    fleet.settings["FLEET_KEY_FILE"] = str(fleet.directory / "other")

    for command in (("worker",), ("fleet", "reseal"), ("fleet", "add", str(fleet.directory / "mine.env"))):
        done = fleet.crmlink(*command)
        assert done.code == 78
        assert "another key" in done.err
    assert fleet.listed()["mine"]["failures"] == 0


def test_a_person_pauses_resumes_and_removes_mailboxes(fleet: FleetOffice) -> None:
    fleet.mailbox("mine")
    assert fleet.crmlink("fleet", "pause", "Mine@example.nl").code == 0
    assert fleet.listed()["mine"]["state"] == "paused"
    assert "1 paused" in fleet.crmlink("fleet", "status").out
    assert fleet.crmlink("fleet", "resume", "mine@example.nl").code == 0
    assert fleet.crmlink("fleet", "list").out.startswith("mine@example.nl  active")
    with alone_with_it(fleet):
        done = fleet.crmlink("fleet", "remove", "mine@example.nl")
        assert (done.code, "being scanned" in done.err) == (75, True)
    assert fleet.crmlink("fleet", "remove", "--erase", "mine@example.nl").code == 0
    assert fleet.crmlink("fleet", "list").out == ""
    done = fleet.crmlink("fleet", "pause", "mine@example.nl")
    assert (done.code, "no mailbox of this fleet" in done.err) == (2, True)


def test_a_fleet_needs_a_server(fleet: FleetOffice) -> None:
    fleet.settings["DATABASE"] = "ledger.db"
    done = fleet.crmlink("fleet", "status")
    assert (done.code, "PostgreSQL" in done.err) == (78, True)


def test_a_mailbox_comes_from_standard_input_as_well(fleet: FleetOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    written = "CRMLINK_ME=Marleen <marleen@example.nl>\nCRMLINK_MAIL=maildir:///tmp\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(written))
    assert fleet.crmlink("fleet", "add", "-").out == "marleen@example.nl: added\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(written))
    assert fleet.crmlink("fleet", "add", "-").out == "marleen@example.nl: replaced\n"


@contextmanager
def alone_with_it(fleet: FleetOffice) -> Iterator[None]:
    """As if a pass over `mine` were at work."""
    with open_fleet(fleet.url) as opened, alone_with(opened.database, "mine@example.nl"):
        yield


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that lets everybody in and never says a word; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]
