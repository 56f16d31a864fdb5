"""From settings to the doors of the outside: mailbox, Drafts folder, calendars. None is opened before it is used."""

from __future__ import annotations

from urllib.parse import urlsplit

from crmlink.app.config.logins import CalendarAuth, MailAuth, takes_token
from crmlink.app.config.settings import Settings
from crmlink.app.oauth.open_login import tokens_of
from crmlink.mailbox.folders import FolderNames
from crmlink.mailbox.imap import ImapAccess, ImapDoor, LentDoor
from crmlink.mailbox.location import ImapLocation
from crmlink.mailbox.proof import TokenSource
from crmlink.sources.address_book import AddressBook, open_address_book
from crmlink.sources.calendar_location import CalDavLocation, CalendarLocation
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.imap import ImapMailSource
from crmlink.sources.open_calendar import open_calendars
from crmlink.sources.open_mail import open_mail
from crmlink.sources.port import CalendarSource, MailSource
from crmlink.writer.imap import ImapDraftWriter
from crmlink.writer.open_writer import open_writer
from crmlink.writer.port import DraftWriter


def access_of(settings: Settings) -> ImapAccess | None:
    """How to open the mailbox over IMAP; None for one on disk. Raises SettingsError for a password IMAP cannot say."""
    if not isinstance(settings.mail, ImapLocation):
        return None
    password = settings.mail_password.get_secret_value()
    return ImapAccess(settings.mail, password, _names(settings), settings.ca_file, token=_mail_token(settings))


def mail_of(settings: Settings, door: ImapDoor | None = None) -> MailSource:
    """The mailbox to read, through this door if there is one. Raises as `access_of`."""
    if door is not None:
        return ImapMailSource(LentDoor(door))
    password = settings.mail_password.get_secret_value()
    token = _mail_token(settings)
    return open_mail(settings.mail, password, names=_names(settings), ca_file=settings.ca_file, token=token)


def writer_of(settings: Settings, door: ImapDoor | None = None) -> DraftWriter:
    """The Drafts folder to write to, through this door if there is one. Raises as `access_of`."""
    if door is not None:
        return ImapDraftWriter(LentDoor(door))
    password = settings.mail_password.get_secret_value()
    token = _mail_token(settings)
    return open_writer(settings.mail, password, names=_names(settings), ca_file=settings.ca_file, token=token)


def calendars_of(settings: Settings) -> tuple[CalendarSource, ...]:
    """The calendars to read, in the order of the setting."""
    password = settings.calendar_password.get_secret_value()
    token = tokens_of(settings) if settings.calendar_auth is not CalendarAuth.PASSWORD else None
    login = CalendarLogin(settings.calendar_user, password, settings.ca_file, token, takes_token)
    return open_calendars(settings.calendar, login)


def _mail_token(settings: Settings) -> TokenSource | None:
    return tokens_of(settings) if settings.mail_auth is not MailAuth.PASSWORD else None


def contacts_of(settings: Settings) -> AddressBook | None:
    """The address book, None without one. The calendar's login is said only to the calendar's own server."""
    if settings.contacts is None:
        return None
    login = CalendarLogin(settings.contacts_user, settings.contacts_password.get_secret_value(), settings.ca_file)
    if not login.user and _host_of(settings.contacts) in {_host_of(one) for one in settings.calendar} - {""}:
        password = settings.calendar_password.get_secret_value()
        login = CalendarLogin(settings.calendar_user, password, settings.ca_file)
    return open_address_book(settings.contacts, login)


def _host_of(location: CalendarLocation) -> str:
    """Scheme, host and port of a DAV server, "" for what is none."""
    return urlsplit(location.url)._replace(path="", query="").geturl() if isinstance(location, CalDavLocation) else ""


def _names(settings: Settings) -> FolderNames:
    return FolderNames(settings.drafts_folder or None, settings.sent_folder or None)
