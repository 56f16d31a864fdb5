"""Life after sending, in one pass: joins the answers to sent letters into what is agreed, and notes what came of them.

The decisions are in `outcomes` and `agreements`; here are only the reading and the writing of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from crmlink.agreements.picked import with_picked
from crmlink.app.house import House
from crmlink.app.look import Look
from crmlink.model.ids import LapseId
from crmlink.model.lapse import Fault
from crmlink.outcomes.answers import SentLetter, sent_letters
from crmlink.outcomes.repair import PastLapse, repairs, undone


def letters_in(house: House, seen: Look) -> tuple[SentLetter, ...]:
    """The letters that were sent so far, each with what is accepted of it now."""
    now = seen.picture.now
    drafts = (one for one in house.ledger.drafts.all(house.account) if one.created_at <= now)
    return sent_letters(drafts, seen.picture)


def agreed_since(seen: Look, letters: Iterable[SentLetter]) -> Look:
    """What was seen, with the meetings that were accepted among the agreements."""
    drafts = [one.stored for one in letters]
    return replace(seen, agreements=with_picked(seen.agreements, drafts, seen.picture))


def note_answers(house: House, letters: Iterable[SentLetter]) -> None:
    """Write down what was accepted, or is not any more."""
    known = {one.draft.message_id: one for one in house.ledger.drafts.all(house.account)}
    for letter in letters:
        stored, before = letter.stored, known.get(letter.stored.draft.message_id)
        if before and (before.state, before.acceptance) != (stored.state, stored.acceptance):
            house.ledger.drafts.accept(house.account, stored.draft.message_id, stored.acceptance)


def note_repairs(house: House, seen: Look, letters: Iterable[SentLetter], standing: Collection[LapseId]) -> None:
    """Write down which lapses of mine were made good, or were not after all; those that still stand were not."""
    past = [
        PastLapse(
            id=one.id,
            kind=one.kind,
            agreement=one.agreement,
            address=one.contact.address,
            happened_at=one.happened_at,
            refs=frozenset(shown.ref for shown in one.evidence),
            repaired_at=one.repaired_at,
        )
        for one in house.ledger.lapses.all(house.account)
        if one.fault is Fault.ME and not one.dismissed_at and one.id not in standing
    ]
    for lapse in undone(past, seen.agreements):
        house.ledger.lapses.unrepair(house.account, lapse)
    for lapse, at in repairs(past, seen.agreements, letters).items():
        house.ledger.lapses.repaired(house.account, lapse, at)
