"""How the owner proves to be the owner: by password, or by OAuth2 with Google or Microsoft; and what goes together.

Microsoft has no CalDAV and Google's CalDAV takes no passwords, so mailbox and calendar each have a word of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from crmlink.mailbox.location import ImapLocation, MaildirLocation, is_loopback
from crmlink.sources.calendar_location import CalDavLocation, CalendarLocation

GOOGLE_CALENDARS: Final = ("google.com", "googleusercontent.com")
"""The only hosts, with those below them, whose calendars may be given Google's token."""


class MailAuth(StrEnum):
    """How to log in to the mailbox."""

    PASSWORD = "password"  # noqa: S105 -- a word, no secret
    GOOGLE = "google"
    MICROSOFT = "microsoft"


class CalendarAuth(StrEnum):
    """How to log in to the calendar."""

    PASSWORD = "password"  # noqa: S105 -- a word, no secret
    GOOGLE = "google"


def parse_calendar_auth(text: str) -> str:
    """A way to log in to a calendar. Raises ValueError with what is right instead."""
    if text == MailAuth.MICROSOFT:
        raise ValueError("Microsoft has no CalDAV; publish the calendar in Outlook and set CALENDAR to ics+https://…")
    return text


_MAIL: Final = {
    MailAuth.GOOGLE: ("gmail.com", "googlemail.com", "google.com"),
    MailAuth.MICROSOFT: ("office365.com", "outlook.com", "office365.us", "outlook.cn"),
}


@dataclass(frozen=True, slots=True)
class Login:
    """What the settings say about logging in. Holds no secret, only whether there is one."""

    mail: ImapLocation | MaildirLocation
    calendars: tuple[CalendarLocation, ...]
    mail_auth: MailAuth
    calendar_auth: CalendarAuth
    has_password: bool
    has_client: bool
    has_client_secret: bool

    @property
    def service(self) -> MailAuth | None:
        """Whose tokens are needed, None when all is done by password."""
        if self.mail_auth is not MailAuth.PASSWORD:
            return self.mail_auth
        return MailAuth.GOOGLE if self.calendar_auth is CalendarAuth.GOOGLE else None


def takes_token(url: str) -> bool:
    """Whether a calendar at this address may be given Google's token: Google's own hosts, or this machine."""
    return _is_one_of(urlsplit(url).hostname or "", GOOGLE_CALENDARS)


def contradictions(login: Login, name_of: Callable[[str], str]) -> list[str]:
    """A sentence for each thing about logging in that is missing or cannot go together.

    `name_of` gives the name under which a person knows a setting.
    """
    found: list[str] = []
    by_password = login.mail_auth is MailAuth.PASSWORD
    if isinstance(login.mail, MaildirLocation) and not by_password:
        found.append(f"{name_of('mail_auth')}: a Maildir needs no login; remove it")
    if (
        isinstance(login.mail, ImapLocation)
        and not by_password
        and not _is_one_of(login.mail.host, _MAIL[login.mail_auth])
    ):
        hosts = " or ".join(_MAIL[login.mail_auth])
        found.append(
            f"{name_of('mail_auth')}: a token of {login.mail_auth} is only for hosts of {hosts}; check {name_of('mail')}"
        )
    if isinstance(login.mail, ImapLocation) and by_password and not login.has_password:
        found.append(f"{name_of('mail_password')}: is missing; set it, or {name_of('mail_password_file')}")
    if login.calendar_auth is CalendarAuth.GOOGLE:
        if login.mail_auth is MailAuth.MICROSOFT:
            found.append(
                f"{name_of('calendar_auth')}: one login cannot be with Google and Microsoft; use Google's ICS feed"
            )
        if not any(isinstance(one, CalDavLocation) and takes_token(one.url) for one in login.calendars):
            found.append(
                f"{name_of('calendar_auth')}: google is for Google's own calendars; set {name_of('calendar')} to one"
            )
    if login.service and not login.has_client:
        found.append(
            f"{name_of('oauth_client_id')}: is missing; register crmlink with {login.service} once, see the README"
        )
    if login.service is MailAuth.GOOGLE and not login.has_client_secret:
        found.append(f"{name_of('oauth_client_secret')}: is missing; Google shows it with the client ID")
    return found


def _is_one_of(host: str, owners: tuple[str, ...]) -> bool:
    host = host.lower().rstrip(".")
    return is_loopback(host) or any(host == own or host.endswith(f".{own}") for own in owners)
