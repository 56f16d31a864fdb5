"""Opens the ledger: finds out what `DATABASE` names, makes the file safe, and brings the schema up to date.

A SQLite file is created with mode 0600 in a directory with mode 0700. To look only (`--dry-run`) the file is copied
into memory: not a byte on disk changes, not even when the schema is old, and no file at all gives an empty ledger.
A PostgreSQL server opened to look only is read as it stands, and what is written to it is undone at once.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from crmlink.ledger.database import WRITING, Database, ledger_error
from crmlink.ledger.migrate import HEAD, current_version, upgrade
from crmlink.ledger.store import Ledger
from crmlink.model.errors import LedgerError, SettingsError

_PRAGMAS = (
    "busy_timeout = 10000",
    "foreign_keys = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
)


def open_ledger(database: str, *, read_only: bool) -> Ledger:
    """Open the ledger that `database` names: a path, `sqlite:///path`, `sqlite://` (memory), `postgresql://…`.

    Raises:
        LedgerError: it cannot be read or written, is damaged, or was written by a newer crmlink.
        SettingsError: `database` names no kind of database crmlink knows.
    """
    path = sqlite_path(database)
    if path is not None:
        return _open_copy(path) if read_only else _open_file(path)
    url = _url(database)
    return _open_memory() if url.get_backend_name() == "sqlite" else _open_server(url, read_only=read_only)


def sqlite_path(database: str) -> Path | None:
    """The SQLite file that `database` names, None when it names a server or memory."""
    if "://" not in database:
        return None if database == ":memory:" else Path(database).expanduser().absolute()
    url = _url(database)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database)).expanduser().absolute()


def _url(database: str) -> URL:
    try:
        url = make_url("sqlite://" if database == ":memory:" else database)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError(
            ("CRMLINK_DATABASE is no database crmlink knows",),
            hint="Give the path of a file, or postgresql://user@host/name.",
        )
    return url


def _open_file(path: Path) -> Ledger:
    try:
        _make_safe(path)
    except OSError as error:
        raise ledger_error(str(path), error) from error
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    return _ledger(Database(_prepared(engine, _PRAGMAS), str(path)))


def _open_copy(path: Path) -> Ledger:
    engine = create_engine("sqlite://", creator=lambda: _copy(path), poolclass=StaticPool, hide_parameters=True)
    return _ledger(Database(_prepared(engine, ("foreign_keys = ON",)), str(path)))


def _open_memory() -> Ledger:
    engine = create_engine("sqlite://", poolclass=StaticPool, hide_parameters=True)
    return _ledger(Database(_prepared(engine, ("foreign_keys = ON",)), "in memory"))


def _open_server(url: URL, *, read_only: bool) -> Ledger:
    name = f"{url.host or 'local socket'}/{url.database}"
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True, pool_size=2
        )
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"The ledger {name} needs the PostgreSQL driver.", hint="Install psycopg (version 3) beside crmlink."
        ) from error
    database = Database(engine, name, undo_writes=read_only)
    return _server_to_look_at(database) if read_only else _ledger(database)


def _server_to_look_at(database: Database) -> Ledger:
    """A server's ledger as it stands, without migrating it. One that holds none yet reads as empty."""
    with database.reading() as connection:
        version = current_version(connection)
    if version == HEAD:
        return Ledger(database)
    database.engine.dispose()
    if version is None:
        return _open_memory()
    raise LedgerError(
        f"The ledger {database.name} has schema {version}; this crmlink needs {HEAD}.",
        hint="Run crmlink scan once without --dry-run, with the newest crmlink.",
    )


def _ledger(database: Database) -> Ledger:
    try:
        with database.writing() as connection:
            if connection.dialect.name == "postgresql":  # two that start on an empty server must not both build tables
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('crmlink'))"))
            upgrade(connection, database.name)
    except LedgerError:
        database.engine.dispose()
        raise
    return Ledger(database)


def _make_safe(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _copy(path: Path) -> sqlite3.Connection:
    """The file's content in memory. Without a write-ahead log beside it nobody writes, and SQLite need make no file."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    if path.exists():
        log = path.with_name(f"{path.name}-wal")
        mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
        with closing(sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=10)) as stored:
            stored.backup(memory)
    return memory


def _prepared(engine: Engine, pragmas: tuple[str, ...]) -> Engine:
    """Give SQLite the pragmas and real transactions: its driver would begin them late, and not around DDL."""

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
