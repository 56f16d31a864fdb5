"""Asks the DNS what a domain says of its own mail and calendars. Waits seconds, never minutes.

A domain that says nothing gives nothing; a DNS that does not answer raises, so that nobody waits for it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dns.resolver import Resolver

LIFETIME: Final = 3.0
"""Seconds for one question."""
_MOST: Final = 10


class NoAnswerError(Exception):
    """The DNS does not answer, or there is none."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service record (RFC 2782)."""

    priority: int
    host: str
    port: int


class Dns:
    """The machine's DNS, or another server (host and port)."""

    def __init__(self, server: tuple[str, int] | None = None, *, lifetime: float = LIFETIME) -> None:
        self._server = server
        self._lifetime = lifetime

    def exchangers(self, domain: str) -> list[str]:
        """The hosts that take the mail of this domain, the preferred one first. Raises NoAnswerError."""
        found = sorted(self._ask(domain, "MX"), key=lambda one: one.preference)
        return [_name(one.exchange) for one in found]

    def services(self, name: str) -> list[Service]:
        """The hosts of a service, the preferred one first; none when it is said not to exist. Raises NoAnswerError."""
        found = sorted(self._ask(name, "SRV"), key=lambda one: (one.priority, -one.weight))
        services = (Service(one.priority, _name(one.target), one.port) for one in found)
        return [one for one in services if one.host]

    def path(self, name: str) -> str:
        """The path that stands beside a service (RFC 6764 section 4), "" when there is none. Raises NoAnswerError."""
        texts = ("".join(part.decode("ascii", "replace") for part in one.strings) for one in self._ask(name, "TXT"))
        return next((text.removeprefix("path=") for text in texts if text.startswith("path=/")), "")

    def _ask(self, name: str, kind: str) -> list[Any]:
        # The library takes a while to load, and only one command uses it.
        from dns.exception import DNSException  # noqa: PLC0415
        from dns.resolver import NXDOMAIN, NoAnswer  # noqa: PLC0415

        try:
            return list(self._resolver().resolve(f"{name}.", kind, search=False))[:_MOST]
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError, ValueError) as error:
            raise NoAnswerError from error

    def _resolver(self) -> Resolver:
        from dns.resolver import Resolver  # noqa: PLC0415

        resolver = Resolver(configure=self._server is None)
        if self._server is not None:
            resolver.nameservers, resolver.port = [self._server[0]], self._server[1]
        resolver.timeout = resolver.lifetime = self._lifetime
        return resolver


def _name(name: Any) -> str:
    """A host name in lower case, "" for the root, which means "not here"."""
    return str(name).rstrip(".").lower()
