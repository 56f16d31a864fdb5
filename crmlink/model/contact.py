"""People: addresses as mail knows them, the owner, and the contact on the other side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox (RFC 5322 section 3.4): display name (may be empty) and addr-spec in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last @, or an empty string."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""

    @property
    def local_part(self) -> str:
        """The part before the last @."""
        return self.address.rpartition("@")[0]


@dataclass(frozen=True, slots=True)
class Owner:
    """The person whose mailbox and calendar are read ("me"). The first address is the main one."""

    name: str
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        """The main address, in lower case."""
        return self.addresses[0]

    @property
    def mailbox(self) -> Address:
        """Name and main address, as they stand in a From header."""
        return Address(self.name, self.address)

    def is_me(self, address: str) -> bool:
        """Whether this addr-spec is one of the owner's (case and a "+tag" aside)."""
        wanted = _without_tag(address.lower())
        return any(wanted == _without_tag(own) for own in self.addresses)


@dataclass(frozen=True, slots=True)
class Contact:
    """The other side of an agreement. `company` is the mail domain, or None for free-mail domains."""

    name: str
    address: str
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the owner's address book (RFC 6350): what its owner wrote goes before what mail shows.

    `addresses` are in lower case, the preferred one first; the texts may be empty.
    """

    name: str
    addresses: tuple[str, ...]
    organisation: str = ""
    title: str = ""
    nickname: str = ""


def _without_tag(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
