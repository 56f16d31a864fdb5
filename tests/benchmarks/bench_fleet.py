"""How many mailboxes a fleet scans a second: first passes, and passes over mailboxes in which little has changed.

Run: `uv run python -m tests.benchmarks.bench_fleet [--mailboxes 2000] [--workers 1 2 4] [--messages 60]`. Every mailbox
is a Dovecot user of its own with as many messages in a window of thirty days; before each round one in fifty gets a new
one. Workers, PostgreSQL and Dovecot share the machine, so its cores are the limit, and the figures of each part are
told apart: processor time of the workers, and time inside PostgreSQL (pg_stat_statements), for each pass.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from crmlink.fleet.keys import Keys, read_keys, write_key
from crmlink.fleet.open import open_fleet
from crmlink.fleet.sealing import read_written, seal
from tests.benchmarks.post import Post, write_maildir
from tests.servers.dovecot_server import Dovecot
from tests.servers.installed import service_user
from tests.servers.postgresql_server import Postgresql

NOW = datetime.now(UTC)  # noqa: TID251 -- a benchmark
CHANGED = 50
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Round:
    """What a round took: passes, seconds from the first to the last, and what each pass cost in milliseconds."""

    passes: int
    seconds: float
    processor: float
    database: float
    statements: float
    memory: float

    @property
    def rate(self) -> float:
        """Passes a second."""
        return (self.passes - 1) / self.seconds


class Fleet:
    """A fleet of made-up mailboxes."""

    def __init__(self, url: str, directory: Path, homes: list[Path]) -> None:
        self.url = url
        self._homes = homes
        self._directory = directory
        self._number = 0

    def round(self, workers: int) -> Round:
        """One pass over every mailbox by so many workers, which were started before the clock."""
        with ExitStack() as stack:
            processes = [stack.enter_context(self._worker()) for _ in range(workers)]
            while len(self._sql("SELECT 1 FROM procrastinate_workers")) < workers:
                time.sleep(0.2)
            self._deliver()
            self._sql("SELECT pg_stat_statements_reset()")
            before = sum(map(_processor, processes))
            self._sql("UPDATE mailboxes SET next_due = now(), scanned_at = NULL")
            while self._sql("SELECT count(*) FROM mailboxes WHERE scanned_at IS NULL")[0][0]:
                time.sleep(1)
            processor = sum(map(_processor, processes)) - before
            memory = sum(map(_memory, processes)) / workers
            ((passes, seconds),) = self._sql(
                "SELECT count(*), extract(epoch FROM max(scanned_at) - min(scanned_at)) FROM mailboxes"
            )
            ((database, calls),) = self._sql(
                "SELECT sum(total_exec_time), sum(calls) FROM pg_stat_statements WHERE toplevel AND query !~ 'scanned_at IS NULL'"
            )
            return Round(
                passes,
                float(seconds),
                1000 * processor / passes,
                float(database) / passes,
                float(calls) / passes,
                memory,
            )

    def _deliver(self) -> None:
        """One mailbox in fifty gets a letter."""
        self._number += 1
        for home in self._homes[::CHANGED]:
            letter = f"From: Els Smit <els@smit.example>\nTo: jan@deboer.example\nSubject: Nieuw {self._number}\nDate: {NOW:%a, %d %b %Y %H:%M:%S +0000}\nMessage-ID: <nieuw{self._number}@smit.example>\n\nDag Jan,\n\nDank je wel.\n\nGroet,\nEls\n"
            file = home / "Maildir" / "new" / f"{time.time():.6f}.M{self._number}.bench"  # noqa: TID251 -- a benchmark
            file.write_text(letter)
            shutil.chown(file, service_user())

    @contextmanager
    def _worker(self) -> Iterator[subprocess.Popen[bytes]]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
        environment = clean | {
            "CRMLINK_DATABASE": self.url,
            "CRMLINK_FLEET_KEY_FILE": str(self._directory / "key"),
            "STATE_DIRECTORY": str(self._directory / "state"),
        }
        command = [sys.executable, "-m", "crmlink", "worker"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def _sql(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []


@contextmanager
def fleet(count: int, messages: int) -> Iterator[Fleet]:
    """So many mailboxes with so many messages in the last thirty days, each of them due."""
    with (
        Postgresql("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=top") as postgresql,
        Dovecot() as dovecot,
        tempfile.TemporaryDirectory() as place,
    ):
        directory = Path(place)
        url = postgresql.new_database()
        write_key(directory / "key")
        pattern = dovecot.process.directory / "mail" / "pattern"
        write_maildir(Post(messages, NOW, timedelta(days=30)), pattern / "Maildir")
        users = [f"jan{number}" for number in range(count)]
        for user in users:
            shutil.copytree(pattern, pattern.with_name(user), copy_function=os.link)
        subprocess.run(["chown", "-R", service_user(), pattern.parent], check=True)
        _add(url, read_keys(directory / "key"), dovecot, users)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        yield Fleet(url, directory, [pattern.with_name(user) for user in users])


def _add(url: str, keys: Keys, dovecot: Dovecot, users: list[str]) -> None:
    with open_fleet(url) as opened:
        for user in users:
            account = dovecot.add_user(user, "geheim")
            text = f"CRMLINK_ME='Jan de Boer <{user}@deboer.example>, jan@deboer.example'\nCRMLINK_MAIL={account.url}\nCRMLINK_MAIL_PASSWORD=geheim\nCRMLINK_SCAN_EVERY_MINUTES=1440\n"
            written = read_written(None, text)
            opened.mailboxes.add(written.address, written.settings, seal(keys, written), NOW + timedelta(days=1))


def _tree(process: subprocess.Popen[bytes]) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid, *map(int, children)]


def _processor(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time of a worker and its child, and of what they have waited for."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in _tree(process)]
    return sum(int(one[column]) for one in fields for column in (11, 12, 13, 14)) / TICKS


def _memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that a worker and its child have to themselves or share with others, counted in parts."""
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in _tree(process)]
    return sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:")) / 1024


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mailboxes", type=int, default=2_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--messages", type=int, default=60)
    given = parser.parse_args()
    with fleet(given.mailboxes, given.messages) as made:
        first = made.round(max(given.workers))
        _show(f"first passes, {max(given.workers)} workers", first, first)
        alone: Round | None = None
        for workers in given.workers:
            measured = made.round(workers)
            alone = alone or measured
            _show(f"little changed, {workers} workers", measured, alone)


def _show(name: str, one: Round, reference: Round) -> None:
    print(
        f"{name:<30}{one.rate:7.1f} passes/s {one.rate / reference.rate:5.2f} x {one.processor:7.1f} ms worker processor"
        f"{one.database:7.1f} ms in PostgreSQL ({one.statements:.0f} statements) {one.memory:6.0f} MB each",
        flush=True,
    )


if __name__ == "__main__":
    main()
