"""Starts a server as its own process, waits until it answers, and ends it and its children with whoever started it.

Decides: when a server counts as ready (it answers, never a fixed time), and what a person sees when it does not come
up (the tail of its log, which is shown nowhere else). It ends only what it started: the guard (`guard_main.py`) puts
the server in a process group of its own and ends that group when its own input closes, so that even a killed
crmlink leaves no server behind.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from crmlink.app.child_environment import without_settings
from crmlink.model.errors import TemporaryError

GUARD = Path(__file__).with_name("guard_main.py")
LOG_TAIL_LINES = 40
T = TypeVar("T")


class ServerDidNotStartError(TemporaryError):
    """The server ended or did not answer in time; the message holds the tail of its log."""


class ServerProcess:
    """One server in a temporary directory of its own; a context manager that ends it and removes the directory.

    `within` is the directory to make it in, instead of the system's place for temporary files.
    """

    def __init__(self, name: str, *, within: Path | None = None) -> None:
        self.name = name
        self.directory = Path(tempfile.mkdtemp(prefix=f"crmlink-{name}-", dir=within))
        self.log = self.directory / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, user: str | None = None
    ) -> None:
        """Run `command` under the guard. With `user` (and as root) it and the directory belong to that user."""
        guard: list[str | Path] = [sys.executable, "-P", "-S", GUARD]
        if user is not None and os.geteuid() == 0:
            self._give_to(user)
            guard += ["--user", user]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- the command is our own, and no shell reads it
                [*guard, "--", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                # Its own temporary files go with its directory, however it ends.
                env={**without_settings(os.environ), "TMPDIR": str(self.directory), **(environment or {})},
                start_new_session=True,
            )

    def wait_for(self, ready: Callable[[], T | None], *, seconds: float = 20) -> T:
        """Ask `ready` until it gives a value; an OSError means "not yet". Raises ServerDidNotStartError."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                answer = ready()
                if answer is not None:
                    return answer
            if self._process is None or self._process.poll() is not None:
                raise ServerDidNotStartError(f"{self.name} ended while starting\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ServerDidNotStartError(f"{self.name} does not answer after {seconds} s\n{self.log_tail()}")
            time.sleep(0.01)

    def log_tail(self) -> str:
        """The last lines of the server's log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LOG_TAIL_LINES:]) or "(its log is empty)"

    def stop(self) -> None:
        """End the server and its children, and remove its directory. Harmless when repeated."""
        try:
            if self._process is not None:
                assert self._process.stdin is not None
                self._process.stdin.close()
                self._process.wait(timeout=15)
                self._process = None
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _give_to(self, user: str) -> None:
        entry = pwd.getpwnam(user)
        for path in (self.directory, *self.directory.rglob("*")):
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that the kernel gave a moment ago, for servers that cannot be handed a socket.

    Another process can take one in between; the server then does not start, and `start_with_free_ports` tries again.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def start_with_free_ports(count: int, start: Callable[[list[int]], T], *, tries: int = 3) -> T:
    """Call `start` with fresh ports, again with other ones when the server did not come up."""
    for _ in range(tries - 1):
        with contextlib.suppress(ServerDidNotStartError):
            return start(free_ports(count))
    return start(free_ports(count))


def listens(port: int) -> bool:
    """True once somebody accepts connections on 127.0.0.1; an OSError until then."""
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True


def announced_port(directory: Path) -> int | None:
    """The port that a server of ours wrote into its directory once it listened."""
    try:
        return int((directory / "port").read_text())
    except FileNotFoundError:
        return None
