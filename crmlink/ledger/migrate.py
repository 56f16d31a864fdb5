"""Brings a database to the schema of this version of crmlink, in one transaction.

An empty one gets the tables as they are now; an older one goes through the migrations step by step (alembic), which
build the same (a test proves it). A database that is newer than this crmlink is refused, never touched.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text

import crmlink.ledger.link_tables  # noqa: F401 -- its tables belong to the metadata as well
from crmlink.ledger.schema import metadata
from crmlink.model.errors import LedgerError

HEAD = "0007"
"""The newest migration: a database that stands there needs no alembic at all, which saves its import."""

VERSION_TABLE = "ledger_version"


@dataclass(frozen=True, slots=True)
class Chain:
    """Migrations that follow one another: the newest, the table that says where a database stands, and their place.

    `tables` is what all of them together build, where an empty database may be given that at once.
    """

    head: str
    version_table: str
    location: str
    tables: MetaData | None = None


LEDGER = Chain(HEAD, VERSION_TABLE, "crmlink.ledger:migrations", metadata)


def current_version(connection: Connection, chain: Chain = LEDGER) -> str | None:
    """The migration this database stands at, None when it holds nothing of the chain."""
    table = chain.version_table
    if not inspect(connection).has_table(table):
        return None
    version = connection.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608 -- a constant
    return None if version is None else str(version)


def upgrade(connection: Connection, name: str, chain: Chain = LEDGER) -> None:
    """Run the migrations this database lacks, inside the caller's transaction.

    Raises:
        LedgerError: the database was written by a newer crmlink.
    """
    version = current_version(connection, chain)
    if version == chain.head:
        return
    if version is None and chain.tables is not None:
        chain.tables.create_all(connection, checkfirst=False)
        _stand_at_head(connection, chain)
        return
    from alembic import command  # noqa: PLC0415 -- only an old database needs it, and it is slow to import
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": chain.version_table})
    config.set_main_option("script_location", chain.location)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise LedgerError(
            f"The ledger {name} was written by a newer crmlink (schema {version}; this one knows {chain.head}).",
            hint="Install the newest crmlink, or point CRMLINK_DATABASE at another file.",
        )
    command.upgrade(config, "head")


def _stand_at_head(connection: Connection, chain: Chain) -> None:
    """Note that all migrations are done, as alembic itself would."""
    number = Column("version_num", String(32), nullable=False)
    name = f"{chain.version_table}_pkc"
    versions = Table(chain.version_table, MetaData(), number, PrimaryKeyConstraint("version_num", name=name))
    versions.create(connection)
    connection.execute(insert(versions).values(version_num=chain.head))
