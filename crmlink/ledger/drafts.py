"""The drafts and how far each came. Every change is one transaction that is on disk before the method returns.

Holds the guard of "at most one draft": unique keys on lapse, on agreement and kind, and on Message-ID. Decides
nothing: the recipe is in `crmlink.app.outbox`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from crmlink.ledger.database import Database
from crmlink.ledger.schema import drafts, lapses, storable
from crmlink.model.contact import Address
from crmlink.model.draft import Acceptance, Draft, DraftState, Option, Position, StoredDraft
from crmlink.model.errors import LedgerError
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import LapseKind
from crmlink.model.reading import Register

_ON_ITS_WAY = (DraftState.INTENT, DraftState.UNKNOWN)
_OPEN = (*_ON_ITS_WAY, DraftState.PLACED, DraftState.PARKED)
OPEN_STATES = tuple(state.value for state in _OPEN)


@dataclass(frozen=True, slots=True)
class DraftStore:
    """The drafts of all accounts in one database; `table` holds those of one sort."""

    database: Database
    table: Table = drafts

    def all(self, account: str) -> tuple[StoredDraft, ...]:
        """Every draft of the account, oldest first."""
        statement = (
            select(self.table)
            .where(self.table.c.account == account)
            .order_by(self.table.c.created_at, self.table.c.message_id)
        )
        with self.database.reading() as connection:
            return tuple(_stored(row) for row in connection.execute(statement))

    def states(self, account: str) -> tuple[tuple[DraftState, datetime | None], ...]:
        """How far each draft of the account came, and when it was placed (None: never); without its text."""
        statement = select(drafts.c.state, drafts.c.placed_at).where(drafts.c.account == account)
        with self.database.reading() as connection:
            return tuple((DraftState(row.state), row.placed_at) for row in connection.execute(statement))

    def get(self, account: str, message_id: MessageId) -> StoredDraft | None:
        """One draft, None when it is not known."""
        with self.database.reading() as connection:
            row = connection.execute(select(self.table).where(self._is(account, message_id))).first()
        return None if row is None else _stored(row)

    def for_lapse(self, account: str, lapse: LapseId) -> StoredDraft | None:
        """The draft that stands for this lapse, or for its agreement and kind; None when there is none yet."""
        with self.database.reading() as connection:
            agreement, kind = self._subject(connection, account, lapse)
            same = (self.table.c.agreement == agreement) & (self.table.c.kind == kind)
            wanted = (self.table.c.account == account) & ((self.table.c.lapse == lapse) | same)
            row = connection.execute(select(self.table).where(wanted)).first()
        return None if row is None else _stored(row)

    def intend(self, account: str, draft: Draft, position: Position, now: datetime) -> bool:
        """Write down that this draft is about to be placed. The lapse must have been recorded.

        Returns:
            False when a draft exists for that lapse, for its agreement and kind, or with that Message-ID.
        """
        return self._add(account, draft, position, created_at=now, state=DraftState.INTENT.value)

    def adopt(self, account: str, draft: Draft, position: Position, state: DraftState, now: datetime) -> bool:
        """Write down a draft that the mailbox holds although the ledger did not know it (lost or restored ledger)."""
        closed_at = None if state in _OPEN else now
        fates = {"state": state.value, "placed_at": now, "closed_at": closed_at}
        return self._add(account, draft, position, created_at=now, **fates)

    def aim(self, account: str, message_id: MessageId, position: Position) -> None:
        """Make a draft that is certainly not on the server ready to be handed over, with Drafts as it stands now."""
        values = {"state": DraftState.INTENT.value, **_place(position)}
        self._update(account, message_id, self.table.c.state.in_((DraftState.INTENT, DraftState.PARKED)), values)

    def withdraw(self, account: str, message_id: MessageId) -> None:
        """Forget a draft that certainly never reached the server (state intent): it may be made anew later."""
        intended = self.table.c.state == DraftState.INTENT.value
        with self.database.writing() as connection:
            connection.execute(delete(self.table).where(self._is(account, message_id) & intended))

    def hand_over(self, account: str, message_id: MessageId, now: datetime) -> bool:
        """Note, before it happens, that the draft goes to the writer: from here on it may be on the server.

        Returns:
            False when the draft is no longer one to be handed over; then it must not be.
        """
        values = {
            "state": DraftState.UNKNOWN.value,
            "attempts": self.table.c.attempts + 1,
            "unknown_since": now,
            "missing_since": None,
            "retry_at": None,
            "error": "",
        }
        return self._update(account, message_id, self.table.c.state.in_(_ON_ITS_WAY), values)

    def refused(self, account: str, message_id: MessageId, error: str, *, retry_at: datetime) -> None:
        """The server said no: the draft is certainly not there."""
        values = {
            "state": DraftState.INTENT.value,
            "refusals": self.table.c.refusals + 1,
            "unknown_since": None,
            "missing_since": None,
            "retry_at": retry_at,
            "error": error,
        }
        self._update(account, message_id, None, values)

    def missing(self, account: str, message_id: MessageId, now: datetime, error: str = "") -> None:
        """A look after the hand-over did not find the draft. The first such look counts."""
        self._update(account, message_id, self.table.c.missing_since.is_(None), {"missing_since": now, "error": error})

    def mark(self, account: str, message_id: MessageId, state: DraftState, now: datetime, *, error: str = "") -> None:
        """Set the state. `placed` notes the moment, an outcome closes the draft; the same state again does nothing."""
        values: dict[str, Any] = {"state": state.value, "error": error, "closed_at": None}
        if state is DraftState.PLACED:
            values |= {"placed_at": now, "unknown_since": None, "missing_since": None, "retry_at": None}
        elif state not in _OPEN:
            values |= {"closed_at": now}
        changed = (self.table.c.state != state.value) | (self.table.c.error != error)
        self._update(account, message_id, changed, values)

    def accept(self, account: str, message_id: MessageId, acceptance: Acceptance | None) -> bool:
        """Note which option of a sent letter was accepted, or with None that none is any more.

        When it was sent stays known. The same again writes nothing, nor does a letter that was not sent.

        Returns:
            Whether anything changed.
        """
        state = DraftState.ACCEPTED if acceptance else DraftState.SENT
        values = _accepted(acceptance)
        sent = self.table.c.state.in_((DraftState.SENT, DraftState.ACCEPTED))
        changed = [self.table.c[name].is_distinct_from(value) for name, value in values.items()]
        changed.append(self.table.c.state != state.value)
        return self._update(account, message_id, sent & or_(*changed), {"state": state.value, **values})

    def prune_text(self, account: str, *, closed_before: datetime) -> int:
        """Erase the text of drafts that were closed before this moment; the rows stay, as a "no" does. How many."""
        old = (self.table.c.account == account) & (self.table.c.closed_at < closed_before) & (self.table.c.raw != b"")
        nothing = {"body": "", "raw": b"", "subject": "", "accepted_words": None}
        with self.database.writing() as connection:
            return connection.execute(update(self.table).where(old).values(nothing)).rowcount

    def _add(self, account: str, draft: Draft, position: Position, **fates: Any) -> bool:
        start = {"attempts": 0, "refusals": 0, "error": ""}
        try:
            with self.database.writing() as connection:
                agreement, kind = self._subject(connection, account, draft.lapse)
                keys = {"account": account, "message_id": draft.message_id, "lapse": draft.lapse}
                subject = {"agreement": agreement, "kind": kind}
                row = keys | subject | _text(draft) | _place(position) | start | fates
                connection.execute(insert(self.table).values(row))
        except IntegrityError:
            return False
        return True

    def _update(
        self, account: str, message_id: MessageId, condition: ColumnElement[bool] | None, values: dict[str, Any]
    ) -> bool:
        wanted = self._is(account, message_id) if condition is None else self._is(account, message_id) & condition
        with self.database.writing() as connection:
            return connection.execute(update(self.table).where(wanted).values(values)).rowcount > 0

    def _subject(self, connection: Connection, account: str, lapse: LapseId) -> tuple[str, str]:
        its = (lapses.c.account == account) & (lapses.c.id == lapse)
        row = connection.execute(select(lapses.c.agreement, lapses.c.kind).where(its)).first()
        if row is None:
            raise LedgerError(f"The ledger {self.database.name} does not know lapse {lapse}.", hint="Scan again.")
        return row.agreement, row.kind

    def _is(self, account: str, message_id: str) -> ColumnElement[bool]:
        return (self.table.c.account == account) & (self.table.c.message_id == message_id)


def _text(draft: Draft) -> dict[str, Any]:
    return {
        "recipients": [[address.name, address.address] for address in draft.to],
        "subject": draft.subject,
        "language": draft.language,
        "register": draft.register.value,
        "options": [[option.start.isoformat(), option.end.isoformat()] for option in draft.options],
        "body": draft.body,
        "raw": draft.raw,
        "in_reply_to": draft.in_reply_to,
    }


def _place(position: Position) -> dict[str, Any]:
    return {"folder": position.folder, "uid_validity": position.uid_validity, "uid_next": position.uid_next}


def _accepted(acceptance: Acceptance | None) -> dict[str, Any]:
    if acceptance is None:
        return dict.fromkeys(("accepted_start", "accepted_end", "accepted_in", "accepted_words", "accepted_at"))
    return {
        "accepted_start": acceptance.option.start,
        "accepted_end": acceptance.option.end,
        "accepted_in": acceptance.answer,
        "accepted_words": storable(acceptance.quote),
        "accepted_at": acceptance.at,
    }


def _acceptance(row: Row[Any]) -> Acceptance | None:
    if row.accepted_start is None:
        return None
    option = Option(row.accepted_start, row.accepted_end)
    return Acceptance(option, MessageId(row.accepted_in), row.accepted_words or "", row.accepted_at)


def _stored(row: Row[Any]) -> StoredDraft:
    draft = Draft(
        lapse=LapseId(row.lapse),
        message_id=MessageId(row.message_id),
        to=tuple(Address(name, address) for name, address in row.recipients),
        subject=row.subject,
        language=row.language,
        register=Register(row.register),
        options=tuple(Option(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in row.options),
        body=row.body,
        raw=bytes(row.raw),
        in_reply_to=None if row.in_reply_to is None else MessageId(row.in_reply_to),
    )
    return StoredDraft(
        draft=draft,
        agreement=AgreementId(row.agreement),
        kind=LapseKind(row.kind) if row.kind else None,
        position=Position(row.folder, row.uid_validity, row.uid_next),
        state=DraftState(row.state),
        created_at=row.created_at,
        attempts=row.attempts,
        refusals=row.refusals,
        error=row.error,
        unknown_since=row.unknown_since,
        missing_since=row.missing_since,
        retry_at=row.retry_at,
        placed_at=row.placed_at,
        closed_at=row.closed_at,
        acceptance=_acceptance(row),
    )
