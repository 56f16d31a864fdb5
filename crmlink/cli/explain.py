"""`crmlink explain`: what crmlink reads in a message, with the words that made it so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from crmlink.app.config import setting_values as values
from crmlink.app.config.env_file import find_env_file
from crmlink.app.config.load_settings import collect
from crmlink.app.config.settings import Settings
from crmlink.app.documents import explain_document
from crmlink.app.explain import explain, mail_files
from crmlink.cli.main import Call
from crmlink.cli.session import print_json
from crmlink.model.contact import Owner
from crmlink.model.errors import SettingsError, UsageError
from crmlink.model.workdays import WorkingCalendar


@click.command("explain")
@click.argument("place", metavar="FILE|DIR|-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.option(
    "--me",
    metavar="ADDR",
    help="Whose mailbox it is, as Name <address>. Default: the setting ME, else the first recipient.",
)
@click.pass_context
def command(ctx: click.Context, *, place: str, as_json: bool, me: str | None) -> None:
    """Show what crmlink reads in a message: language, requests, promises, meeting act, dates, and what it left alone.

    A directory is read recursively (*.eml), in name order.
    """
    call = ctx.find_object(Call)
    given = collect(os.environ, env_file=(call.env_file if call else None) or find_env_file(Path.cwd()))
    owner, calendar, language = _reading_settings(given, me)
    explained = explain(mail_files(place), owner, calendar, language)
    if as_json:
        read = ((one.source, one.message, one.reading) for one in explained if one.message and one.reading)
        print_json(explain_document(read, calendar.zone))
        return
    from crmlink.cli.show_reading import show_reading  # noqa: PLC0415 -- rich is slow to import, and not wanted for JSON

    for one in explained:
        show_reading(one)


def _reading_settings(given: Mapping[str, str], me: str | None) -> tuple[Owner | None, WorkingCalendar, str]:
    """Owner, working days and language from as much of the settings as there is; the logins need not be there."""
    fields = Settings.model_fields
    try:
        zone = values.parse_zone(given.get("timezone") or str(fields["timezone"].default))
        country = values.parse_country(given.get("country", str(fields["country"].default)))
        owner = values.parse_owner(given["me"]) if given.get("me") and not me else _owner(me)
    except ValueError as error:
        raise SettingsError((f"a setting {error}",), hint="`crmlink check` names it") from error
    return owner, WorkingCalendar(zone, country), given.get("language") or str(fields["language"].default)


def _owner(me: str | None) -> Owner | None:
    try:
        return values.parse_owner(me) if me else None
    except ValueError as error:
        raise UsageError(f"--me {me!r} {error}", hint="write it as --me 'Name <address>'") from error
