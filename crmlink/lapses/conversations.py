"""One letter for each conversation: of what I owe one person in one thread, only the most urgent asks for a letter.

Somebody who reminds me of a promise has both a question and a promise waiting; one mail answers both.
"""

from __future__ import annotations

from collections.abc import Iterable

from crmlink.model.ids import ThreadId
from crmlink.model.lapse import Lapse, LapseKind

_WORDS_BROKEN = frozenset({LapseKind.PROMISE, LapseKind.UNANSWERED, LapseKind.WAITING})


def one_for_each(lapses: Iterable[Lapse]) -> tuple[Lapse, ...]:
    """The lapses in the given order, without words broken in a thread about which an earlier one tells already."""
    told: set[tuple[ThreadId, str]] = set()
    kept: list[Lapse] = []
    for lapse in lapses:
        thread = lapse.agreement.thread
        if lapse.kind in _WORDS_BROKEN and thread is not None:
            place = (thread, lapse.agreement.contact.address)
            if place in told:
                continue
            told.add(place)
        kept.append(lapse)
    return tuple(kept)
