"""Introductions: who was introduced to whom, with which words, and the drafts that do it, on their way like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.drafts import DraftStore
from crmlink.ledger.link_tables import introduction_drafts, introductions
from crmlink.ledger.schema import storable
from crmlink.model.ids import LapseId
from crmlink.model.introduction import Introduction, IntroductionStep, RecordedIntroduction


@dataclass(frozen=True, slots=True)
class IntroductionDrafts(DraftStore):
    """The drafts of introductions; each is about nothing but its own introduction."""

    table: Table = field(default=introduction_drafts)

    def _subject(self, connection: Connection, account: str, lapse: LapseId) -> tuple[str, str]:  # noqa: ARG002 -- as in the parent
        return lapse, ""


@dataclass(frozen=True, slots=True)
class IntroductionStore:
    """The introductions of all accounts in one database."""

    database: Database

    @property
    def drafts(self) -> DraftStore:
        """Their drafts."""
        return IntroductionDrafts(self.database)

    def all(self, account: str) -> tuple[RecordedIntroduction, ...]:
        """Every introduction of the account, oldest first."""
        order = (introductions.c.created_at, introductions.c.id)
        statement = select(introductions).where(introductions.c.account == account).order_by(*order)
        with self.database.reading() as connection:
            return tuple(
                RecordedIntroduction(
                    Introduction(row.introduced, row.asked, row.purpose, IntroductionStep(row.step), row.round),
                    row.created_at,
                )
                for row in connection.execute(statement)
            )

    def record(self, account: str, introduction: Introduction, now: datetime) -> None:
        """Write it down before its draft; the same again changes no more than its purpose."""
        same = (introductions.c.account == account) & (introductions.c.id == introduction.id)
        row = {
            "account": account,
            "id": introduction.id,
            "step": introduction.step.value,
            "round": introduction.round,
            "introduced": storable(introduction.introduced),
            "asked": storable(introduction.asked),
            "purpose": storable(introduction.purpose),
            "created_at": now,
        }
        with self.database.writing() as connection:
            if not connection.execute(update(introductions).where(same).values(purpose=row["purpose"])).rowcount:
                connection.execute(insert(introductions).values(row))

    def prune_text(self, account: str, *, made_before: datetime) -> int:
        """Erase the words of old introductions and of their closed drafts; that they were made stays. How many."""
        old = (introductions.c.account == account) & (introductions.c.created_at < made_before)
        with self.database.writing() as connection:
            pruned = connection.execute(
                update(introductions).where(old, introductions.c.purpose != "").values(purpose="")
            )
        self.drafts.prune_text(account, closed_before=made_before)
        return pruned.rowcount
