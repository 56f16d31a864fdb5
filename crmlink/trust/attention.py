"""Who needs attention: in which order people are listed, who was let down and well repaired, who fell silent.

Plain rules over counts and days, each told in a sentence of the report. A letter to who fell silent is thought of in `silent`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from crmlink.trust.relation import Ending, Relation

# A rhythm shows after so many days of contact, and silence counts when it lasts three usual pauses, and two weeks.
DAYS_FOR_A_RHYTHM = 5
USUAL_PAUSES = 3
SHORTEST_SILENCE = 14


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing was heard, and the usual (median) and the longest pause before; all in days."""

    days: int
    usual: int
    longest: int


def silence(one: Relation, today: date) -> Silence | None:
    """How far this person fell silent beyond their own rhythm; None when they did not, or no rhythm shows.

    Their days are those of a mail from them or a meeting with them.
    """
    heard = sorted({day.day for day in one.days if day.mails_in or day.meetings})
    if len(heard) < DAYS_FOR_A_RHYTHM:
        return None
    pauses = [(later - earlier).days for earlier, later in pairwise(heard)]
    found = Silence((today - heard[-1]).days, round(median(pauses)), max(pauses))
    beyond = max(USUAL_PAUSES * found.usual, found.longest, SHORTEST_SILENCE)
    return found if found.days > beyond else None


def well_repaired(one: Relation) -> bool:
    """Whether the owner let this person down, made all of it good, and something was kept since: often the truest."""
    repaired = [each for each in one.entries if each.ending is Ending.REPAIRED]
    if not repaired or one.count(Ending.BROKEN_BY_ME):
        return False
    last = max(each.agreement.repaired_at or each.at for each in repaired)
    return any(each.ending is Ending.KEPT and each.at >= last for each in one.entries)


def by_attention(relations: Iterable[Relation], today: date) -> tuple[Relation, ...]:
    """What needs attention first: most broken and not repaired, most owed, silent ones, then the latest contact."""

    def place(one: Relation) -> tuple[int, int, bool, int, str]:
        last = one.last_contact or date.min
        return (
            -one.count(Ending.BROKEN_BY_ME),
            -len(one.owed),
            silence(one, today) is None,
            -last.toordinal(),
            one.person.address,
        )

    return tuple(sorted(relations, key=place))
