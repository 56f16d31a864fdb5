"""From settings to the provider and the place of the tokens. Nothing is asked or read before it is used."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from crmlink.app.clock import system_clock
from crmlink.app.config.logins import CalendarAuth, MailAuth
from crmlink.app.config.settings import Settings
from crmlink.app.oauth.google import CALENDAR_SCOPE, MAIL_SCOPE, Google
from crmlink.app.oauth.keeper import Keeper
from crmlink.app.oauth.microsoft import Microsoft
from crmlink.app.oauth.vault import Vault, place_for
from crmlink.ledger.open import sqlite_path
from crmlink.mailbox.location import ImapLocation
from crmlink.model.ids import digest


def tokens_of(settings: Settings) -> Keeper:
    """What gives the access tokens for these settings, by the real time: a replay of the past needs a login of today."""
    provider = provider_of(settings)
    assert provider is not None, "asked for tokens where passwords are used"
    return Keeper(vault_of(settings), provider, system_clock())


def provider_of(settings: Settings, *, port: int = 0, browser: bool = True) -> Google | Microsoft | None:
    """Whom to log in with, None where passwords are used. `port` and `browser` are for Google's way of logging in."""
    if settings.login.service is MailAuth.MICROSOFT:
        return Microsoft(settings.oauth_client_id, settings.oauth_tenant)
    if settings.login.service is MailAuth.GOOGLE:
        scopes = [MAIL_SCOPE] if settings.mail_auth is MailAuth.GOOGLE else []
        scopes += [CALENDAR_SCOPE] if settings.calendar_auth is CalendarAuth.GOOGLE else []
        secret = settings.oauth_client_secret.get_secret_value()
        return Google(settings.oauth_client_id, secret, tuple(scopes), _user(settings), port, browser)
    return None


def vault_of(settings: Settings) -> Vault:
    """Where the tokens of these settings are kept: beside a ledger in a file, else in the user's own directory.

    Every address and provider has its own: a ledger may serve several.
    """
    name = digest(settings.login.service or "", _user(settings), settings.oauth_client_id)[:16]
    ledger = sqlite_path(settings.database)
    beside = ledger or Path(platformdirs.user_state_dir("crmlink")) / "ledger.db"
    path = beside.with_name(f"{beside.name}.login-{name}")
    return Vault(place_for(path, name), path.with_name(f"{path.name}.lock"))


def _user(settings: Settings) -> str:
    return settings.mail.user if isinstance(settings.mail, ImapLocation) else settings.me.address
