"""How each agreement of a pass ended, as it is to be remembered: kept in time, broken and by whom, kept after all.

In: the agreements of one pass with its picture. Out: one `PastAgreement` for each person in each. What is doubtful is left
out, and so are agreements with many people: they say nothing about one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of, reaches_a_person
from crmlink.lapses.decide import MANY_OTHERS, SURE_ENOUGH
from crmlink.lapses.promise import WORKING_DAYS_WITHOUT_DATE
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Contact
from crmlink.model.evidence import EvidenceSource
from crmlink.model.history import PastAgreement
from crmlink.model.lapse import Fault

STILL_OPEN = frozenset({State.OPEN, State.PROPOSED})
_CALLED_OFF = frozenset({State.MISSED, State.CANCELLED})


def past_agreements(agreements: Iterable[Agreement], picture: Picture) -> tuple[PastAgreement, ...]:
    """What is to be remembered of these agreements; nothing while the mail could not be read completely.

    Meetings of a calendar count only while the calendars can be trusted.
    """
    if not picture.mail_complete:
        return ()
    calendars_known = picture.agenda.trusted or not picture.agenda.configured
    return tuple(
        past
        for one in agreements
        if not one.doubts and one.confidence >= SURE_ENOUGH and (calendars_known or one.event is None)
        for past in _with_each(one, picture)
    )


def _with_each(one: Agreement, picture: Picture) -> Iterator[PastAgreement]:
    people = _people(one, picture)
    if len(people) > MANY_OTHERS + 1:
        return
    broken_at, repaired_at = _breach(one, picture)
    for person in people:
        yield PastAgreement(
            id=one.id,
            address=person.address,
            name=person.name,
            kind=one.kind,
            state=one.state,
            fault=Fault.ME if broken_at and one.kind is not AgreementKind.MEETING else one.fault,
            made_at=one.made_at,
            ref=one.ref,
            due=one.due,
            ended_at=None if one.state in STILL_OPEN else _ended_at(one, picture),
            broken_at=broken_at,
            repaired_at=repaired_at,
            subject=one.subject,
            quote=one.quote,
            refs=_refs(one),
        )


def _people(one: Agreement, picture: Picture) -> tuple[Contact, ...]:
    """Everybody the agreement is with, the contact first: each address once."""
    everyone = [one.contact, *(contact_of(other) for other in one.others)]
    once = {person.address: person for person in reversed(everyone)}
    ordered = dict.fromkeys(person.address for person in everyone)
    return tuple(once[address] for address in ordered if not picture.owner.is_me(address) and reaches_a_person(address))


def _refs(one: Agreement) -> tuple[str, ...]:
    """The mails that made it: what closed it may be about something else as well."""
    made = one.evidence if one.state in STILL_OPEN else one.evidence[:-1]
    mails = (shown.ref for shown in made if shown.source is EvidenceSource.MAIL)
    return tuple(dict.fromkeys((one.ref, *mails)))


def _ended_at(one: Agreement, picture: Picture) -> datetime:
    """When it reached its state. A meeting that was kept ended at its time."""
    return min(one.changed_at or one.due or one.made_at, picture.now)


def _breach(one: Agreement, picture: Picture) -> tuple[datetime | None, datetime | None]:
    """When it broke and when it was kept after all, None for each that did not happen."""
    if one.kind is AgreementKind.MEETING:
        return (_ended_at(one, picture) if one.state in _CALLED_OFF else None), None
    over_at, broke_at = _deadline(one, picture)
    closed_at = picture.now if one.state in STILL_OPEN else _ended_at(one, picture)
    if closed_at <= over_at:
        return None, None
    return broke_at, closed_at if one.state is State.KEPT else None


def _deadline(one: Agreement, picture: Picture) -> tuple[datetime, datetime]:
    """When its time is over with all patience, and the day it should have been: as the lapses count it."""
    policy, workdays = picture.policy, picture.workdays
    if one.kind is AgreementKind.PROMISE:
        due = one.due or workdays.later(one.made_at, WORKING_DAYS_WITHOUT_DATE)
        return due + policy.promise_grace if one.due else due, due
    due = one.due or workdays.later(one.made_at, policy.unanswered_after_working_days)
    return due, due
