"""Counts the commits of every database that SQLAlchemy opens, so that a program can die directly before or after each.

A commit that a store gains later is counted by itself.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from crmlink.ledger.database import WRITING
from tests.outbox_world import Steps


@contextmanager
def counted_commits(steps: Steps) -> Iterator[None]:
    """Take a step before each commit inside, and one when it is on disk."""
    writing: set[int] = set()

    def before(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITING):
            writing.add(id(connection.connection.dbapi_connection))
            steps.step(f"before {_writer()}")

    def after(raw: Any, _record: object) -> None:
        if id(raw) in writing:
            writing.discard(id(raw))
            steps.step("after it")

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)
    try:
        yield
    finally:
        event.remove(Engine, "commit", before)
        event.remove(Pool, "checkin", after)


def _writer() -> str:
    """Which method of the ledger commits."""
    frames = [frame for frame in traceback.extract_stack() if "/crmlink/ledger/" in frame.filename]
    named = [frame.name for frame in frames if not frame.name.startswith("_") and frame.name != "writing"]
    return named[0] if named else "commit"
