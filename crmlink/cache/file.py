"""Opens the file that holds what was read before, beside the ledger and readable by its owner alone.

It may be deleted at any time, and that is what happens to one that is damaged or was made by another version: it is begun
anew, never mended. Nothing is decided by it. To look only (`read_only`) it is copied into memory, so that no byte on disk
changes. It holds people's mail: what is erased from it is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmlink.model.errors import LedgerError

VERSION = 1
"""Another number means another layout: older files are thrown away."""

_PRAGMAS = ("secure_delete = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 10000")


@contextmanager
def open_cache(path: Path | None, *, layout: str, read_only: bool) -> Iterator[sqlite3.Connection]:
    """The cache at `path`, or one in memory without a path. `layout` is the SQL that makes its tables.

    The connection is in autocommit mode; whoever writes begins and commits.

    Raises:
        LedgerError: it cannot be written, also later while it is used. One that turns out to be damaged is deleted.
    """
    try:
        connection = _opened(path, layout, read_only=read_only)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        yield connection
    except sqlite3.OperationalError as error:
        raise _unusable(path, error) from error
    except sqlite3.DatabaseError as error:
        if path is not None and not read_only:
            remove_cache(path)
        raise LedgerError(f"The cache {path} was damaged.", hint="It is begun anew; run the same again.") from error
    finally:
        connection.close()


def _unusable(path: Path | None, error: OSError | sqlite3.Error) -> LedgerError:
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
    hint = "Make its directory writable for this user, or set CRMLINK_DATABASE."
    return LedgerError(f"The cache {path} cannot be used: {reason}.", hint=hint)


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def remove_cache(path: Path) -> None:
    """Delete the cache with all that belongs to it."""
    for part in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{part}").unlink(missing_ok=True)


def _opened(path: Path | None, layout: str, *, read_only: bool) -> sqlite3.Connection:
    if path is None or read_only:
        return _in_memory(path, layout)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    with contextlib.suppress(sqlite3.DatabaseError):
        return _ready(sqlite3.connect(path, isolation_level=None), layout)
    remove_cache(path)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return _ready(sqlite3.connect(path, isolation_level=None), layout)


def _in_memory(path: Path | None, layout: str) -> sqlite3.Connection:
    if path is not None and path.exists():
        with contextlib.suppress(sqlite3.DatabaseError):
            return _ready(_copy(path), layout)
    return _ready(sqlite3.connect(":memory:", isolation_level=None), layout)


def _copy(path: Path) -> sqlite3.Connection:
    """The file's content in memory. Without a write-ahead log beside it nobody writes, and SQLite need make no file."""
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=10)) as stored:
        stored.backup(memory)
    return memory


def _ready(connection: sqlite3.Connection, layout: str) -> sqlite3.Connection:
    """The connection with its pragmas and tables.

    Raises:
        sqlite3.DatabaseError: it holds something else than this version's tables.
    """
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        mark = "" if _is_ours(connection) else f"PRAGMA user_version = {VERSION};"
        connection.executescript(f"BEGIN; {layout}; {mark} COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether it holds this version's tables; False when it is new. Raises sqlite3.DatabaseError for another version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError(f"layout {version}")
    return bool(version)
