"""Trust over time: what a pass adds to the ledger's memory, and the whole of it read back, for lists and the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from crmlink.app.house import House
from crmlink.app.look import Look
from crmlink.ledger.store import Ledger
from crmlink.model.contact import Owner
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.trust.company import Company, companies
from crmlink.trust.contact_days import contact_days
from crmlink.trust.endings import past_agreements
from crmlink.trust.people import people
from crmlink.trust.relation import Relation, relations


@dataclass(frozen=True, slots=True)
class Trust:
    """Everybody the owner deals with, by address, and their companies."""

    relations: tuple[Relation, ...]
    companies: tuple[Company, ...]


def note_history(house: House, seen: Look, since: datetime) -> None:
    """Add what this pass saw. While the mail could not be read completely nothing is concluded, and nothing added."""
    picture, history, account = seen.picture, house.ledger.history, house.account
    if not picture.mail_complete:
        return
    tombstones = house.ledger.privacy.tombstones(account)
    ended = tuple(one for one in past_agreements(seen.agreements, picture) if not tombstones.cover_address(one.address))
    days = contact_days(picture, ended, history.known(account))
    all_read = picture.agenda.trusted or not picture.agenda.configured
    history.remember(account, ended, since=since, now=picture.now, all_read=all_read)
    history.count(account, (day for day in days if not tombstones.cover_address(day.address)))


def trust_in(
    ledger: Ledger,
    owner: Owner,
    now: datetime,
    others: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> Trust:
    """All that the ledger remembers, by person and company, as it stands at `now` (aware).

    `others` are addresses with their names that are to be listed though nothing is remembered of them.
    """
    account = owner.address
    agreements, days = ledger.history.agreements(account), ledger.history.days(account)
    names = _names(agreements, days)
    for address, given in others.items():
        names[address] += given
    listed = {address: given for address, given in names.items() if not owner.is_me(address)}
    found = relations(people(listed, ledger.cards.all(account)), agreements, days, now)
    return Trust(found, companies(found))


def _names(agreements: Iterable[PastAgreement], days: Iterable[ContactDay]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    told = [*((one.address, one.name) for one in agreements), *((one.address, one.name) for one in days)]
    for address, name in told:
        names[address].append(name)
    return names
