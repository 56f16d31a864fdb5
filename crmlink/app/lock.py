"""One crmlink at a time: a lock on a file beside the SQLite ledger, which the kernel lets go of when a process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmlink.model.errors import LedgerError, TemporaryError


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the lock of this SQLite ledger while the block runs.

    Raises:
        TemporaryError: another crmlink holds it; the message names its process.
        LedgerError: the lock file cannot be written.
    """
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        hint = "Make its directory writable for this user, or set CRMLINK_DATABASE."
        raise LedgerError(f"The lock {path} cannot be written: {error.strerror}.", hint=hint) from error
    try:
        _lock(file)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)  # never unlinked: a third process could then lock another file of the same name


def _lock(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(file, 32, 0).decode("ascii", "replace").strip() or "unknown"
        raise TemporaryError(
            f"Another crmlink is at work (pid {holder}).", hint="Wait until it is done, or stop its daemon."
        ) from error
