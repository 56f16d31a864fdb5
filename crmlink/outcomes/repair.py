"""Decides which lapses were made good. Pure.

A meeting that broke is made good by one with the same person that was made since, or put to another time, and took place. A
promise or a question: when it was kept after all, in the letter or later, or when the talk that was offered instead took
place. A letter that promises anew has not kept anything yet. Only what the owner broke can be made good by the owner. What
counted as made good by a meeting does so no more when words come in that it did not take place after all.

In: lapses that no longer stand, the agreements of this pass, the letters that were sent. Out: when each was made good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crmlink.agreements.conversations import SAME_TIME
from crmlink.agreements.moves import MOVED_BEFORE
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.ids import AgreementId, LapseId
from crmlink.model.lapse import LapseKind
from crmlink.outcomes.answers import SentLetter

_BROKEN = frozenset({State.MISSED, State.CANCELLED})
ABOUT_WORDS = frozenset({LapseKind.PROMISE, LapseKind.UNANSWERED})


@dataclass(frozen=True, slots=True)
class PastLapse:
    """A lapse of the owner's that no longer stands. `happened_at` is aware; `refs` are what its evidence refers to.

    `repaired_at` is when an earlier pass saw it made good.
    """

    id: LapseId
    kind: LapseKind
    agreement: AgreementId
    address: str
    happened_at: datetime
    refs: frozenset[str]
    repaired_at: datetime | None = None


def repairs(
    lapses: Iterable[PastLapse], agreements: Iterable[Agreement], letters: Iterable[SentLetter]
) -> Mapping[LapseId, datetime]:
    """When each of these lapses was made good; those that were not yet are left out, and those of which it is known."""
    known = tuple(agreements)
    kept = [one for one in known if one.state is State.KEPT]
    by_lapse = {one.stored.draft.lapse: one for one in letters}
    found: dict[LapseId, datetime] = {}
    for lapse in (one for one in lapses if one.repaired_at is None):
        letter = by_lapse.get(lapse.id)
        moments = [
            *_meetings(lapse, kept, letter),
            *(_words_kept(lapse, known, letter) if lapse.kind in ABOUT_WORDS else ()),
        ]
        if moments:
            found[lapse.id] = min(moments)
    return found


def undone(lapses: Iterable[PastLapse], agreements: Iterable[Agreement]) -> frozenset[LapseId]:
    """The lapses that were made good by a meeting of which it is known by now that somebody was not there."""
    broken = {
        (person, one.due)
        for one in agreements
        if one.kind is AgreementKind.MEETING and one.state in _BROKEN and one.due is not None
        for person in (one.contact.address, *(person.address for person in one.others))
    }
    return frozenset(one.id for one in lapses if one.repaired_at and (one.address, one.repaired_at) in broken)


def _meetings(lapse: PastLapse, kept: Sequence[Agreement], letter: SentLetter | None) -> Iterable[datetime]:
    """When meetings with this person that set it right began."""
    for one in kept:
        people = {one.contact.address, *(person.address for person in one.others)}
        if one.kind is not AgreementKind.MEETING or lapse.address not in people or one.due is None:
            continue
        if one.id == lapse.agreement or one.due <= lapse.happened_at:
            continue
        if lapse.kind in ABOUT_WORDS:
            accepted = letter.stored.acceptance if letter else None
            if accepted and abs(one.due - accepted.option.start) <= SAME_TIME:
                yield one.due
        elif one.made_at >= lapse.happened_at - MOVED_BEFORE or one.ref in lapse.refs:
            yield one.due


def _words_kept(lapse: PastLapse, agreements: Sequence[Agreement], letter: SentLetter | None) -> Iterable[datetime]:
    """When what was promised or asked was delivered after all."""
    sent = letter.message if letter else None
    promised = [one for one in agreements if sent and one.kind is AgreementKind.PROMISE and one.ref == sent.id]
    if promised and all(one.state is State.KEPT and one.changed_at for one in promised):
        yield max(one.changed_at for one in promised if one.changed_at)
    its = next((one for one in agreements if one.id == lapse.agreement), None)
    if its is None or its.state is not State.KEPT or its.changed_at is None:
        return
    # To answer "you will hear from me on Friday" closes a question and answers nothing yet.
    by_letter = sent is not None and its.evidence[-1].ref == sent.id
    if not (by_letter and promised):
        yield its.changed_at
