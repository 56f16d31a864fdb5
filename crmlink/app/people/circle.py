"""Everybody in the ledger as people and companies, those who need attention first, for `contacts list` and `show`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crmlink.app.config.settings import Settings
from crmlink.app.documents import SCHEMA, Document
from crmlink.app.people.contacts import Held, held_in
from crmlink.app.people.trust import trust_in
from crmlink.ledger.open import open_ledger
from crmlink.model.errors import UsageError
from crmlink.trust.attention import by_attention, silence, well_repaired
from crmlink.trust.company import Company
from crmlink.trust.people import Person
from crmlink.trust.relation import Ending, Relation


@dataclass(frozen=True, slots=True)
class Known:
    """One person with what is held on each of their addresses, or one company with that of its people."""

    relation: Relation
    held: tuple[Held, ...]
    company: Company | None = None

    @property
    def called(self) -> str:
        """Name, address or domain, and company: "Gijs Bakker <gijs@bakker.nl>, bakker.nl"."""
        person = self.relation.person
        if self.company:
            same = self.company.name == self.company.domain
            return self.company.domain if same else f"{self.company.name}, {self.company.domain}"
        name = f"{person.name} <{person.address}>" if person.name else person.address
        company = person.organisation or next((one.company for one in self.held if one.company), person.company)
        return f"{name}, {company}" if company else name

    @property
    def last(self) -> datetime | None:
        """When something last happened, as far as the ledger tells."""
        return max((one.last for one in self.held if one.last), default=None)

    @property
    def lapses(self) -> int:
        """How many lapses are held, each once."""
        return len({lapse.id for one in self.held for lapse in one.lapses})

    @property
    def drafts(self) -> int:
        """How many drafts are held, each once."""
        return len({draft.draft.message_id for one in self.held for draft in one.drafts})

    @property
    def meetings(self) -> int:
        """How many meetings are held, each once."""
        events = (meeting.event for one in self.held for meeting in one.meetings)
        return len({(event.calendar, event.uid, event.recurrence_id) for event in events})


@dataclass(frozen=True, slots=True)
class Circle:
    """Everybody, and every company; those who need attention come first."""

    people: tuple[Known, ...]
    companies: tuple[Known, ...]

    def find(self, words: str) -> Known:
        """The one person or company that an address, a domain, or words of a name stand for.

        Of an unknown address nothing is held.

        Raises:
            UsageError: nobody is known so, or several are.
        """
        wanted = words.strip().lower()
        named = [
            one for one in self.companies if one.company and wanted in (one.company.domain, one.company.name.lower())
        ]
        exact = [one for one in self.people if wanted in one.relation.person.addresses]
        found = exact or named or [one for one in self.people if wanted and _bears(one, wanted)]
        if len(found) == 1:
            return found[0]
        if not found and "@" in wanted:
            return Known(Relation(Person(wanted, (wanted,))), ())
        if found:
            listed = ", ".join(sorted(one.relation.person.address for one in found)[:5])
            raise UsageError(f"Several people are known as {words}: {listed}", hint="give the address")
        hint = "`crmlink contacts list` shows everybody; give an address, a name or a company's domain"
        raise UsageError(f"Nobody is known as {words}", hint=hint)


def circle(settings: Settings, now: datetime) -> Circle:
    """Everybody the ledger knows of, as of `now` (aware, in the owner's zone)."""
    with open_ledger(settings.database, read_only=True) as ledger:
        on_each = held_in(ledger, settings)
        names = {address: one.names for address, one in on_each.items()}
        trust = trust_in(ledger, settings.me, now, names)
    today = now.date()
    people = by_attention(trust.relations, today)
    companies = {one.domain: one for one in trust.companies}
    together = by_attention((one.together for one in trust.companies), today)
    return Circle(
        people=tuple(Known(one, _held(one, on_each)) for one in people),
        companies=tuple(Known(one, _held(one, on_each), companies[one.person.address]) for one in together),
    )


def circle_document(known: Iterable[Known], now: datetime, *, companies: bool) -> Document:
    """`contacts list --json`; days are those of UTC, hours are the median to an answer of the owner's."""
    return {
        "schema": SCHEMA,
        "as_of": now.isoformat(timespec="seconds"),
        "companies" if companies else "contacts": [_line(one, now) for one in known],
    }


def _line(one: Known, now: datetime) -> Document:
    person, relation = one.relation.person, one.relation
    quiet, last, hours = silence(relation, now.date()), relation.last_contact, relation.hours_to_answer
    who: Document = {
        "name": person.name,
        "address": person.address,
        "addresses": list(person.addresses),
        "company": person.company,
        "title": person.title,
    }
    if one.company:
        people = [each.person.address for each in one.company.relations]
        who = {"domain": one.company.domain, "name": one.company.name, "people": people}
    return who | {
        "kept": relation.count(Ending.KEPT),
        "repaired": relation.count(Ending.REPAIRED),
        "broken_by_me": relation.count(Ending.BROKEN_BY_ME),
        "broken_by_them": relation.count(Ending.BROKEN_BY_THEM),
        "open": len(relation.owed),
        "hours_to_answer": None if hours is None else round(hours, 1),
        "last_contact": last.isoformat() if last else None,
        "silent_days": quiet.days if quiet else None,
        "well_repaired": well_repaired(relation),
        "lapses": one.lapses,
        "drafts": one.drafts,
        "meetings": one.meetings,
    }


def _bears(one: Known, wanted: str) -> bool:
    """Whether a name of theirs holds these words."""
    person = one.relation.person
    return (
        wanted in person.name.lower()
        or wanted == person.nickname.lower()
        or any(wanted in name.lower() for each in one.held for name in each.names)
    )


def _held(relation: Relation, on_each: dict[str, Held]) -> tuple[Held, ...]:
    return tuple(on_each[address] for address in relation.person.addresses if address in on_each)
