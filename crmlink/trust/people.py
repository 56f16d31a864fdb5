"""Who is one person, and which company they belong to, over all their addresses.

Two addresses are one person when they bear the same full name at one registered domain, or stand on one card of the
address book. An office (info@, sales@) is nobody's, and free mail is no company: a name there may be anybody's. The
address book's names win over those in mail.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmlink.facts.domains import registrable
from crmlink.facts.people import clean_name, company_of, is_role_address
from crmlink.model.contact import Card


@dataclass(frozen=True, slots=True)
class Person:
    """One person, or one office. `address` is the main one of `addresses`, all in lower case.

    `name` may be empty. `company` is the registered domain, None for free mail; `organisation`, `title` and `nickname`
    are as the address book has them, else "".
    """

    address: str
    addresses: tuple[str, ...]
    name: str = ""
    company: str | None = None
    organisation: str = ""
    title: str = ""
    nickname: str = ""
    office: bool = False

    @property
    def called(self) -> str:
        """What to show: the name, else the address."""
        return self.name or self.address


def company_domain(address: str) -> str | None:
    """The registered domain that stands for a company ("mail.acme.nl" is acme.nl), None for free mail."""
    domain = company_of(address)
    return (registrable(domain) or domain) if domain else None


def people(names: Mapping[str, Iterable[str]], cards: Iterable[Card] = ()) -> tuple[Person, ...]:
    """The people behind these addresses, each with the names it went by (most told wins), in order of address."""
    by_address = {address: card for card in cards for address in card.addresses}
    called = {address: _told(given) for address, given in names.items()}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for address in sorted(names):
        groups[_same_person(address, called[address], by_address.get(address))].append(address)
    found = (_person(addresses, called, by_address) for addresses in groups.values())
    return tuple(sorted(found, key=lambda one: one.address))


def _same_person(address: str, name: str, card: Card | None) -> tuple[str, ...]:
    """What this address has in common with others of the same person, the address itself when nothing."""
    if card is not None:
        return ("card", *sorted(card.addresses))
    company = company_domain(address)
    if company and " " in name and not is_role_address(address):
        return ("name", company, name.casefold())
    return ("address", address)


def _person(addresses: list[str], called: Mapping[str, str], by_address: Mapping[str, Card]) -> Person:
    card = next((by_address[one] for one in addresses if one in by_address), None)
    main = next((one for one in card.addresses if one in addresses), addresses[0]) if card else addresses[0]
    companies = [company_domain(one) for one in (main, *addresses)]
    return Person(
        address=main,
        addresses=tuple(addresses),
        name=(card.name if card else "") or _told(called[one] for one in addresses),
        company=next((one for one in companies if one), None),
        organisation=card.organisation if card else "",
        title=card.title if card else "",
        nickname=card.nickname if card else "",
        office=is_role_address(main) and not (card and card.name),
    )


def _told(names: Iterable[str]) -> str:
    """The name told most, of equals the fullest."""
    told = Counter(clean for name in names if (clean := clean_name(name)))
    return max(told, key=lambda name: (told[name], len(name), name), default="")
