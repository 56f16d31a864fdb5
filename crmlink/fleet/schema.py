"""The tables of the fleet, in the database that also holds the ledger. PostgreSQL only, because the queue is.

`settings` are those a person would write into `.env`, by name without prefix. `sealed` is encrypted: the passwords,
and where they go (`crmlink.fleet.sealing`).
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, MetaData, String, Table, Text

from crmlink.ledger.migrate import Chain
from crmlink.ledger.schema import Moment
from crmlink.ledger.schema import metadata as ledger_metadata

FLEET = Chain("0001", "fleet_version", "crmlink.fleet:migrations")

metadata = MetaData(naming_convention=ledger_metadata.naming_convention)

# `edition` counts up with every change by a person: what a pass that began before says is then no longer heard.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("address", String, primary_key=True),
    Column("settings", JSON, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("next_due", Moment, nullable=False),
    Column("scanned_at", Moment),
    Index(None, "state", "next_due"),
)

# A row for each minute and worker: no two workers write the same row, and a day of them is kept.
passes = Table(
    "passes",
    metadata,
    Column("minute", Moment, primary_key=True),
    Column("worker", String, primary_key=True),
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

# One row: the newest change the tables of the queue have had, and when somebody last looked at what is due.
queue_state = Table(
    "queue_state",
    metadata,
    Column("migration", String, primary_key=True),
    Column("ticked_at", Moment, nullable=False),
)
