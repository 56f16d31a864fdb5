"""Forgetting a contact: every row about them goes, and a salted hash of each lapse stays behind.

The hash is enough to never draft on it again, and tells nobody who it was about. What lies in the mailbox is the
owner's and is not touched.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from crmlink.ledger.database import Database
from crmlink.ledger.records import Forgotten
from crmlink.ledger.schema import drafts, lapses, meetings, tombstones
from crmlink.model.ids import LapseId, digest


@dataclass(frozen=True, slots=True)
class PrivacyStore:
    """Tombstones and the erasing they stand for."""

    database: Database

    def forget(self, account: str, address: str) -> Forgotten:
        """Erase all rows of the account that name this address (lower case); their lapses never come back."""
        with self.database.writing() as connection:
            named = _lapses_naming(connection, account, address)
            ours = (drafts.c.account == account) & drafts.c.lapse.in_(named)
            written = connection.execute(delete(drafts).where(ours)).rowcount
            connection.execute(delete(lapses).where((lapses.c.account == account) & lapses.c.id.in_(named)))
            seen = _forget_meetings(connection, account, address)
            for lapse in sorted(named):
                salt = secrets.token_hex(16)
                mark = digest(salt, account, lapse)
                connection.execute(insert(tombstones).values(account=account, mark=mark, salt=salt))
        self.database.compact()
        return Forgotten(lapses=len(named), drafts=written, meetings=seen)

    def is_forgotten(self, account: str, lapse: LapseId) -> bool:
        """Whether this lapse was about somebody who is to be forgotten."""
        with self.database.reading() as connection:
            marks = connection.execute(
                select(tombstones.c.salt, tombstones.c.mark).where(tombstones.c.account == account)
            ).all()
        return any(digest(salt, account, lapse) == mark for salt, mark in marks)


def _lapses_naming(connection: Connection, account: str, address: str) -> set[str]:
    contact = (lapses.c.account == account) & (lapses.c.contact_address == address)
    named = {row.id for row in connection.execute(select(lapses.c.id).where(contact))}
    sent = connection.execute(select(drafts.c.lapse, drafts.c.recipients).where(drafts.c.account == account))
    return named | {row.lapse for row in sent if any(address == to for _, to in row.recipients)}


def _forget_meetings(connection: Connection, account: str, address: str) -> int:
    key = (meetings.c.calendar, meetings.c.uid, meetings.c.recurrence_id)
    rows = connection.execute(select(meetings).where(meetings.c.account == account)).all()
    named = [row for row in rows if _names(row, address)]
    for row in named:
        same = zip(key, (row.calendar, row.uid, row.recurrence_id), strict=True)
        connection.execute(delete(meetings).where(meetings.c.account == account, *(a == b for a, b in same)))
    return len(named)


def _names(row: Row[Any], address: str) -> bool:
    people = [attendee["address"] for attendee in row.attendees]
    people += [person for person in (row.organizer, row.sent_by) if person is not None]
    return any(address == its for _, its in people)
