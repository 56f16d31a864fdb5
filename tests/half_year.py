"""A simulated half year of one owner: 60 people at 12 firms and on free mail, every word of it from a fixed seed.

Written into a ledger the way passes do, with lapses and drafts of the last week. The recount beside it knows nothing of
the code under test: it counts while it writes.
"""

from __future__ import annotations

import random  # noqa: TID251 -- invented histories from a fixed seed
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crmlink.ledger.store import Ledger
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Contact
from crmlink.model.draft import DraftState, Position
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import Decision, Fault, Lapse, LapseKind, Verdict
from tests.ledger_examples import ME, ZONE, draft

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=ZONE)  # a Friday
DAYS = 182
FIRMS = (
    "bakkerman bouw", "de linde advies", "noordzij techniek", "hartley law", "oranje drukwerk", "kade architecten",
    "veldhuis catering", "meridiaan it", "zuidas notariaat", "groenestein hoveniers", "tulp events", "van dijk logistiek",
)  # fmt: skip
FIRST = (
    "Gijs", "Els", "Omar", "Jane", "Noor", "Ruben", "Marieke", "Karin", "Joost", "Fatima", "Pieter", "Anouk", "Sven",
    "Lotte", "Bram", "Yara", "Henk", "Sophie", "Daan", "Ilse",
)  # fmt: skip
LAST = (
    "Bakkerman", "van der Linden", "Noordzij", "Hartley", "El Idrissi", "de Boer", "Veldhuis", "Smit", "Visser",
    "van Dijk", "Jansen", "Mulder", "Groenestein", "Peters", "ter Haar",
)  # fmt: skip
SUBJECTS = {
    AgreementKind.REQUEST: ("Levertijd van de kozijnen", "Vraag over de offerte", "Aantal gasten", "Contract 2027"),
    AgreementKind.PROMISE: ("Het voorstel", "Tekeningen eerste verdieping", "Planning januari", "De notulen"),
    AgreementKind.MEETING: ("Kennismaking", "Koffie in Hilversum", "Bouwoverleg", "Kwartaalgesprek"),
}
QUOTES = {
    AgreementKind.REQUEST: "Kun je me laten weten of de levertijd nog klopt?",
    AgreementKind.PROMISE: "Ik stuur je vrijdag het voorstel.",
    AgreementKind.MEETING: "",
}
HOSTILE = ("<script>alert(1)</script> Vos", "{{7*7}} de Wit")


@dataclass(slots=True)
class HalfYear:
    """What was written, counted apart: endings by address as plain words, hours to answer."""

    people: list[tuple[str, str]] = field(default_factory=list)
    endings: dict[str, Counter[str]] = field(default_factory=dict)
    hours: list[float] = field(default_factory=list)
    agreements: list[PastAgreement] = field(default_factory=list)
    days: list[ContactDay] = field(default_factory=list)


def write_half_year(ledger: Ledger, seed: int = 7) -> HalfYear:
    """Fill the ledger of ME; gives what was written."""
    dice = random.Random(seed)  # noqa: S311 -- nothing to keep secret
    year = HalfYear(people=_people(dice))
    for name, address in year.people:
        _life_with(year, dice, name, address)
    begin = NOW - timedelta(days=400)
    ledger.history.remember(ME, year.agreements, since=begin, now=NOW, all_read=True)
    ledger.history.count(ME, year.days)
    _last_week(ledger, year, dice)
    return year


def _people(dice: random.Random) -> list[tuple[str, str]]:
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    dice.shuffle(names)
    found = []
    for number, name in enumerate([*HOSTILE, *names[:58]]):
        firm = FIRMS[number % len(FIRMS)].replace(" ", "-") + ".example"
        local = f"persoon{number}" if name in HOSTILE else name.lower().replace(" ", ".")
        found.append((name, f"{local}@{firm if number % 7 else 'gmail.com'}"))
    return found


def _life_with(year: HalfYear, dice: random.Random, name: str, address: str) -> None:
    counted = year.endings.setdefault(address, Counter())
    for number in range(dice.randint(0, 11)):
        kind = dice.choice(list(SUBJECTS))
        fate = dice.choices(("kept", "repaired", "broken", "theirs", "open", "settled"), (60, 7, 4, 4, 6, 8))[0]
        one = _agreement(dice, kind, fate, name, address, number)
        year.agreements.append(one)
        counted[fate] += 1
        if kind is AgreementKind.REQUEST and one.state is State.KEPT and one.ended_at:
            year.hours.append((one.ended_at - one.made_at).total_seconds() / 3600)
    pace = dice.choice((3, 6, 11, 20))
    quiet_since = dice.choice((0, 0, 0, 60))
    for ago in range(DAYS, quiet_since, -pace):
        day = (NOW - timedelta(days=ago)).astimezone(UTC).date()
        year.days.append(ContactDay(address, day, dice.randint(0, 3), dice.randint(0, 2), dice.randint(0, 1), name))


def _agreement(
    dice: random.Random, kind: AgreementKind, fate: str, name: str, address: str, number: int
) -> PastAgreement:
    due = NOW - timedelta(days=dice.randint(3, DAYS - 20), hours=dice.randint(0, 9))
    if fate == "open":
        due = NOW + timedelta(days=dice.randint(1, 12))
    made = due - timedelta(days=dice.randint(1, 14))
    late = due + timedelta(days=2)
    subject = dice.choice(SUBJECTS[kind])
    meeting = kind is AgreementKind.MEETING
    state, fault, ended, broken, repaired = {
        "kept": (State.KEPT, Fault.UNKNOWN, made + timedelta(hours=dice.randint(1, 20)), None, None),
        "repaired": (State.MISSED if meeting else State.KEPT, Fault.ME, late, due, late),
        "broken": (State.MISSED if meeting else State.OPEN, Fault.ME, late if meeting else None, due, None),
        "theirs": (State.CANCELLED, Fault.THEM, due, due, None),
        "open": (State.OPEN, Fault.UNKNOWN, None, None, None),
        "settled": (State.MOVED, Fault.UNKNOWN, due, None, None),
    }[fate]
    return PastAgreement(
        id=AgreementId(f"{address}-{number}"),
        address=address,
        name=name,
        kind=kind,
        state=state,
        fault=fault,
        made_at=made,
        ref=f"<{number}.{address}>",
        due=due,
        ended_at=ended,
        broken_at=broken,
        repaired_at=repaired,
        subject=subject,
        quote=QUOTES[kind],
        refs=(f"<{number}.{address}>",),
    )


def _last_week(ledger: Ledger, year: HalfYear, dice: random.Random) -> None:
    """A lapse of every kind, with drafts in several states. They are about agreements that are not counted here."""
    states = {
        LapseKind.MISSED: DraftState.PLACED,
        LapseKind.CLASH: DraftState.SENT,
        LapseKind.CANCELLED: DraftState.EDITED,
        LapseKind.PROMISE: None,
        LapseKind.UNANSWERED: DraftState.DISCARDED,
        LapseKind.WAITING: DraftState.PLACED,
        LapseKind.SILENT: None,
    }
    faults = {LapseKind.WAITING: Fault.THEM, LapseKind.SILENT: Fault.NOBODY}
    for number, (kind, state) in enumerate((one, states[one]) for one in LapseKind):
        name, address = year.people[number]
        about = Agreement(
            id=AgreementId(f"week-{number}"),
            kind=AgreementKind.REQUEST if kind is LapseKind.UNANSWERED else AgreementKind.MEETING,
            state=State.OPEN,
            contact=Contact(name, address, address.partition("@")[2]),
            subject=dice.choice(SUBJECTS[AgreementKind.PROMISE]),
            made_at=NOW - timedelta(days=9),
            ref=f"<week-{number}>",
        )
        quote = Evidence("request.question", EvidenceSource.MAIL, f"<week-{number}>", QUOTES[AgreementKind.REQUEST])
        lapse = Lapse(
            LapseId(f"week{number}"),
            kind,
            faults.get(kind, Fault.ME),
            0.9,
            about,
            NOW - timedelta(days=number + 1),
            (quote,),
        )
        decision = Decision.DRAFTED if state else Decision.HOLD
        ledger.lapses.record(ME, [Verdict(lapse, decision, "because")], NOW - timedelta(days=1))
        if state:
            ledger.drafts.intend(ME, draft(f"week{number}"), Position("Drafts", 1, 1), NOW - timedelta(days=1))
            ledger.drafts.mark(ME, MessageId(f"<week{number}.draft@veen.example>"), state, NOW)
