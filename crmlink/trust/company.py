"""A company: everybody of one registered domain, and what was kept and broken with them together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from crmlink.model.history import ContactDay
from crmlink.trust.people import Person
from crmlink.trust.relation import Entry, Relation


@dataclass(frozen=True, slots=True)
class Company:
    """All relations at one domain. `name` is what the address book calls it most, else the domain."""

    domain: str
    name: str
    relations: tuple[Relation, ...]

    @property
    def together(self) -> Relation:
        """The company as if it were one person: a meeting with three of its people counts once."""
        once: dict[str, Entry] = {one.agreement.id: one for each in self.relations for one in each.entries}
        days: list[ContactDay] = sorted((day for each in self.relations for day in each.days), key=lambda one: one.day)
        entries = sorted(once.values(), key=lambda one: (one.at, one.agreement.id))
        person = Person(self.domain, tuple(one for each in self.relations for one in each.person.addresses), self.name)
        return Relation(person, tuple(entries), tuple(days))


def companies(relations: Iterable[Relation]) -> tuple[Company, ...]:
    """The companies of these people, in order of domain."""
    by_domain: dict[str, list[Relation]] = defaultdict(list)
    for one in relations:
        if one.person.company:
            by_domain[one.person.company].append(one)
    return tuple(Company(domain, _name(found) or domain, tuple(found)) for domain, found in sorted(by_domain.items()))


def _name(relations: Iterable[Relation]) -> str:
    told = Counter(one.person.organisation for one in relations if one.person.organisation)
    return max(told, key=lambda name: (told[name], name), default="")
