"""Finds where the mail and calendars of an address are: the table of providers, else what its own domain publishes.

That is its mail exchangers and service records in the DNS (RFC 6186, RFC 6764) and its autoconfiguration file over TLS.
Nobody else is asked, no host name is guessed, and what was found is only a proposal: the DNS can be forged, so the owner
looks at the host before a password is said to it (RFC 6186 section 6). Where nobody answers, nothing is found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from crmlink.app.setup.autoconfig import imap_server
from crmlink.app.setup.dns import Dns, NoAnswerError, Service
from crmlink.app.setup.providers import Provider, provider_of
from crmlink.mailbox.location import parse_location
from crmlink.sources.calendar_location import parse_calendars

Fetch = Callable[[str], bytes | None]
"""The bytes at an https address, None when there are none."""

# Names that are nobody's (RFC 2606, RFC 6761, RFC 6762).
_NOBODYS: Final = (".example", ".invalid", ".test", ".localhost", ".local")
_SECURITY: Final = {"_imaps._tcp": "imaps", "_imap._tcp": "imap+starttls"}
_AUTOCONFIG: Final = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is proposed for an address: "" where nothing is known. `how` says where it comes from."""

    mail: str = ""
    calendar: str = ""
    provider: Provider | None = None
    how: str = ""


def find_servers(address: str, dns: Dns | None, fetch: Fetch) -> Found:
    """What is known about this address; without `dns` only the table is looked at."""
    domain = address.rpartition("@")[2].lower()
    provider = provider_of(domain)
    if provider is not None:
        return Found(provider.mail_of(address), provider.calendar_of(address), provider, "known by the address")
    if dns is None or domain.endswith(_NOBODYS) or "." not in domain:
        return Found()
    try:
        provider = provider_of(domain, dns.exchangers(domain))
        if provider is not None:
            how = f"mail for {domain} is delivered there"
            return Found(provider.mail_of(address), provider.calendar_of(address), provider, how)
        mail, calendar = _mail_service(dns, domain, address), _calendar_service(dns, domain)
    except NoAnswerError:
        return Found()
    if mail:
        return Found(mail, calendar, None, f"{domain} says so in the DNS")
    mail = _configured(fetch, domain, address)
    return Found(mail, calendar, None, f"{domain} publishes it" if mail or calendar else "")


def _mail_service(dns: Dns, domain: str, address: str) -> str:
    """The best of both records: TLS from the start counts as much as STARTTLS (RFC 6186 section 3.4), unless equal."""
    found = [(service, scheme) for name, scheme in _SECURITY.items() for service in dns.services(f"{name}.{domain}")]
    for service, scheme in sorted(found, key=lambda one: one[0].priority):
        url = f"{scheme}://{quote(address, safe='@')}@{service.host}:{service.port}"
        if _is_good(parse_location, url):
            return url.removesuffix(":993" if scheme == "imaps" else ":143")
    return ""


def _calendar_service(dns: Dns, domain: str) -> str:
    name = f"_caldavs._tcp.{domain}"
    for service in dns.services(name):
        url = f"https://{service.host}{_port(service)}{dns.path(name) or '/.well-known/caldav'}"
        if _is_good(parse_calendars, url):
            return url
    return ""


def _configured(fetch: Fetch, domain: str, address: str) -> str:
    for place in _AUTOCONFIG:
        url = imap_server(fetch(place.format(domain=domain)) or b"", address)
        if url and _is_good(parse_location, url):
            return url
    return ""


def _port(service: Service) -> str:
    return "" if service.port == 443 else f":{service.port}"  # noqa: PLR2004 - the port of https


def _is_good(parse: Callable[[str], object], url: str) -> bool:
    try:
        parse(url)
    except ValueError:
        return False
    return "," not in url
