"""How agreements ended and when there was contact, so that months can be counted though mail is read back for weeks.

A pass writes what it sees; the same mail seen again changes nothing. Words are erased in time, the counts stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.lapses import PRUNED
from crmlink.ledger.schema import agreements, contact_days, lapses, storable
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId
from crmlink.model.lapse import Fault

_OPEN = (State.OPEN.value, State.PROPOSED.value)
_COUNTS = ("mails_in", "mails_out", "meetings")
# The first day that is read may have been read in part.
_EDGE = timedelta(days=1)
# A question is found under the name of its first mail that is still read; a reminder then stands for the question.
_FROM_MAIL = frozenset({AgreementKind.REQUEST.value, AgreementKind.MEETING.value})


@dataclass(frozen=True, slots=True)
class HistoryStore:
    """The past agreements and contact days of all accounts in one database."""

    database: Database

    def agreements(self, account: str) -> tuple[PastAgreement, ...]:
        """Every remembered agreement, in order of making, with what became of the lapse about it."""
        order = (agreements.c.made_at, agreements.c.id, agreements.c.address)
        its = (lapses.c.account == account, lapses.c.agreement.is_not(None))
        fates: dict[str, list[Any]] = defaultdict(list)
        with self.database.reading() as connection:
            known = select(lapses.c.agreement, lapses.c.repaired_at, lapses.c.dismissed_at).where(*its)
            for fate in connection.execute(known):
                fates[fate.agreement].append(fate)
            rows = connection.execute(select(agreements).where(agreements.c.account == account).order_by(*order)).all()
        return tuple(_past(row, fates[row.id]) for row in rows)

    def days(self, account: str) -> tuple[ContactDay, ...]:
        """Every day of contact, by address and day."""
        order = (contact_days.c.address, contact_days.c.day)
        with self.database.reading() as connection:
            rows = connection.execute(select(contact_days).where(contact_days.c.account == account).order_by(*order))
            return tuple(
                ContactDay(row.address, row.day, row.mails_in, row.mails_out, row.meetings, row.name) for row in rows
            )

    def known(self, account: str) -> frozenset[str]:
        """The addresses of everybody with whom contact was counted."""
        with self.database.reading() as connection:
            its = select(contact_days.c.address).where(contact_days.c.account == account).distinct()
            return frozenset(connection.execute(its).scalars())

    def remember(
        self, account: str, found: Iterable[PastAgreement], *, since: datetime, now: datetime, all_read: bool
    ) -> None:
        """Store how these agreements stand; mail and calendars were read from `since` to `now`.

        When `all_read`, a stored open one that should have been seen and is not among them is gone: it was joined into
        another one, or its mail was thrown away.
        """
        since += _EDGE
        with self.database.writing() as connection:
            rows = connection.execute(select(agreements).where(agreements.c.account == account)).mappings().all()
            known: dict[tuple[str, str], Mapping[Any, Any]] = {(row["id"], row["address"]): row for row in rows}
            older = [row for row in rows if row["made_at"] < since]
            by_ref = {(row["kind"], row["address"], ref): row for row in older for ref in row["refs"]}
            seen: set[tuple[str, str]] = set()
            for one in found:
                row = _columns(one)
                first = _made_before(row, known, by_ref)
                if first is not None:
                    row |= {"id": first["id"], "made_at": first["made_at"], "ref": first["ref"], "refs": first["refs"]}
                seen.add((row["id"], row["address"]))
                _store(connection, account, row, known.get((row["id"], row["address"])))
                known[row["id"], row["address"]] = row
            for key, stored in known.items():
                if all_read and key not in seen and _should_be_seen(stored, since, now):
                    connection.execute(delete(agreements).where(*_is_agreement(account, *key)))

    def count(self, account: str, days: Iterable[ContactDay]) -> None:
        """Store how much contact there was. A day of which more was seen before keeps the higher count."""
        listed = tuple(days)
        first = min((one.day for one in listed), default=None)
        if first is None:
            return
        with self.database.writing() as connection:
            its = (contact_days.c.account == account) & (contact_days.c.day >= first)
            known: dict[tuple[str, date], Mapping[Any, Any]] = {
                (row["address"], row["day"]): row
                for row in connection.execute(select(contact_days).where(its)).mappings()
            }
            for one in listed:
                address = storable(one.address)
                before = known.get((address, one.day))
                values: dict[str, Any] = {name: getattr(one, name) for name in _COUNTS} | {"name": storable(one.name)}
                if before is None:
                    keys = {"account": account, "address": address, "day": one.day}
                    connection.execute(insert(contact_days).values(keys | values))
                    known[address, one.day] = keys | values
                    continue
                merged = {name: max(before[name], values[name]) for name in _COUNTS}
                merged["name"] = max(before["name"], values["name"], key=len)
                if any(before[name] != value for name, value in merged.items()):
                    same = (contact_days.c.account == account) & (contact_days.c.address == address)
                    connection.execute(update(contact_days).where(same, contact_days.c.day == one.day).values(merged))

    def prune_text(self, account: str, *, before: datetime) -> int:
        """Erase the words of agreements that were over before this moment; that they were stays. How many."""
        over = func.coalesce(agreements.c.ended_at, agreements.c.due, agreements.c.made_at) < before
        old = (agreements.c.account == account) & over & (agreements.c.subject != PRUNED)
        with self.database.writing() as connection:
            return connection.execute(update(agreements).where(old).values(subject=PRUNED, quote="")).rowcount


def _made_before(
    row: Mapping[str, Any],
    known: Mapping[tuple[str, str], Mapping[Any, Any]],
    by_ref: Mapping[tuple[str, str, str], Mapping[Any, Any]],
) -> Mapping[Any, Any] | None:
    """The stored agreement that this one continues, found by the mails that made it. None when it is stored, or new."""
    if row["kind"] not in _FROM_MAIL or (row["id"], row["address"]) in known:
        return None
    found = (by_ref.get((row["kind"], row["address"], ref)) for ref in row["refs"] if ref.startswith("<"))
    return next((one for one in found if one is not None), None)


def _store(connection: Connection, account: str, row: dict[str, Any], before: Mapping[Any, Any] | None) -> None:
    if before is None:
        connection.execute(insert(agreements).values(row | {"account": account}))
        return
    if before["subject"] == PRUNED:
        row |= {"subject": PRUNED, "quote": ""}
    row["refs"] = list(dict.fromkeys((*before["refs"], *row["refs"])))
    if any(before[name] != value for name, value in row.items()):
        connection.execute(update(agreements).where(*_is_agreement(account, row["id"], row["address"])).values(row))


def _should_be_seen(row: Mapping[Any, Any], since: datetime, now: datetime) -> bool:
    """Whether an open agreement lies in what was read. Meetings are read by their time, all else by its making."""
    if row["state"] not in _OPEN or row["broken_at"]:
        return False
    at = row["due"] if row["kind"] == AgreementKind.MEETING.value and row["due"] else row["made_at"]
    return bool(since <= at and row["made_at"] <= now)


def _is_agreement(account: str, agreement: str, address: str) -> tuple[Any, ...]:
    return agreements.c.account == account, agreements.c.id == agreement, agreements.c.address == address


def _columns(one: PastAgreement) -> dict[str, Any]:
    return {
        "id": one.id,
        "address": storable(one.address),
        "name": storable(one.name),
        "kind": one.kind.value,
        "state": one.state.value,
        "fault": one.fault.value,
        "made_at": one.made_at,
        "due": one.due,
        "ended_at": one.ended_at,
        "broken_at": one.broken_at,
        "repaired_at": one.repaired_at,
        "subject": storable(one.subject),
        "quote": storable(one.quote),
        "ref": storable(one.ref),
        "refs": [storable(ref) for ref in one.refs],
    }


def _past(row: Row[Any], fates: Iterable[Any]) -> PastAgreement:
    repaired = [row.repaired_at, *(one.repaired_at for one in fates)]
    return PastAgreement(
        id=AgreementId(row.id),
        address=row.address,
        name=row.name,
        kind=AgreementKind(row.kind),
        state=State(row.state),
        fault=Fault(row.fault),
        made_at=row.made_at,
        ref=row.ref,
        due=row.due,
        ended_at=row.ended_at,
        broken_at=row.broken_at,
        repaired_at=min((at for at in repaired if at), default=None) if row.broken_at else None,
        dismissed=any(one.dismissed_at for one in fates),
        subject=row.subject,
        quote=row.quote,
        refs=tuple(row.refs),
    )
