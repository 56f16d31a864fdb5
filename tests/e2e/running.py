"""A daemon as a process of its own, and what it logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.e2e.office import environment_of

PATIENCE = 60.0  # seconds; a machine may be slow, but it is never this slow


class Running:
    """A daemon and what it logs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log: list[str] = []
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
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

    def hup(self) -> None:
        """SIGHUP."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)

    @property
    def cpu(self) -> float:
        """Seconds of processor time it took so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Megabytes it holds in memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1024**2

    @property
    def descriptors(self) -> int:
        """How many files and connections it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))


@contextmanager
def running(settings: Mapping[str, str], directory: Path, *arguments: str) -> Iterator[Running]:
    """A daemon with these settings (by name without the prefix), killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crmlink", *arguments, "daemon"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment_of(settings),
        cwd=directory,
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
