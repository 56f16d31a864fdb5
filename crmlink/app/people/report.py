"""What the report shows, gathered from the ledger alone: this week, what is owed, everybody, and the months behind.

Connects to nothing and decides nothing about words or looks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crmlink.app.people.trust import Trust
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.store import Ledger
from crmlink.model.contact import Owner
from crmlink.model.draft import StoredDraft
from crmlink.trust.attention import Silence, by_attention, silence, well_repaired
from crmlink.trust.company import Company
from crmlink.trust.people import Person
from crmlink.trust.relation import Ending, Entry, Relation, usual_hours
from crmlink.trust.timeline import COUNTED, Month, months_until, timeline

FEWEST_MONTHS, MOST_MONTHS = 6, 12
WEEK = timedelta(days=7)
# What is open for longer has left every list: nobody waits for it any more, and its words are erased.
OWED_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is still to be kept, and to whom."""

    person: Person
    entry: Entry


@dataclass(frozen=True, slots=True)
class Happening:
    """A lapse of this week, or one that still stands, with its draft."""

    lapse: LapseRecord
    draft: StoredDraft | None


@dataclass(frozen=True, slots=True)
class Line:
    """One person or company with the months of it. `silence` is set when they fell silent."""

    relation: Relation
    months: tuple[Month, ...]
    silence: Silence | None = None
    company: Company | None = None

    def count(self, ending: Ending) -> int:
        """How many agreements of these months ended so."""
        return sum(month.count(ending) for month in self.months)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report shows. `now` is aware, in the owner's zone; the counts are those of `months`."""

    owner: Owner
    now: datetime
    months: tuple[Month, ...]
    hours_to_answer: float | None
    week: tuple[Happening, ...]
    owed: tuple[Owed, ...]
    people: tuple[Line, ...]
    companies: tuple[Line, ...]

    @property
    def totals(self) -> Counter[Ending]:
        """How many agreements of these months ended how."""
        return sum((Counter(month.endings) for month in self.months), Counter())

    @property
    def ended(self) -> int:
        """How many of them count."""
        return sum(self.totals[ending] for ending in COUNTED)

    @property
    def ambassadors(self) -> tuple[Line, ...]:
        """Who was let down and well repaired."""
        return tuple(line for line in self.people if well_repaired(line.relation))

    @property
    def silent(self) -> tuple[Line, ...]:
        """Who fell silent beyond their own rhythm, the longest silence first."""
        found = [(-line.silence.days, number) for number, line in enumerate(self.people) if line.silence]
        return tuple(self.people[number] for _, number in sorted(found))


def report_of(ledger: Ledger, trust: Trust, owner: Owner, now: datetime) -> Report:
    """The report as of `now` (aware, in the owner's zone)."""
    today, zone = now.date(), now.tzinfo
    assert zone is not None
    once = {one.agreement.id: one for each in trust.relations for one in each.entries}
    entries = tuple(once.values())
    firsts = months_until(today, _span(entries, now))
    days = [day for each in trust.relations for day in each.days]
    people = tuple(
        Line(one, timeline(one.entries, one.days, firsts, zone), silence(one, today))
        for one in by_attention(trust.relations, today)
    )
    of_company = {one.domain: one for one in trust.companies}
    together = by_attention((one.together for one in trust.companies), today)
    companies = tuple(
        Line(one, timeline(one.entries, one.days, firsts, zone), silence(one, today), of_company[one.person.address])
        for one in together
    )
    return Report(
        owner=owner,
        now=now,
        months=timeline(entries, days, firsts, zone),
        hours_to_answer=usual_hours(entries),
        week=_week(ledger, owner, now),
        owed=_owed(trust, now),
        people=people,
        companies=companies,
    )


def _span(entries: tuple[Entry, ...], now: datetime) -> int:
    """How many months to show: back to the first that ended, within bounds."""
    first: date = (
        min((one.at for one in entries if one.ending is not Ending.OPEN), default=now).astimezone(now.tzinfo).date()
    )
    months = (now.year - first.year) * 12 + now.month - first.month + 1
    return max(FEWEST_MONTHS, min(MOST_MONTHS, months))


def _week(ledger: Ledger, owner: Owner, now: datetime) -> tuple[Happening, ...]:
    drafts = {one.draft.lapse: one for one in ledger.drafts.all(owner.address)}
    shown = [
        one
        for one in ledger.lapses.all(owner.address)
        if one.first_seen_at > now - WEEK or not (one.closed_at or one.dismissed_at or one.repaired_at)
    ]
    return tuple(Happening(one, drafts.get(one.id)) for one in reversed(shown))


def _owed(trust: Trust, now: datetime) -> tuple[Owed, ...]:
    """Each agreement once, though several people may be in it; the oldest first."""
    once: dict[str, Owed] = {}
    for relation in trust.relations:
        for one in relation.owed:
            if one.at > now - OWED_FOR:
                once.setdefault(one.agreement.id, Owed(relation.person, one))
    return tuple(sorted(once.values(), key=lambda one: (one.entry.at, one.entry.agreement.id)))
