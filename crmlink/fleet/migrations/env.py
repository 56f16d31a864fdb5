"""What alembic runs for each upgrade: the connection comes from `crmlink.ledger.migrate`, inside its transaction."""

from __future__ import annotations

from alembic import context

from crmlink.fleet.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=metadata,
)
context.run_migrations()
