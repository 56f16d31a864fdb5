"""Brings a database to the schema of this version of crmlink, step by step (alembic), in one transaction.

A database that is newer than this crmlink is refused, never touched.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from crmlink.model.errors import LedgerError

HEAD = "0005"
"""The newest migration: a database that stands there needs no alembic at all, which saves its import."""

VERSION_TABLE = "ledger_version"


def current_version(connection: Connection) -> str | None:
    """The migration this database stands at, None when it holds no ledger."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 -- a constant
    return None if version is None else str(version)


def upgrade(connection: Connection, name: str) -> None:
    """Run the migrations this database lacks, inside the caller's transaction.

    Raises:
        LedgerError: the database was written by a newer crmlink.
    """
    version = current_version(connection)
    if version == HEAD:
        return
    from alembic import command  # noqa: PLC0415 -- only a new or old database needs it, and it is slow to import
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", "crmlink.ledger:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise LedgerError(
            f"The ledger {name} was written by a newer crmlink (schema {version}; this one knows {HEAD}).",
            hint="Install the newest crmlink, or point CRMLINK_DATABASE at another file.",
        )
    command.upgrade(config, "head")
