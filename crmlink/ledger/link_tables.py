"""The tables of what goes beyond letters that make amends: what a CRM is told, and introductions.

Beside those in `schema`, of the same kind, in the same metadata.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, String, Table, Text, UniqueConstraint

from crmlink.ledger.schema import Moment, draft_columns, metadata

# Holds names of rows only; what a CRM is told about them is read from those rows when it is told.
crm_events = Table(
    "crm_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", String, nullable=False),
    Column("id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("lapse", String, nullable=False),
    Column("message_id", String),
    Column("outcome", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at", Moment),
    Column("error", Text, nullable=False),
    Column("told_at", Moment),
    Column("given_up_at", Moment),
    UniqueConstraint("account", "id"),
    Index(None, "account", "lapse"),
)

introductions = Table(
    "introductions",
    metadata,
    Column("account", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("step", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("introduced", String, nullable=False),
    Column("asked", String, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Its column `lapse` holds the introduction's id.
introduction_drafts = Table(
    "introduction_drafts",
    metadata,
    *draft_columns(),
    UniqueConstraint("account", "lapse"),
    ForeignKeyConstraint(["account", "lapse"], ["introductions.account", "introductions.id"]),
)
