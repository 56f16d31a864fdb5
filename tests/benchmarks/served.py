"""A Dovecot with a made-up mailbox for the benchmarks, and what they measure with."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.post import Post, write_maildir, write_mbox
from tests.servers.accounts import ImapAccount
from tests.servers.dovecot_server import Dovecot, DovecotOptions
from tests.servers.installed import service_user

MAILDIR, MBOX = "maildir:~/Maildir", "mbox:~/mbox:INBOX=~/mbox/inbox"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took: seconds on the clock, seconds of processor time, and its largest memory in megabytes."""

    wall: float
    cpu: float
    memory: float
    out: str


@contextmanager
def served(post: Post, *, location: str = MAILDIR) -> Iterator[ImapAccount]:
    """An account on a Dovecot of its own that holds this post."""
    with Dovecot(DovecotOptions(location=location)) as server:
        account = server.add_user("jan@deboer.example", "geheim")
        home = server.process.directory / "mail" / account.user
        if location == MAILDIR:
            write_maildir(post, home / "Maildir")
        else:
            write_mbox(post, home / "mbox")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", service_user(), home.parent], check=True)
        yield account


def measured(
    command: Sequence[str | Path], environment: dict[str, str] | None = None, codes: Sequence[int] = (0,)
) -> Measured:
    """Run a command to its end. Memory is that of the largest process in it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    probe = [sys.executable, "-c", PROBE, *map(str, command)]
    # What is installed has its bytecode at hand, whatever this environment thinks of writing it.
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    around |= {"PYTHONPYCACHEPREFIX": BYTECODE, **(environment or {})}
    done = subprocess.run(probe, env=around, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    out, _, told = done.stdout.rpartition("\n--measured--\n")
    figures = json.loads(told)
    if figures["code"] not in codes:
        raise RuntimeError(f"{command[0]} ended with {figures['code']}: {done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(figures["wall"], cpu, figures["memory"] / 1024, out)


BYTECODE = str(Path(tempfile.gettempdir()) / f"crmlink-bench-bytecode-{os.getuid()}")
PROBE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], check=False).returncode
wall = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stdout.flush()
print("\\n--measured--\\n" + json.dumps({"code": code, "wall": wall, "memory": memory}))
"""


def timed(work: Callable[[], object]) -> float:
    """Seconds the work took."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def best_of(times: int, work: Callable[[], Measured]) -> Measured:
    """The quickest of so many runs: what else the machine does only makes a run slower."""
    return min((work() for _ in range(times)), key=lambda one: one.wall)


@dataclass(frozen=True, slots=True)
class Mbsync:
    """mbsync (Debian: isync), pulling the whole account into a directory."""

    account: ImapAccount
    directory: Path

    def run(self) -> Measured:
        """Pull what is not here yet."""
        program = shutil.which("mbsync")
        if program is None:
            raise RuntimeError("mbsync is not installed: apt-get install isync")
        self.directory.mkdir(parents=True, exist_ok=True)
        configuration = self.directory / "mbsyncrc"
        configuration.write_text(
            f"""
IMAPAccount bench
Host 127.0.0.1
Port {self.account.port}
User {self.account.user}
Pass {self.account.password}
SSLType None
AuthMechs LOGIN
Timeout 0

IMAPStore far
Account bench

MaildirStore near
Path {self.directory}/mail/
Inbox {self.directory}/mail/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns INBOX Sent
Sync Pull
Create Near
SyncState *
"""
        )
        (self.directory / "mail").mkdir(exist_ok=True)
        return measured([program, "-c", configuration, "-q", "bench"])
