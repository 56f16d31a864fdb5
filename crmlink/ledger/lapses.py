"""What broke, and what was decided on it: one row per lapse, kept for the repeat count and the owner's own "no"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.meetings import SEEN_GRAIN
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.schema import drafts, lapses, storable
from crmlink.model.contact import Contact
from crmlink.model.draft import DraftState
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, LapseId
from crmlink.model.lapse import Decision, Fault, LapseKind, Verdict

GONE = (DraftState.DISCARDED, DraftState.OVERTAKEN)
"""Drafts that lie in Trash at best: the owner may want another one after all."""

PRUNED = "[…]"
"""What stands in the place of an old subject."""


@dataclass(frozen=True, slots=True)
class LapseStore:
    """The lapses of all accounts in one database."""

    database: Database

    def all(self, account: str) -> tuple[LapseRecord, ...]:
        """Every lapse of the account, oldest first."""
        statement = select(lapses).where(lapses.c.account == account).order_by(lapses.c.happened_at, lapses.c.id)
        with self.database.reading() as connection:
            return tuple(_record(row) for row in connection.execute(statement))

    def get(self, account: str, lapse: LapseId) -> LapseRecord | None:
        """One lapse, None when it is not known."""
        with self.database.reading() as connection:
            row = connection.execute(select(lapses).where(_is(account, lapse))).first()
        return None if row is None else _record(row)

    def record(self, account: str, verdicts: Iterable[Verdict], now: datetime) -> None:
        """Store these lapses with the decision on each; a lapse that was closed and stands here is open again.

        A lapse that is already stored this way is not written again, but for `last_seen_at` once a day.
        """
        with self.database.writing() as connection:
            rows = connection.execute(select(lapses).where(lapses.c.account == account)).mappings()
            known: dict[str, Mapping[Any, Any]] = {row["id"]: row for row in rows}
            for verdict in verdicts:
                row = _columns(verdict)
                before = known.get(row["id"])
                if before is None:
                    seen = {"account": account, "first_seen_at": now, "last_seen_at": now}
                    connection.execute(insert(lapses).values(row | seen))
                    known[row["id"]] = row | seen
                elif any(before[name] != value for name, value in row.items()) or _stale(before["last_seen_at"], now):
                    connection.execute(
                        update(lapses).where(_is(account, row["id"])).values(row | {"last_seen_at": now})
                    )

    def close_others(self, account: str, listed: Iterable[LapseId], now: datetime) -> None:
        """Note that a complete and trusted pass no longer finds any lapse but the `listed` ones."""
        still_there = set(listed)
        with self.database.writing() as connection:
            open_ones = (lapses.c.account == account) & lapses.c.closed_at.is_(None)
            for (lapse,) in connection.execute(select(lapses.c.id).where(open_ones)).all():
                if lapse not in still_there:
                    connection.execute(update(lapses).where(_is(account, lapse)).values(closed_at=now))

    def prune_text(self, account: str, *, closed_before: datetime) -> int:
        """Erase the words of lapses that were closed before this moment; that they were stays, for repeats. How many."""
        old = (lapses.c.account == account) & (lapses.c.closed_at < closed_before) & (lapses.c.subject != PRUNED)
        with self.database.writing() as connection:
            rows = connection.execute(select(lapses.c.id, lapses.c.evidence).where(old)).all()
            for row in rows:
                values = {"subject": PRUNED, "reason": "", "evidence": [[*one[:3], ""] for one in row.evidence]}
                connection.execute(update(lapses).where(_is(account, row.id)).values(values))
        return len(rows)

    def dismiss(self, account: str, lapse: LapseId, now: datetime) -> bool:
        """The owner says no to this lapse. False when it is not known."""
        return self._change(account, lapse, dismissed_at=now)

    def reopen(self, account: str, lapse: LapseId) -> bool:
        """The owner takes a "no" back, a thrown-away draft as well: the next one is a new edition, under another name.

        False when the lapse is not known. A draft that is under way, in Drafts or sent is not made again.
        """
        gone = (drafts.c.account == account) & (drafts.c.lapse == lapse) & drafts.c.state.in_(GONE)
        with self.database.writing() as connection:
            thrown_away = connection.execute(delete(drafts).where(gone)).rowcount
            values = {"dismissed_at": None, "edition": lapses.c.edition + thrown_away}
            return connection.execute(update(lapses).where(_is(account, lapse)).values(values)).rowcount > 0

    def repaired(self, account: str, lapse: LapseId, at: datetime) -> bool:
        """Note when a lapse was made good. False when it is not known, or was noted before: the first time counts."""
        first = _is(account, lapse) & lapses.c.repaired_at.is_(None)
        with self.database.writing() as connection:
            return connection.execute(update(lapses).where(first).values(repaired_at=at)).rowcount > 0

    def unrepair(self, account: str, lapse: LapseId) -> bool:
        """Note that a lapse was not made good after all. False when it is not known."""
        return self._change(account, lapse, repaired_at=None)

    def count_with(self, account: str, address: str, *, since: datetime, before: datetime) -> int:
        """How many lapses with this contact in that time were my fault and got a draft, and were not dismissed."""
        mine = (lapses.c.account == account) & (lapses.c.contact_address == address)
        counted = mine & (lapses.c.fault == Fault.ME.value) & lapses.c.dismissed_at.is_(None)
        counted &= lapses.c.decision.in_((Decision.DRAFT.value, Decision.DRAFTED.value))
        within = (lapses.c.happened_at >= since) & (lapses.c.happened_at < before)
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).where(counted & within)).scalar_one()

    def _change(self, account: str, lapse: LapseId, **values: datetime | None) -> bool:
        with self.database.writing() as connection:
            return connection.execute(update(lapses).where(_is(account, lapse)).values(values)).rowcount > 0


def _is(account: str, lapse: str) -> Any:
    return (lapses.c.account == account) & (lapses.c.id == lapse)


def _stale(seen: datetime, now: datetime) -> bool:
    return now - seen >= SEEN_GRAIN


def _columns(verdict: Verdict) -> dict[str, Any]:
    lapse = verdict.lapse
    contact = lapse.agreement.contact
    return {
        "id": lapse.id,
        "kind": lapse.kind.value,
        "fault": lapse.fault.value,
        "confidence": lapse.confidence,
        "agreement": lapse.agreement.id,
        "contact_name": storable(contact.name),
        "contact_address": storable(contact.address),
        "contact_company": None if contact.company is None else storable(contact.company),
        "subject": storable(lapse.agreement.subject),
        "happened_at": lapse.happened_at,
        "due": lapse.due,
        "evidence": [
            [evidence.rule, evidence.source.value, storable(evidence.ref), storable(evidence.quote)]
            for evidence in lapse.evidence
        ],
        "decision": verdict.decision.value,
        "reason": storable(verdict.reason),
        "closed_at": None,
        "repaired_at": None,
    }


def _record(row: Row[Any]) -> LapseRecord:
    return LapseRecord(
        id=LapseId(row.id),
        kind=LapseKind(row.kind),
        fault=Fault(row.fault),
        confidence=row.confidence,
        agreement=AgreementId(row.agreement),
        contact=Contact(row.contact_name, row.contact_address, row.contact_company),
        subject=row.subject,
        happened_at=row.happened_at,
        due=row.due,
        evidence=tuple(Evidence(rule, EvidenceSource(source), ref, quote) for rule, source, ref, quote in row.evidence),
        decision=Decision(row.decision),
        reason=row.reason,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        dismissed_at=row.dismissed_at,
        closed_at=row.closed_at,
        repaired_at=row.repaired_at,
        edition=row.edition,
    )
