"""`crmlink export`: lapses with their outcome, or contacts, for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from crmlink.app.config.settings import Settings
from crmlink.app.people.contacts import held
from crmlink.app.people.export_lapses import as_csv, as_json_lines, lapse_rows
from crmlink.app.people.vcards import Card, VCardVersion, vcards
from crmlink.app.write_file import write_private
from crmlink.cli.session import parse_day, settings_of
from crmlink.ledger.open import open_ledger
from crmlink.model.contact import Contact


@click.command("export")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl", "vcard"]),
    default="csv",
    show_default=True,
    help="Lapses as a table or as JSON lines, or contacts as vCards.",
)
@click.option("--since", metavar="DATE", help="Only what happened since that day.")
@click.option(
    "--vcard",
    "version",
    type=click.Choice([one.value for one in VCardVersion]),
    default="4",
    show_default=True,
    help="The version of a vCard.",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
@click.pass_context
def command(ctx: click.Context, *, kind: str, since: str | None, version: str, file: Path | None) -> None:
    """Write lapses with their outcome (csv, jsonl) or contacts (vcard) to FILE (mode 0600), or to stdout.

    Only the ledger is read. What was forgotten, or erased after RETENTION_DAYS, is not in it.
    """
    settings = settings_of(ctx)
    text = _contacts(settings, since, VCardVersion(version)) if kind == "vcard" else _lapses(settings, since, kind)
    if file is None or str(file) == "-":
        click.echo(text, nl=False)
    else:
        write_private(file, text)


def _lapses(settings: Settings, since: str | None, kind: str) -> str:
    begin = parse_day(since, settings.timezone) if since else None
    with open_ledger(settings.database, read_only=True) as ledger:
        rows = list(lapse_rows(ledger, settings.me.address, since=begin, zone=settings.timezone))
    return as_csv(rows) if kind == "csv" else as_json_lines(rows)


def _contacts(settings: Settings, since: str | None, version: VCardVersion) -> str:
    begin = parse_day(since, settings.timezone) if since else None
    people = held(settings).values()
    cards = (Card(Contact(one.name, one.address, one.company or None), one.last) for one in people)
    kept = (card for card in cards if begin is None or (card.last and card.last >= begin))
    return vcards(kept, version, language=settings.language)
