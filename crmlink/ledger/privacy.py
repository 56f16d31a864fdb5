"""Forgetting a contact: every row about them goes; a salted hash of the address, each lapse and meeting stays behind.

The hash is enough to never draft on it or store it again, and tells nobody who it was about. Where the rows of others
mention the contact, the words are blanked. What lies in the mailbox is the owner's and is not touched.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.drafts import OPEN_STATES
from crmlink.ledger.link_tables import crm_events, introduction_drafts, introductions
from crmlink.ledger.records import Forgotten
from crmlink.ledger.schema import (
    agreements,
    cards,
    contact_days,
    drafts,
    lapses,
    meetings,
    quarantine,
    tombstones,
)
from crmlink.model.ids import EventUid, LapseId, digest

BLANK = "[…]"
_MEETING, _ADDRESS = "meeting", "address"


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What is to stay forgotten, as salted hashes: all that can be asked is whether something is among it."""

    account: str
    salts: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def cover(self, lapse: LapseId) -> bool:
        """Whether this lapse was about somebody who is to be forgotten."""
        return any(digest(salt, self.account, lapse) in self.marks for salt in self.salts)

    def cover_meeting(self, uid: EventUid) -> bool:
        """Whether this meeting was with somebody who is to be forgotten."""
        return any(digest(salt, self.account, _MEETING, uid) in self.marks for salt in self.salts)

    def cover_address(self, address: str) -> bool:
        """Whether this address (lower case) is one that was forgotten: nothing is counted of it again."""
        return any(digest(salt, self.account, _ADDRESS, address) in self.marks for salt in self.salts)


@dataclass(frozen=True, slots=True)
class PrivacyStore:
    """Tombstones and the erasing they stand for."""

    database: Database

    def forget(self, account: str, address: str) -> Forgotten:
        """Erase all rows of the account that name this address (lower case); their lapses never come back."""
        with self.database.writing() as connection:
            words = _words_for(connection, account, address)
            named = _lapses_naming(connection, account, address)
            ours = (drafts.c.account == account) & drafts.c.lapse.in_(named)
            written = connection.execute(delete(drafts).where(ours)).rowcount
            written += _forget_introductions(connection, account, address)
            connection.execute(
                delete(crm_events).where((crm_events.c.account == account) & crm_events.c.lapse.in_(named))
            )
            connection.execute(delete(lapses).where((lapses.c.account == account) & lapses.c.id.in_(named)))
            seen = _forget_meetings(connection, account, address)
            for table in (agreements, contact_days, cards):
                connection.execute(delete(table).where(table.c.account == account, table.c.address == address))
            _bury(connection, account, address, named, {row.uid for row in seen})
            _blank_elsewhere(connection, account, words)
            its = (quarantine.c.account == account) & (quarantine.c.sender == address)
            connection.execute(update(quarantine).where(its).values(sender=""))
        self.database.compact()
        return Forgotten(lapses=len(named), drafts=written, meetings=len(seen))

    def tombstones(self, account: str) -> Tombstones:
        """All that is to stay forgotten in this account."""
        with self.database.reading() as connection:
            statement = select(tombstones.c.salt, tombstones.c.mark).where(tombstones.c.account == account)
            rows = connection.execute(statement).all()
        return Tombstones(account, frozenset(row.salt for row in rows), frozenset(row.mark for row in rows))


def _bury(connection: Connection, account: str, address: str, named: set[str], uids: set[str]) -> None:
    salt = secrets.token_hex(16)
    marks = [digest(salt, account, lapse) for lapse in named] + [digest(salt, account, _MEETING, uid) for uid in uids]
    marks.append(digest(salt, account, _ADDRESS, address))
    for mark in sorted(marks):
        connection.execute(insert(tombstones).values(account=account, mark=mark, salt=salt))


def _lapses_naming(connection: Connection, account: str, address: str) -> set[str]:
    contact = (lapses.c.account == account) & (lapses.c.contact_address == address)
    named = {row.id for row in connection.execute(select(lapses.c.id).where(contact))}
    sent = connection.execute(select(drafts.c.lapse, drafts.c.recipients).where(drafts.c.account == account))
    return named | {row.lapse for row in sent if any(address == to for _, to in row.recipients)}


def _forget_meetings(connection: Connection, account: str, address: str) -> list[Row[Any]]:
    key = (meetings.c.calendar, meetings.c.uid, meetings.c.recurrence_id)
    rows = connection.execute(select(meetings).where(meetings.c.account == account)).all()
    named = [row for row in rows if any(address == its for _, its in _people(row))]
    for row in named:
        same = zip(key, (row.calendar, row.uid, row.recurrence_id), strict=True)
        connection.execute(delete(meetings).where(meetings.c.account == account, *(a == b for a, b in same)))
    return named


def _forget_introductions(connection: Connection, account: str, address: str) -> int:
    """How many drafts of introductions went. Neither of the two can be introduced without the other."""
    its = (introductions.c.introduced == address) | (introductions.c.asked == address)
    named = select(introductions.c.id).where((introductions.c.account == account) & its)
    letters = (introduction_drafts.c.account == account) & introduction_drafts.c.lapse.in_(named)
    written = connection.execute(delete(introduction_drafts).where(letters)).rowcount
    connection.execute(delete(introductions).where((introductions.c.account == account) & its))
    return written


def _people(row: Row[Any]) -> list[list[str]]:
    """Name and address of everybody in a meeting."""
    people = [attendee["address"] for attendee in row.attendees]
    return people + [person for person in (row.organizer, row.sent_by) if person is not None]


def _words_for(connection: Connection, account: str, address: str) -> re.Pattern[str]:
    """The address and the full names it goes by. A first name alone may be anybody's."""
    contact = (lapses.c.account == account) & (lapses.c.contact_address == address)
    names = {row.contact_name for row in connection.execute(select(lapses.c.contact_name).where(contact))}
    people: list[list[str]] = []
    for table in (drafts, introduction_drafts):
        sent = connection.execute(select(table.c.recipients).where(table.c.account == account))
        people += [person for row in sent for person in row.recipients]
    for row in connection.execute(select(meetings).where(meetings.c.account == account)):
        people += _people(row)
    names |= {name for name, its in people if its == address}
    for table in (agreements, contact_days, cards):
        same = (table.c.account == account) & (table.c.address == address)
        names |= {row.name for row in connection.execute(select(table.c.name).where(same))}
    words = [address, *sorted((name for name in names if " " in name.strip()), key=len, reverse=True)]
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)


def _blank_elsewhere(connection: Connection, account: str, words: re.Pattern[str]) -> None:
    """Blank the contact's address and names in what is stored of others. A draft on its way stays as it will be sent."""

    def blank(text: str) -> str:
        return words.sub(BLANK, text)

    for row in connection.execute(select(lapses).where(lapses.c.account == account)).all():
        evidence = [[rule, source, ref, blank(quote)] for rule, source, ref, quote in row.evidence]
        values = _changed(row, ("subject", "reason"), blank) | (
            {"evidence": evidence} if evidence != row.evidence else {}
        )
        if values:
            same = (lapses.c.account == account) & (lapses.c.id == row.id)
            connection.execute(update(lapses).where(same).values(values))
    for row in connection.execute(select(meetings).where(meetings.c.account == account)).all():
        if values := _changed(row, ("title", "location"), blank):
            same = (meetings.c.account == account) & (meetings.c.calendar == row.calendar) & (meetings.c.uid == row.uid)
            connection.execute(
                update(meetings).where(same & (meetings.c.recurrence_id == row.recurrence_id)).values(values)
            )
    for row in connection.execute(select(agreements).where(agreements.c.account == account)).all():
        if values := _changed(row, ("subject", "quote"), blank):
            same = (agreements.c.account == account) & (agreements.c.id == row.id)
            connection.execute(update(agreements).where(same).values(values))
    for row in connection.execute(select(introductions).where(introductions.c.account == account)).all():
        if values := _changed(row, ("purpose",), blank):
            same = (introductions.c.account == account) & (introductions.c.id == row.id)
            connection.execute(update(introductions).where(same).values(values))
    for table in (drafts, introduction_drafts):
        _empty_closed_drafts(connection, account, words, table)


def _empty_closed_drafts(connection: Connection, account: str, words: re.Pattern[str], table: Table) -> None:
    closed = table.c.state.not_in(OPEN_STATES)
    for row in connection.execute(select(table).where((table.c.account == account) & closed)).all():
        said = f"{row.subject}\n{row.body}\n{row.accepted_words or ''}\n{bytes(row.raw).decode('utf-8', 'replace')}"
        if words.search(said):
            same = (table.c.account == account) & (table.c.message_id == row.message_id)
            connection.execute(update(table).where(same).values(subject="", body="", raw=b"", accepted_words=None))


def _changed(row: Row[Any], columns: tuple[str, ...], blank: Callable[[str], str]) -> dict[str, Any]:
    texts = {name: str(getattr(row, name)) for name in columns}
    return {name: blank(text) for name, text in texts.items() if blank(text) != text}
