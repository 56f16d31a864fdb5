"""What the ledger hands out and takes in, beyond the words of the model. Imports no database library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.model.contact import Contact
from crmlink.model.evidence import Evidence
from crmlink.model.ids import AgreementId, LapseId
from crmlink.model.lapse import Decision, Fault, LapseKind


@dataclass(frozen=True, slots=True)
class LapseRecord:
    """A lapse as remembered, with the latest decision on it. All times are aware.

    `closed_at` is set once a pass no longer finds the lapse (sent, overtaken), `dismissed_at` once the owner said no to
    it, `repaired_at` once it was made good. `edition` counts how often the owner wanted a draft about it after all.
    `last_seen_at` moves at most once a day, so that an unchanged pass writes nothing.
    """

    id: LapseId
    kind: LapseKind
    fault: Fault
    confidence: float
    agreement: AgreementId
    contact: Contact
    subject: str
    happened_at: datetime
    due: datetime | None
    evidence: tuple[Evidence, ...]
    decision: Decision
    reason: str
    first_seen_at: datetime
    last_seen_at: datetime
    dismissed_at: datetime | None = None
    closed_at: datetime | None = None
    repaired_at: datetime | None = None
    edition: int = 0


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where the reading of one folder or calendar (`key`) of a source stands.

    `state` is the source's own opaque text, `count` how many items it held at the last trusted look.
    `doubtful_since` is None while it is trusted.
    """

    source: str
    key: str
    state: str
    count: int
    doubtful_since: datetime | None = None
    last_success: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One pass. `finished_at` is None while it runs, or when it was killed. `result` is one word for status."""

    number: int
    started_at: datetime
    finished_at: datetime | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be read. `stamp` tells its versions apart, `release` is the crmlink that tried.

    `reason` says what happened without a word of its text; `sender` is an address where one is known, else "".
    """

    item: str
    stamp: str
    release: str
    tries: int
    reason: str
    sender: str
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was erased of one contact."""

    lapses: int
    drafts: int
    meetings: int
