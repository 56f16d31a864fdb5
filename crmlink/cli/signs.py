"""A row of signs for a row of months: what a picture is on the page, in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from crmlink.trust.relation import Ending
from crmlink.trust.timeline import Month

SIGNS = {Ending.KEPT: "●", Ending.REPAIRED: "◉", Ending.BROKEN_BY_ME: "◆", Ending.BROKEN_BY_THEM: "□"}
NOTHING = "·"
_GRAVEST = (Ending.BROKEN_BY_ME, Ending.REPAIRED, Ending.BROKEN_BY_THEM, Ending.KEPT)


def signs(months: Iterable[Month]) -> str:
    """One sign for each month: the gravest thing that happened in it, a dot where nothing ended."""
    return "".join(next((SIGNS[one] for one in _GRAVEST if month.count(one)), NOTHING) for month in months)
