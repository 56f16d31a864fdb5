"""From agreements to lapses: each kind has one finder, tried in order of urgency; the first that fires wins.

A finder looks at one agreement at a time and says when and how it broke, or nothing. What to do about it is for
`decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crmlink.agreements.picture import Picture
from crmlink.lapses.amends import Amends
from crmlink.lapses.cancelled import cancelled
from crmlink.lapses.clash import clash
from crmlink.lapses.conversations import one_for_each
from crmlink.lapses.missed import missed
from crmlink.lapses.promise import promise
from crmlink.lapses.unanswered import unanswered
from crmlink.lapses.waiting import waiting
from crmlink.model.agreement import Agreement
from crmlink.model.lapse import Lapse

Finder = Callable[[Agreement, Picture], Lapse | None]
FINDERS: tuple[Finder, ...] = (missed, clash, cancelled, promise, unanswered, waiting)


@dataclass(frozen=True, slots=True)
class Found:
    """The lapses that stand, most urgent kind first and then the oldest, and those the owner mended already."""

    standing: tuple[Lapse, ...] = ()
    mended: tuple[Lapse, ...] = ()


def find_lapses(agreements: Iterable[Agreement], picture: Picture) -> Found:
    """The lapses of these agreements."""
    found = [lapse for agreement in agreements for lapse in _first(agreement, picture)]
    amends = Amends(picture)
    mended = tuple(lapse for lapse in found if amends.made_for(lapse))
    names = {lapse.id for lapse in mended}
    standing = sorted(
        (lapse for lapse in found if lapse.id not in names),
        key=lambda lapse: (lapse.kind.urgency, lapse.happened_at, lapse.id),
    )
    return Found(one_for_each(standing), mended)


def _first(agreement: Agreement, picture: Picture) -> tuple[Lapse, ...]:
    lapse = next((lapse for finder in FINDERS if (lapse := finder(agreement, picture))), None)
    return (lapse,) if lapse else ()
