"""The geometry of the report's pictures: where each mark and each piece of a bar stands. Knows no words and no colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crmlink.trust.relation import Ending
from crmlink.trust.timeline import COUNTED, Month

TALLEST = 5
"""Most marks that stand on each other; where there are more, those of what was kept give way."""

_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One agreement in a row of months: `column` counts months from the left, `height` marks from the bottom, from 0."""

    column: int
    height: int
    ending: Ending


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: how one ending counts in one month. `bottom` and `size` are fractions of the picture's height."""

    column: int
    ending: Ending
    bottom: float
    size: float
    count: int


def marks(months: Sequence[Month]) -> tuple[Mark, ...]:
    """One mark for each agreement; kept ones are left out where a month has more than fit."""
    return tuple(mark for column, month in enumerate(months) for mark in _stack(column, month))


def _stack(column: int, month: Month) -> Iterator[Mark]:
    telling = [ending for ending in COUNTED[1:] for _ in range(month.count(ending))][:TALLEST]
    kept = min(month.count(Ending.KEPT), TALLEST - len(telling))
    for height, ending in enumerate([Ending.KEPT] * kept + telling):
        yield Mark(column, height, ending)


def pieces(months: Sequence[Month], top: int) -> tuple[Piece, ...]:
    """The pieces of one bar for each month, from the bottom up; `top` is the count at the picture's upper edge."""
    found = []
    for column, month in enumerate(months):
        bottom = 0
        for ending in COUNTED:
            count = month.count(ending)
            if count:
                found.append(Piece(column, ending, bottom / top, count / top, count))
            bottom += count
    return tuple(found)


def scale(months: Sequence[Month]) -> tuple[int, tuple[int, ...]]:
    """The count at the upper edge, and those at which a line is drawn."""
    most = max((month.ended for month in months), default=0)
    step = next((one for one in _TICKS if one * _MOST_LINES >= most), _TICKS[-1])
    top = max(step, -(-most // step) * step)
    return top, tuple(range(step, top + 1, step))
