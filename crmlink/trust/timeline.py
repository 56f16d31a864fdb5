"""Counts by month, for pictures: what ended how, and how much contact there was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from statistics import median

from crmlink.model.history import ContactDay
from crmlink.trust.relation import Ending, Entry

COUNTED = (Ending.KEPT, Ending.REPAIRED, Ending.BROKEN_BY_ME, Ending.BROKEN_BY_THEM)
"""The endings that say something about trust."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month: `first` is its first day; how many agreements ended how in it, and what contact there was.

    `hours_to_answer` is the median over the questions answered in it, None when there were none.
    """

    first: date
    endings: Mapping[Ending, int]
    mails_in: int = 0
    mails_out: int = 0
    meetings: int = 0
    hours_to_answer: float | None = None

    def count(self, ending: Ending) -> int:
        """How many agreements ended so in this month."""
        return self.endings.get(ending, 0)

    @property
    def ended(self) -> int:
        """How many agreements ended in a way that counts."""
        return sum(self.count(ending) for ending in COUNTED)


def months_until(last: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, the month of `last` being the newest."""
    number = last.year * 12 + last.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1))


def timeline(
    entries: Iterable[Entry], days: Iterable[ContactDay], months: Iterable[date], zone: tzinfo
) -> tuple[Month, ...]:
    """One `Month` for each of these (first days), in their order; moments count in the month they have in `zone`."""
    endings: Counter[tuple[date, Ending]] = Counter()
    hours: dict[date, list[float]] = {}
    contact: dict[date, Counter[str]] = {}
    for one in entries:
        if one.ending is not Ending.OPEN:
            endings[_first(one.at.astimezone(zone).date()), one.ending] += 1
        if one.hours_to_answer is not None and one.agreement.ended_at:
            answered = _first(one.agreement.ended_at.astimezone(zone).date())
            hours.setdefault(answered, []).append(one.hours_to_answer)
    for day in days:
        seen = contact.setdefault(_first(day.day), Counter())
        seen.update({"mails_in": day.mails_in, "mails_out": day.mails_out, "meetings": day.meetings})
    return tuple(
        Month(
            first,
            {ending: endings[first, ending] for ending in Ending if endings[first, ending]},
            **contact.get(first, Counter()),
            hours_to_answer=median(hours[first]) if first in hours else None,
        )
        for first in months
    )


def _first(day: date) -> date:
    return day.replace(day=1)
