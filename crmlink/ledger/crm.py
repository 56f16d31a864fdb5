"""The list of what a CRM is to be told: filled from what the ledger holds, worked off in order, kept as names only.

The rows hold no name, address or subject: those are read from lapse and draft when the event is told. So what was
erased there is not told any more, and nothing has to be erased twice. Decides nothing: who is told when, and when to
give up, is for `crmlink.app.crm.tell_crm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, outerjoin, select, update

from crmlink.ledger.crm_news import DraftRow, LapseRow, Noted, news
from crmlink.ledger.database import Database
from crmlink.ledger.link_tables import crm_events
from crmlink.ledger.schema import drafts, lapses, storable
from crmlink.model.contact import Address, Contact
from crmlink.model.crm_event import CrmDraft, CrmEvent, CrmEventType
from crmlink.model.draft import DraftState, Option
from crmlink.model.ids import LapseId, MessageId
from crmlink.model.lapse import Fault, LapseKind


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event that is still to be told, with its number on the list. All times are aware."""

    number: int
    event: CrmEvent
    queued_at: datetime
    tries: int
    retry_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event that was put on the list at `queued_at`: still waiting, told, or given up (all times aware)."""

    id: str
    type: CrmEventType
    lapse: LapseId
    outcome: str
    queued_at: datetime
    told_at: datetime | None
    given_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrmStore:
    """The events of all accounts in one database."""

    database: Database

    def gather(self, account: str, now: datetime) -> int:
        """Put what is new in the ledger on the list; how many events that were. Nothing new writes nothing."""
        with self.database.reading() as connection:
            if not _new(connection, account, now):
                return 0
        with self.database.writing() as connection:
            found = _new(connection, account, now)
            for one in found:
                row = {"id": one.id, "type": one.type.value, "lapse": one.lapse, "message_id": one.message_id}
                fates = {"account": account, "queued_at": now, "tries": 0, "error": ""}
                connection.execute(insert(crm_events).values(row | fates | {"outcome": one.outcome, "at": one.at}))
        return len(found)

    def all(self, account: str) -> tuple[ListedEvent, ...]:
        """Every event that was ever put on the list, in order."""
        statement = select(crm_events).where(crm_events.c.account == account).order_by(crm_events.c.number)
        with self.database.reading() as connection:
            return tuple(
                ListedEvent(
                    id=row.id,
                    type=CrmEventType(row.type),
                    lapse=LapseId(row.lapse),
                    outcome=row.outcome or "",
                    queued_at=row.queued_at,
                    told_at=row.told_at,
                    given_up_at=row.given_up_at,
                )
                for row in connection.execute(statement)
            )

    def waiting(self, account: str, most: int = 100) -> tuple[WaitingEvent, ...]:
        """The events still to be told, in the order in which they must be; no more than `most`."""
        its_draft = and_(drafts.c.account == account, drafts.c.message_id == crm_events.c.message_id)
        its_lapse = and_(lapses.c.account == account, lapses.c.id == crm_events.c.lapse)
        rows = outerjoin(crm_events.join(lapses, its_lapse), drafts, its_draft)
        columns: tuple[Any, ...] = (*crm_events.c, *_LAPSE, *_DRAFT)
        statement = select(*columns).select_from(rows).where(_open(account)).order_by(crm_events.c.number).limit(most)
        with self.database.reading() as connection:
            return tuple(_waiting(row) for row in connection.execute(statement))

    def told(self, number: int, now: datetime) -> None:
        """The CRM has it."""
        self._update(number, told_at=now, retry_at=None, error="")

    def failed(self, number: int, error: str, *, retry_at: datetime) -> None:
        """The CRM could not be told; not to be tried again before `retry_at`."""
        self._update(number, tries=crm_events.c.tries + 1, retry_at=retry_at, error=storable(error))

    def give_up(self, number: int, error: str, now: datetime) -> None:
        """The CRM will never be told this one."""
        self._update(number, tries=crm_events.c.tries + 1, retry_at=None, error=storable(error), given_up_at=now)

    def give_up_old(self, account: str, error: str, now: datetime, *, queued_before: datetime) -> int:
        """Give up all events that have waited since before that moment; how many."""
        old = _open(account) & (crm_events.c.queued_at < queued_before)
        values = {"given_up_at": now, "error": storable(error), "retry_at": None}
        with self.database.writing() as connection:
            return connection.execute(update(crm_events).where(old).values(values)).rowcount

    def given_up(self, account: str) -> tuple[tuple[datetime, str], ...]:
        """When and why each event was given up, oldest first."""
        its = (crm_events.c.account == account) & crm_events.c.given_up_at.is_not(None)
        statement = select(crm_events.c.given_up_at, crm_events.c.error).where(its).order_by(crm_events.c.number)
        with self.database.reading() as connection:
            return tuple((row.given_up_at, row.error) for row in connection.execute(statement))

    def _update(self, number: int, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(crm_events).where(crm_events.c.number == number).values(values))


_LAPSE = tuple(
    lapses.c[name].label(f"lapse_{name}")
    for name in ("kind", "fault", "subject", "happened_at", "due", "contact_name", "contact_address", "contact_company")
)
_DRAFT = tuple(
    drafts.c[name].label(f"draft_{name}") for name in ("recipients", "subject", "accepted_start", "accepted_end")
)


def _open(account: str) -> ColumnElement[bool]:
    its = crm_events.c.account == account
    return its & crm_events.c.told_at.is_(None) & crm_events.c.given_up_at.is_(None)


def _new(connection: Connection, account: str, now: datetime) -> list[Noted]:
    def rows(table: Any, *names: str) -> Any:
        return connection.execute(select(*(table.c[name] for name in names)).where(table.c.account == account))

    its = crm_events.c.account == account
    noted = connection.execute(select(crm_events).where(its).order_by(crm_events.c.number))
    return news(
        account,
        [LapseRow(*row) for row in rows(lapses, *LapseRow.__slots__)],
        [DraftRow(*row) for row in rows(drafts, *DraftRow.__slots__)],
        [Noted(row.id, CrmEventType(row.type), row.lapse, row.message_id, row.outcome, row.at) for row in noted],
        now,
    )


def _waiting(row: Row[Any]) -> WaitingEvent:
    kind = CrmEventType(row.type)
    accepted = row.outcome == DraftState.ACCEPTED.value and row.draft_accepted_start
    event = CrmEvent(
        id=row.id,
        type=kind,
        account=row.account,
        at=row.at,
        lapse=LapseId(row.lapse),
        kind=LapseKind(row.lapse_kind),
        fault=Fault(row.lapse_fault),
        contact=Contact(row.lapse_contact_name, row.lapse_contact_address, row.lapse_contact_company),
        subject=row.lapse_subject,
        happened_at=row.lapse_happened_at,
        due=row.lapse_due,
        draft=_draft(row) if row.message_id else None,
        outcome=row.outcome if kind is CrmEventType.DRAFT_OUTCOME else "",
        accepted=Option(row.draft_accepted_start, row.draft_accepted_end) if accepted else None,
    )
    return WaitingEvent(row.number, event, row.queued_at, row.tries, row.retry_at, row.error)


def _draft(row: Row[Any]) -> CrmDraft:
    people = tuple(Address(name, address) for name, address in row.draft_recipients or ())
    return CrmDraft(MessageId(row.message_id), people, row.draft_subject or "")
