"""The ledger as one thing to pass around: a store for each of its concerns, over one database."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from crmlink.ledger.answers import AnswerStore
from crmlink.ledger.cards import CardStore
from crmlink.ledger.crm import CrmStore
from crmlink.ledger.database import Database
from crmlink.ledger.drafts import DraftStore
from crmlink.ledger.history import HistoryStore
from crmlink.ledger.introductions import IntroductionStore
from crmlink.ledger.lapses import LapseStore
from crmlink.ledger.lease import LeaseStore
from crmlink.ledger.meetings import MeetingStore
from crmlink.ledger.privacy import PrivacyStore
from crmlink.ledger.quarantine import QuarantineStore
from crmlink.ledger.sources import RunStore, SourceStore


class Ledger:
    """An open ledger. Every store method takes the account, the owner's main address, first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.meetings = MeetingStore(database)
        self.lapses = LapseStore(database)
        self.drafts = DraftStore(database)
        self.sources = SourceStore(database)
        self.runs = RunStore(database)
        self.leases = LeaseStore(database)
        self.privacy = PrivacyStore(database)
        self.cards = CardStore(database)
        self.history = HistoryStore(database)
        self.quarantine = QuarantineStore(database)
        self.crm = CrmStore(database)
        self.introductions = IntroductionStore(database)
        self.answers = AnswerStore(database)

    @property
    def name(self) -> str:
        """What people know it by: a path, or host and database."""
        return self._database.name

    def close(self) -> None:
        """Let go of the database. May be called twice."""
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
