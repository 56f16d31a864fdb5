"""What was kept, broken and repaired between the owner and each person: plain counts, each with what it rests on.

In: remembered agreements, days of contact, the people. Out: one `Relation` for each person. An agreement counts once, under
one ending. There is no score: a count can be checked, a score cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import median

from crmlink.model.agreement import AgreementKind, State
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.lapse import Fault
from crmlink.trust.people import Person

STILL_OPEN = frozenset({State.OPEN, State.PROPOSED})


class Ending(StrEnum):
    """How an agreement ended, for counting. `settled` is for what broke nothing: moved, withdrawn, nobody's fault."""

    KEPT = "kept"
    REPAIRED = "repaired"
    BROKEN_BY_ME = "broken"
    BROKEN_BY_THEM = "theirs"
    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement under its ending. `at` (aware) is when it ended or broke; of an open one, when it is due or was made.

    What is past its day by the owner's fault counts as broken, and is owed all the same.
    """

    ending: Ending
    at: datetime
    agreement: PastAgreement

    @property
    def hours_to_answer(self) -> float | None:
        """How long a question waited for its answer, in hours; None for all else."""
        past = self.agreement
        if past.kind is not AgreementKind.REQUEST or past.state is not State.KEPT or past.ended_at is None:
            return None
        return (past.ended_at - past.made_at).total_seconds() / 3600

    @property
    def late(self) -> bool:
        """Whether it is past its day and was neither kept nor let go."""
        return self.ending is Ending.BROKEN_BY_ME and self.agreement.state in STILL_OPEN

    @property
    def owed(self) -> bool:
        """Whether it is still to be kept."""
        return self.ending is Ending.OPEN or self.late


@dataclass(frozen=True, slots=True)
class Relation:
    """The owner and one person, by what happened. Entries are in order of `at`, days in order."""

    person: Person
    entries: tuple[Entry, ...] = ()
    days: tuple[ContactDay, ...] = ()

    def count(self, ending: Ending) -> int:
        """How many agreements ended so."""
        return sum(one.ending is ending for one in self.entries)

    @property
    def owed(self) -> tuple[Entry, ...]:
        """What is still to be kept, the oldest first."""
        return tuple(one for one in self.entries if one.owed)

    @property
    def hours_to_answer(self) -> float | None:
        """The median time from a question to its answer, in hours; None when none was answered."""
        return usual_hours(self.entries)

    @property
    def last_contact(self) -> date | None:
        """The last day of mail or a meeting."""
        return max((one.day for one in self.days), default=None)


def relations(
    people: Iterable[Person], agreements: Iterable[PastAgreement], days: Iterable[ContactDay], now: datetime
) -> tuple[Relation, ...]:
    """One relation for each of these people, in their order. `now` is aware."""
    by_address: dict[str, list[PastAgreement]] = defaultdict(list)
    for one in agreements:
        by_address[one.address].append(one)
    contact: dict[str, list[ContactDay]] = defaultdict(list)
    for day in days:
        contact[day.address].append(day)
    return tuple(_relation(person, by_address, contact, now) for person in people)


def usual_hours(entries: Iterable[Entry]) -> float | None:
    """The median time from a question to its answer, in hours; None when none was answered."""
    hours = [one.hours_to_answer for one in entries if one.hours_to_answer is not None]
    return median(hours) if hours else None


def entry(one: PastAgreement, now: datetime) -> Entry:
    """The agreement under its ending, as it stands at `now` (aware)."""
    ending = _ending(one, now)
    moment = (
        (one.due or one.made_at) if ending is Ending.OPEN else one.broken_at or one.ended_at or one.due or one.made_at
    )
    return Entry(ending, moment, one)


def _relation(
    person: Person, by_address: dict[str, list[PastAgreement]], contact: dict[str, list[ContactDay]], now: datetime
) -> Relation:
    # A meeting with two addresses of one person is one agreement with them.
    once = {one.id: one for address in reversed(person.addresses) for one in by_address.get(address, ())}
    entries = sorted((entry(one, now) for one in once.values()), key=lambda one: (one.at, one.agreement.id))
    days = sorted((day for address in person.addresses for day in contact.get(address, ())), key=lambda one: one.day)
    return Relation(person, tuple(entries), tuple(days))


def _ending(one: PastAgreement, now: datetime) -> Ending:
    if one.state in STILL_OPEN:
        return _of_open(one, now)
    if one.broken_at is None:
        return Ending.KEPT if one.state is State.KEPT else Ending.SETTLED
    return _of_broken(one)


def _of_open(one: PastAgreement, now: datetime) -> Ending:
    """A meeting of which nothing was heard since its time is not owed any more; what is past its day is broken."""
    if one.kind is AgreementKind.MEETING:
        return Ending.OPEN if one.due and one.due > now else Ending.SETTLED
    return _of_broken(one) if one.broken_at else Ending.OPEN


def _of_broken(one: PastAgreement) -> Ending:
    if one.fault is Fault.THEM:
        return Ending.BROKEN_BY_THEM
    if one.fault is not Fault.ME:
        return Ending.SETTLED
    if one.repaired_at:
        return Ending.REPAIRED
    if one.state is State.WITHDRAWN or one.dismissed:
        return Ending.SETTLED
    return Ending.BROKEN_BY_ME
