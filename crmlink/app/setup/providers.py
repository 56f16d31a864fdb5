"""The table of providers (`providers.toml`): which one an address belongs to, and where its mailbox and calendar are.

Known by the address itself, or by where the mail of its domain is delivered. Asks nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import quote

from crmlink.app.config.logins import MailAuth


@dataclass(frozen=True, slots=True)
class Provider:
    """One row; the places are templates. `password` is "app", "own" or "" (takes none)."""

    name: str
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    mail: str = ""
    calendar: str = ""
    password: str = ""
    page: str = ""
    oauth: MailAuth | None = None
    oauth_calendar: str = ""
    certificate: bool = False
    know: str = ""

    def mail_of(self, address: str, host: str = "") -> str:
        """The MAIL setting for this address."""
        return _filled(self.mail, address, host)

    def calendar_of(self, address: str, host: str = "", *, by_token: bool = False) -> str:
        """The CALENDAR setting for this address, "" where there is none for this way to log in."""
        return _filled(self.oauth_calendar if by_token else self.calendar, address, host)


@cache
def providers() -> tuple[Provider, ...]:
    """All rows, in the order of the table."""
    text = resources.files("crmlink.app.setup").joinpath("providers.toml").read_text(encoding="utf-8")
    return tuple(_row(row) for row in tomllib.loads(text)["provider"])


def named(name: str) -> Provider:
    """The row whose name begins so, in any case."""
    return next(one for one in providers() if one.name.lower().startswith(name.lower()))


def provider_of(domain: str, exchangers: Iterable[str] = ()) -> Provider | None:
    """Whose a mail domain is: by its name, else by its mail exchangers (host names), the first one first."""
    own = next((one for one in providers() if domain.lower() in one.domains), None)
    hosts = [host.lower().rstrip(".") for host in exchangers]
    by_host = (one for host in hosts for one in providers() if any(_ends(host, end) for end in one.mx))
    return own or next(by_host, None)


def documentation() -> str:
    """The table for the README, in Markdown."""
    rows = ["| provider | mailbox | calendar | log in with | to know |", "|---|---|---|---|---|"]
    rows += [
        f"| {one.name} | {_server(one.mail)} | {_calendar(one)} | {_login(one)} | {one.know} |" for one in providers()
    ]
    return "\n".join(rows)


def _row(row: dict[str, object]) -> Provider:
    lists = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    oauth = MailAuth(str(row["oauth"])) if "oauth" in row else None
    return Provider(**{**lists, "oauth": oauth})  # type: ignore[arg-type] # the table is ours, and a test reads it all


def _filled(template: str, address: str, host: str) -> str:
    return template.format(address=quote(address, safe="@"), local=quote(address.rpartition("@")[0]), host=host)


def _ends(host: str, end: str) -> bool:
    return host == end or host.endswith(f".{end}")


def _server(mail: str) -> str:
    return f"`{mail.rpartition('@')[2]}`" if mail else ""


def _calendar(one: Provider) -> str:
    place = one.calendar or one.oauth_calendar
    return f"`{place}`" if place else "none"


def _login(one: Provider) -> str:
    made = "app password" if "{host}" in one.page else f"[app password]({one.page})"
    ways = {"app": made, "own": "password"}
    oauth = f"OAuth2 (`MAIL_AUTH={one.oauth}`)" if one.oauth else ""
    return " or ".join(filter(None, (ways.get(one.password), oauth)))
