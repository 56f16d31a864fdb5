"""`crmlink login`: logs in with Google or Microsoft, once; after that crmlink renews the login by itself."""

from __future__ import annotations

import os
import sys

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.settings import Settings
from crmlink.app.oauth.open_login import provider_of, vault_of
from crmlink.cli.session import settings_of
from crmlink.model.errors import UsageError


@click.command("login")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Google: the port the browser comes back to.")
@click.option("--browser/--no-browser", default=None, help="Google: open a browser here, or only show the address.")
@click.pass_context
def command(ctx: click.Context, *, port: int, browser: bool | None) -> None:
    """Log in with Google or Microsoft (MAIL_AUTH, CALENDAR_AUTH), and keep the login for the other commands.

    Only you can read what is kept. Call it again when a command says so.
    """
    log_in(settings_of(ctx), port=port, browser=browser)
    click.echo("Next: crmlink check")


def log_in(settings: Settings, *, port: int = 0, browser: bool | None = None) -> None:
    """Ask the owner to log in, and keep the tokens. Raises UsageError where passwords are used."""
    provider = provider_of(settings, port=port, browser=has_screen() if browser is None else browser)
    if provider is None:
        raise UsageError(
            "you log in by password, so there is nothing to do here",
            hint="set CRMLINK_MAIL_AUTH to google or microsoft to log in with them",
        )
    vault = vault_of(settings)
    tokens = provider.log_in(click.echo, system_clock())
    with vault.alone():
        vault.keep(tokens)
    click.echo(f"Logged in with {provider.name}.")


def has_screen() -> bool:
    """Whether a browser that is opened here can be seen."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
