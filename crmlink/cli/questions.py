"""The questions of `crmlink init`: the address first, then only what cannot be known from it.

Every proposal is shown with where it comes from and can be replaced. Out: settings, name in lower case -> text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click

from crmlink.app.config.logins import MailAuth, takes_token
from crmlink.app.config.setting_values import (
    parse_country,
    parse_file,
    parse_language,
    parse_owner,
    parse_tenant,
    parse_zone,
)
from crmlink.app.config.settings import Settings
from crmlink.app.setup.find_servers import Found
from crmlink.app.setup.providers import Provider, named
from crmlink.mailbox.location import MaildirLocation, parse_location
from crmlink.model.contact import Owner
from crmlink.sources.calendar_location import CalDavLocation, parse_calendars

Find = Callable[[str], Found]
"""What is known of a mail address."""

NONE = "none"
_PLACES = {
    MailAuth.GOOGLE: "https://console.cloud.google.com/auth/clients (kind: desktop app; Gmail API and CalDAV API on)",
    MailAuth.MICROSOFT: "https://entra.microsoft.com, App registrations (public client flows allowed; IMAP.AccessAsUser.All)",
}


def ask(find: Find) -> dict[str, str]:
    """Ask everything. Raises click.Abort when the answers end too early."""
    return _Questions(find).all()


@dataclass(slots=True)
class _Questions:
    find: Find

    def all(self) -> dict[str, str]:
        me = _prompt(
            "Your mail address (several: with commas; with your name: Name <address>)", check=parse_owner, default=None
        )
        owner = parse_owner(me)
        if not owner.name:
            name = _prompt("Your name, as it stands below your letters; empty for none", check=_name, default="")
            me = f"{name} <{owner.address}>{''.join(f', {one}' for one in owner.addresses[1:])}" if name else me
        found = self.find(owner.address)
        if found.mail:
            click.echo(f"{found.provider.name if found.provider else 'Mail server'}: {found.how}.")
        elif not found.provider:
            click.echo("Its servers are not known here; the help pages of your provider name them.")
        if found.mail and not found.provider:
            click.echo("See that the host is your provider's before you press Enter: your password goes there.")
        if found.provider and found.provider.know:
            click.echo(found.provider.know)
        auth = _auth(found.provider)
        given = {"me": me, **_mail(owner, found, auth), **_oauth(auth)}
        given |= self._calendar(owner, found, auth, given)
        for name, question, check in (
            ("timezone", "Your time zone", parse_zone),
            ("language", "Language of a draft when the mail does not tell", parse_language),
            ("country", "Your country, for the holidays", parse_country),
        ):
            given[name] = _prompt(question, check=check, default=str(Settings.model_fields[name].default))
        return given

    def _calendar(self, owner: Owner, found: Found, auth: MailAuth, given: dict[str, str]) -> dict[str, str]:
        by_token = auth is MailAuth.GOOGLE
        proposal = found.calendar
        if by_token and found.provider:
            proposal = found.provider.calendar_of(owner.address, by_token=True)
        question = "Your calendars, as https://… or vdir:///path, comma separated, or only the host"
        how = f'"{NONE}" for none' if proposal else "empty for none"
        text = _prompt(f"{question}; {how}", check=_calendar_answer, default=proposal)
        if text.lower() == NONE:
            return {"calendar": ""}
        if text and _is_host(text):
            text = _calendar_at(text, owner.address)
        places = [one.url for one in parse_calendars(text) if isinstance(one, CalDavLocation)]
        by_password = [url for url in places if not (by_token and takes_token(url))]
        said = {"calendar": text, "calendar_auth": "google" if len(by_password) < len(places) else ""}
        if not by_password:
            return said
        theirs = found.provider is not None and text == found.calendar and given["mail"] == found.mail
        same = theirs and auth is MailAuth.PASSWORD
        user = _prompt("The calendar login; empty if it needs none", default=owner.address if same else "")
        if not user:
            return said
        question = f"The calendar password{'; empty for the same as the mailbox' if same else ''}"
        password = click.prompt(question, default="", show_default=False, hide_input=True)
        if not password and same:
            password = given.get("mail_password", "")
        return said | {"calendar_user": user, "calendar_password": password}


def _auth(provider: Provider | None) -> MailAuth:
    """How to log in to the mailbox; asked only where there are two ways."""
    if provider is None or provider.oauth is None:
        return MailAuth.PASSWORD
    if not provider.password:
        click.echo(f"{provider.name} takes no passwords: you log in with OAuth2.")
        return provider.oauth
    ways = click.Choice([MailAuth.PASSWORD.value, provider.oauth.value])
    return MailAuth(click.prompt("Log in with an app password, or with OAuth2", type=ways, default="password"))


def _mail(owner: Owner, found: Found, auth: MailAuth) -> dict[str, str]:
    question = "Your mailbox, as imaps://user@host or maildir:///path, or only the host"
    text = _prompt(question, check=lambda one: parse_location(_mail_at(one, owner)), default=found.mail or None)
    url = _mail_at(text, owner)
    if isinstance(parse_location(url), MaildirLocation):
        return {"mail": url}
    given = {"mail": url}
    if found.provider and found.provider.certificate and url == found.mail:
        given["ca_file"] = _prompt("The file with its certificate", check=parse_file, default=None)
    if auth is not MailAuth.PASSWORD:
        return given | {"mail_auth": auth.value}
    app = found.provider is not None and found.provider.password == "app"  # noqa: S105 - a kind of password
    if app and found.provider:
        click.echo(f"Make an app password for crmlink at {found.provider.page}")
    kind = "The app password" if app else "Its password (an app password where the provider has them)"
    return given | {"mail_password": click.prompt(kind, hide_input=True)}


def _oauth(auth: MailAuth) -> dict[str, str]:
    """The client that the owner registered: crmlink has none of its own, because nothing of it runs elsewhere."""
    if auth is MailAuth.PASSWORD:
        return {}
    click.echo(f"Register crmlink once, as your own client: {_PLACES[auth]}")
    given = {"oauth_client_id": click.prompt("The client ID")}
    if auth is MailAuth.GOOGLE:
        return given | {"oauth_client_secret": click.prompt("The client secret", hide_input=True)}
    tenant = _prompt("The tenant", check=parse_tenant, default=str(Settings.model_fields["oauth_tenant"].default))
    return given | {"oauth_tenant": tenant}


def _calendar_at(host: str, address: str) -> str:
    kind = click.prompt("What runs there", type=click.Choice(["nextcloud", "zimbra", "other"]), default="other")
    if kind == "other":
        return f"https://{host}/.well-known/caldav"  # it knows where its calendars are (RFC 6764 section 5)
    provider = named(kind)
    if provider.password == "app":  # noqa: S105 - a kind of password
        click.echo(f"Make an app password for crmlink at {provider.page.format(host=host)}")
    return provider.calendar_of(address, host)


def _mail_at(text: str, owner: Owner) -> str:
    return f"imaps://{owner.address}@{text}" if _is_host(text) else text


def _calendar_answer(text: str) -> object:
    if text.lower() == NONE:
        return ()
    return parse_calendars(f"https://{text}/" if _is_host(text) else text)


def _is_host(text: str) -> bool:
    return bool(text) and "://" not in text and "/" not in text and "," not in text


def _name(text: str) -> str:
    if any(sign in text for sign in '<>@,"\\'):
        raise ValueError("write only the name")
    return text


def _prompt(question: str, *, check: Callable[[str], object] = str, default: str | None) -> str:
    """The answer, asked again until `check` is content. An empty default is not shown."""

    def content(text: str) -> str:
        try:
            check(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        return text.strip()

    answer: str = click.prompt(question, default=default, show_default=bool(default), value_proc=content)
    return answer
