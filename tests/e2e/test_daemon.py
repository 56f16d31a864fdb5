"""The daemon as a process: it scans, steps back for another one, survives a bad pass, and stops when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue

import pytest

from tests.e2e.office import GIJS, Office, environment_of

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
PATIENCE = 60.0  # seconds; a machine may be slow, but it is never this slow


class Running:
    """A daemon and what it logs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)

    def says(self, words: str) -> str:
        """The next line with these words."""
        seen: list[str] = []
        while True:
            try:
                seen.append(self._lines.get(timeout=PATIENCE))
            except Empty:
                pytest.fail(f"the daemon never said {words!r}, but: {''.join(seen)}")
            if words in seen[-1]:
                return seen[-1]

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


@contextmanager
def daemon(office: Office) -> Iterator[Running]:
    """A daemon of this office."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crmlink", "daemon"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment_of(office.environment()),
        cwd=office.directory,
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def test_it_places_a_draft_and_stops_at_sigterm(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8)
    with daemon(on_pymap) as running:
        assert "placed=1" in running.says("pass done")
        assert len(on_pymap.drafts()) == 1
        assert running.stop() == 0
        running.says("stopped")
    assert [one["decision"] for one in on_pymap.scan()] == ["drafted"]


def test_a_second_daemon_steps_back_but_a_scan_may_run(on_pymap: Office) -> None:
    with daemon(on_pymap) as first:
        first.says("pass done")
        done = on_pymap.crmlink("daemon")
        assert done.code == 75
        assert "at work" in done.err
        assert on_pymap.scan() == []


def test_a_server_that_is_down_does_not_end_it(on_pymap: Office) -> None:
    on_pymap.settings["MAIL"] = "imap://me@127.0.0.1:1"
    with daemon(on_pymap) as running:
        assert "127.0.0.1:1" in running.says("pass failed")
        assert running.process.poll() is None
        assert running.stop() == 0


def test_its_log_holds_no_secret_and_no_mail(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8, subject="Kanarie")
    with daemon(on_pymap) as running:
        log = running.says("started") + running.says("pass done")
        running.stop()
    for canary in (on_pymap.mail.password, "Kanarie", "levertijd", "gijs@"):
        assert canary not in log
