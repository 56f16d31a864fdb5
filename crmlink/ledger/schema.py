"""The tables of the ledger, as SQLAlchemy Core. The migrations build them; a test holds the two together.

Only types and constraints that SQLite and PostgreSQL share. Every row carries `account`, the owner's main address.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime: stored as UTC, handed out as UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite, which knows no zones, gets the bare UTC clock time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        utc = as_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's own signature
        """Give back as aware UTC."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def as_utc(value: datetime) -> datetime:
    """An aware datetime in UTC."""
    try:
        return value.astimezone(UTC)
    except OverflowError:  # a calendar may hold the first or last day there is, in a zone that leaves the range
        return value.replace(tzinfo=UTC)


def storable(text: str) -> str:
    """The text without what a database refuses: NUL (PostgreSQL) and lone surrogates (UTF-8)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meetings = Table(
    "meetings",
    metadata,
    Column("account", String, primary_key=True),
    Column("calendar", String, primary_key=True),
    Column("uid", String, primary_key=True),
    Column("recurrence_id", String, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("zone", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("organizer", JSON(none_as_null=True)),
    Column("sent_by", JSON(none_as_null=True)),
    Column("attendees", JSON, nullable=False),
    Column("location", Text, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("status", String, nullable=False),
    Column("status_given", Boolean, nullable=False),
    Column("busy", Boolean, nullable=False),
    Column("zone_known", Boolean, nullable=False),
    Column("recurring", Boolean, nullable=False),
    Column("away", Boolean, nullable=False),
    Column("created_at", Moment),
    Column("modified_at", Moment),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("gone_since", Moment),
    Index(None, "account", "ends_at"),
)

lapses = Table(
    "lapses",
    metadata,
    Column("account", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("fault", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("agreement", String, nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_address", String, nullable=False),
    Column("contact_company", String),
    Column("subject", Text, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("due", Moment),
    Column("evidence", JSON, nullable=False),
    Column("decision", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("dismissed_at", Moment),
    Column("closed_at", Moment),
    Column("repaired_at", Moment),
    Column("edition", Integer, nullable=False, server_default=text("0")),
    Index(None, "account", "contact_address"),
)


def draft_columns() -> list[Column[Any]]:
    """What is kept of a draft on its way, whatever it is about."""
    return [
        Column("account", String, primary_key=True),
        Column("message_id", String, primary_key=True),
        Column("lapse", String, nullable=False),
        Column("agreement", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("recipients", JSON, nullable=False),
        Column("subject", Text, nullable=False),
        Column("language", String, nullable=False),
        Column("register", String, nullable=False),
        Column("options", JSON, nullable=False),
        Column("body", Text, nullable=False),
        Column("raw", LargeBinary, nullable=False),
        Column("in_reply_to", String),
        Column("folder", String, nullable=False),
        Column("uid_validity", BigInteger, nullable=False),
        Column("uid_next", BigInteger, nullable=False),
        Column("state", String, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("refusals", Integer, nullable=False),
        Column("error", Text, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("unknown_since", Moment),
        Column("missing_since", Moment),
        Column("retry_at", Moment),
        Column("placed_at", Moment),
        Column("closed_at", Moment),
        Column("accepted_start", Moment),
        Column("accepted_end", Moment),
        Column("accepted_in", String),
        Column("accepted_words", Text),
        Column("accepted_at", Moment),
    ]


# The three unique keys of a draft are what makes "never two" true even if the code above them errs.
drafts = Table(
    "drafts",
    metadata,
    *draft_columns(),
    UniqueConstraint("account", "lapse"),
    UniqueConstraint("account", "agreement", "kind"),
    ForeignKeyConstraint(["account", "lapse"], ["lapses.account", "lapses.id"]),
)

sources = Table(
    "sources",
    metadata,
    Column("account", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("state", Text, nullable=False),
    Column("count_", Integer, nullable=False),
    Column("doubtful_since", Moment),
    Column("last_success", Moment),
)

runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("account", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("result", String, nullable=False),
    Index(None, "account", "started_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("account", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("account", String, primary_key=True),
    Column("mark", String, primary_key=True),
    Column("salt", String, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    Column("account", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("fault", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("due", Moment),
    Column("ended_at", Moment),
    Column("broken_at", Moment),
    Column("repaired_at", Moment),
    Column("subject", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("ref", String, nullable=False),
    Column("refs", JSON, nullable=False),
    Index(None, "account", "address"),
)

contact_days = Table(
    "contact_days",
    metadata,
    Column("account", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("mails_in", Integer, nullable=False),
    Column("mails_out", Integer, nullable=False),
    Column("meetings", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("account", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("card", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("nickname", Text, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("account", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("stamp", String, nullable=False),
    Column("release", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sender", String, nullable=False),
    Column("tried_at", Moment, nullable=False),
)

# What colleagues tell each other.
answers = Table(
    "answers",
    metadata,
    Column("account", String, primary_key=True),
    Column("mark", String, primary_key=True),
    Column("message_id", String, nullable=False),
    Column("sent_at", Moment, nullable=False),
)
