"""Fills in the forms of what runs crmlink for good. In: where the program is and whose passwords it needs. Out: text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from crmlink.app.config.accounts import Account
from crmlink.app.config.logins import CalendarAuth, MailAuth
from crmlink.mailbox.location import ImapLocation
from crmlink.sources.calendar_location import CalDavLocation

PYTHON = "3.13"
ONE_ACCOUNT = {"mail_password": "the password of the mailbox"}
_UNSAFE = frozenset("\"'\\%$ \t\n")


def unit(program: str, credentials: Mapping[str, str]) -> str:
    """A unit of the machine. `program` is the absolute path of crmlink, `credentials` name what each secret is.

    Raises:
        ValueError: the path of the program cannot stand in a unit.
    """
    return _filled("crmlink.service.j2", program=_checked(program), credentials=credentials)


def user_unit(program: str) -> str:
    """A unit of one user. Raises as `unit`."""
    return _filled("crmlink-user.service.j2", program=_checked(program))


def containerfile() -> str:
    """How to build a container."""
    return _filled("Containerfile.j2", python=PYTHON)


def credentials_for(accounts: Iterable[Account]) -> dict[str, str]:
    """The secrets that these accounts need, by the name under which systemd hands each over."""
    needed: dict[str, str] = {}
    for one in accounts:
        start, whose = (f"{one.name}__", f" of {one.name}") if one.name else ("", "")
        login = one.settings.login
        if isinstance(login.mail, ImapLocation) and login.mail_auth is MailAuth.PASSWORD:
            needed[f"{start}mail_password"] = f"the password of the mailbox{whose}"
        dav = any(isinstance(place, CalDavLocation) for place in login.calendars)
        if dav and one.settings.calendar_user and login.calendar_auth is CalendarAuth.PASSWORD:
            needed[f"{start}calendar_password"] = f"the password of the calendars{whose}"
        if login.service and login.has_client_secret:
            needed[f"{start}oauth_client_secret"] = f"the client secret of OAuth2{whose}"
    return needed


def _filled(form: str, **values: object) -> str:
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701 -- plain text
    return environment.from_string(files(__package__).joinpath(form).read_text(encoding="utf-8")).render(values)


def _checked(program: str) -> str:
    if not program.startswith("/") or _UNSAFE & set(program):
        raise ValueError(f"{program} cannot stand in a unit; install crmlink under a plain path")
    return program
