"""`crmlink report`: trust over time, as one page for the browser or in the terminal. Reads the ledger only."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.settings import Settings
from crmlink.app.people.report import Report, report_of
from crmlink.app.people.report_words import LANGUAGES
from crmlink.app.people.trust import trust_in
from crmlink.cli.session import settings_of
from crmlink.ledger.open import open_ledger
from crmlink.model.errors import UsageError


@click.command("report")
@click.option("--html", "page", metavar="FILE", help="Write one self-contained page; - is standard output.")
@click.option("--text", "as_text", is_flag=True, help="Show it in the terminal (also without any option).")
@click.option("--language", type=click.Choice(LANGUAGES), help="Its language; by itself that of LANGUAGE.")
@click.pass_context
def command(ctx: click.Context, *, page: str | None, as_text: bool, language: str | None) -> None:
    """Show what you kept, broke and made good, with whom, over the months. Connects to nothing."""
    settings = settings_of(ctx)
    report = _gather(settings)
    chosen = language or (settings.language if settings.language in LANGUAGES else "en")
    if page is not None:
        from crmlink.app.people.report_page import render_page  # noqa: PLC0415 -- jinja is slow to import

        _write(page, render_page(report, chosen))
    if as_text or page is None:
        from crmlink.cli.show_report import show_report  # noqa: PLC0415 -- so is rich

        show_report(report, chosen)


def _gather(settings: Settings) -> Report:
    now = system_clock(settings.timezone)()
    with open_ledger(settings.database, read_only=True) as ledger:
        return report_of(ledger, trust_in(ledger, settings.me, now), settings.me, now)


def _write(name: str, text: str) -> None:
    """Write it whole or not at all, readable by the owner alone: it names people."""
    if name == "-":
        click.echo(text, nl=False)
        return
    path = Path(name)
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise UsageError(f"{name} cannot be written: {error.strerror or error}", hint="name another file") from error
    click.echo(f"Written to {path}.")
