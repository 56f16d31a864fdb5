"""Finds out what a CRM has not been told yet, by comparing what the ledger holds with what was put on the list.

Pure: rows in, new events out. So nothing is lost when a pass dies between a change and the note about it: the next one
finds the same. An event's identifier is derived from what it tells, so that finding it twice makes no second one.

A lapse is told from the moment crmlink does not leave it alone (`skip`, dismissed); its drafts only after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crmlink.model.crm_event import REPAIRED, CrmEventType
from crmlink.model.draft import DraftState
from crmlink.model.ids import digest
from crmlink.model.lapse import Decision

TOLD_BACK: Final = timedelta(days=7)
"""A lapse that was last seen longer ago than this is no news: so the first pass with a CRM does not tell years."""

_PLACED: Final = DraftState.PLACED.value
_ENDS: Final = frozenset({DraftState.EDITED.value, DraftState.DISCARDED.value, DraftState.OVERTAKEN.value})


@dataclass(frozen=True, slots=True)
class LapseRow:
    """What of a lapse decides whether it is told."""

    id: str
    decision: str
    first_seen_at: datetime
    last_seen_at: datetime
    dismissed_at: datetime | None
    repaired_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """How far a draft came."""

    message_id: str
    lapse: str
    state: str
    placed_at: datetime | None
    closed_at: datetime | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Noted:
    """An event on the list. `outcome` is empty for `lapse.found`, `placed` for `draft.placed`."""

    id: str
    type: CrmEventType
    lapse: str
    message_id: str | None
    outcome: str
    at: datetime


def news(
    account: str, lapses: Iterable[LapseRow], drafts: Iterable[DraftRow], noted: Iterable[Noted], now: datetime
) -> list[Noted]:
    """The events that are not on the list yet, in the order in which they happened. `noted` is in the order of the list."""
    by_subject: dict[tuple[str, str | None], list[Noted]] = {}
    for one in noted:
        by_subject.setdefault((one.lapse, one.message_id), []).append(one)
    by_lapse: dict[str, list[DraftRow]] = {}
    for draft in drafts:
        by_lapse.setdefault(draft.lapse, []).append(draft)
    found: list[Noted] = []
    for lapse in lapses:
        told = (lapse.id, None) in by_subject
        if not told and not _is_news(lapse, now):
            continue
        if not told:
            found.append(_event(account, lapse.id, None, ("", lapse.first_seen_at), 0))
        for draft in by_lapse.get(lapse.id, ()):
            before = by_subject.get((lapse.id, draft.message_id), [])
            found += _of_draft(account, lapse, draft, before)
    return _in_order(found)


def _is_news(lapse: LapseRow, now: datetime) -> bool:
    left_alone = lapse.decision == Decision.SKIP.value or lapse.dismissed_at is not None
    return not left_alone and now - lapse.last_seen_at <= TOLD_BACK


def _of_draft(account: str, lapse: LapseRow, draft: DraftRow, before: list[Noted]) -> Iterator[Noted]:
    """What is new of one draft. An outcome that was taken back is followed by the one that holds now."""
    way = [(state, at) for state, at in _way(draft, lapse) if at is not None]
    known = [(one.outcome, one.at) for one in before]
    if not way or known[-1:] == way[-1:]:
        return
    fresh = [step for step in way if step not in known] or way[-1:]
    for ordinal, step in enumerate(fresh, start=len(known)):
        yield _event(account, lapse.id, draft.message_id, step, ordinal)


def _way(draft: DraftRow, lapse: LapseRow) -> Iterator[tuple[str, datetime | None]]:
    """All that a draft went through, as far as its row tells."""
    yield _PLACED, draft.placed_at
    if draft.state in _ENDS:
        yield draft.state, draft.closed_at
    if draft.state in {DraftState.SENT.value, DraftState.ACCEPTED.value}:
        yield DraftState.SENT.value, draft.closed_at
    if draft.state == DraftState.ACCEPTED.value:
        yield DraftState.ACCEPTED.value, draft.accepted_at
    yield REPAIRED, lapse.repaired_at


def _event(account: str, lapse: str, message_id: str | None, step: tuple[str, datetime], ordinal: int) -> Noted:
    """The event that tells this step; `ordinal` counts what was told of the same draft before."""
    state, at = step
    kind = CrmEventType.DRAFT_PLACED if state == _PLACED else CrmEventType.DRAFT_OUTCOME
    kind = kind if message_id else CrmEventType.LAPSE_FOUND
    name = f"evt_{digest(account, lapse, message_id or '', kind.value, state, str(ordinal))[:32]}"
    return Noted(name, kind, lapse, message_id, state, at)


def _in_order(found: list[Noted]) -> list[Noted]:
    """By time; but what follows from something never stands before it, whatever a server's clock says."""
    latest: dict[str, datetime] = {}
    keys: dict[str, datetime] = {}
    for one in found:
        latest[one.lapse] = keys[one.id] = max(one.at, latest.get(one.lapse, one.at))
    return sorted(found, key=lambda one: keys[one.id])
