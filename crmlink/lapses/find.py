"""From agreements to lapses: each kind has one finder, tried in order of urgency; the first that fires wins.

A finder looks at one agreement at a time and says when and how it broke, or nothing. What to do about it is for
`decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crmlink.agreements.picture import Picture
from crmlink.lapses.amends import amends
from crmlink.lapses.cancelled import cancelled
from crmlink.lapses.unanswered import unanswered
from crmlink.model.agreement import Agreement
from crmlink.model.lapse import Lapse

Finder = Callable[[Agreement, Picture], Lapse | None]
FINDERS: tuple[Finder, ...] = (cancelled, unanswered)


def find_lapses(agreements: Iterable[Agreement], picture: Picture) -> tuple[Lapse, ...]:
    """The lapses of these agreements, most urgent kind first, then the oldest; what was mended already is left out."""
    found = (lapse for agreement in agreements for lapse in _first(agreement, picture) if not amends(lapse, picture))
    return tuple(sorted(found, key=lambda lapse: (lapse.kind.urgency, lapse.happened_at, lapse.id)))


def _first(agreement: Agreement, picture: Picture) -> tuple[Lapse, ...]:
    lapse = next((lapse for finder in FINDERS if (lapse := finder(agreement, picture))), None)
    return (lapse,) if lapse else ()
