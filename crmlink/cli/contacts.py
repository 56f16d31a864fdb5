"""`crmlink contacts`: whom the ledger knows, what is held on one of them, and how to have them forgotten."""

from __future__ import annotations

import click

from crmlink.app.clock import system_clock
from crmlink.app.people.circle import circle, circle_document
from crmlink.app.people.contacts import Held, forget, who, with_kept
from crmlink.app.people.export import export_document
from crmlink.cli.session import print_json, settings_of
from crmlink.cli.show_contact import counts, show_known, show_list


@click.group("contacts")
def command() -> None:
    """List people, show, export or forget what is held on one of them."""


@command.command("list")
@click.option("--companies", is_flag=True, help="Companies instead of people.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.pass_context
def list_(ctx: click.Context, *, companies: bool, as_json: bool) -> None:
    """List everybody the ledger holds something on, those who need attention first."""
    settings = settings_of(ctx)
    now = system_clock(settings.timezone)()
    known = circle(settings, now)
    listed = known.companies if companies else known.people
    if as_json:
        print_json(circle_document(listed, now, companies=companies))
        return
    show_list(listed, now)
    if not listed:
        click.echo("No company is known yet." if companies else "Nobody is known yet.")


@command.command("show")
@click.argument("words", metavar="WHO")
@click.pass_context
def show(ctx: click.Context, *, words: str) -> None:
    """Show what is held on one person or company, and what was kept and broken over the months.

    WHO is an address, words of a name, or the domain of a company.
    """
    settings = settings_of(ctx)
    now = system_clock(settings.timezone)()
    show_known(circle(settings, now).find(words), now)


@command.command("export")
@click.argument("words", metavar="WHO")
@click.pass_context
def export(ctx: click.Context, *, words: str) -> None:
    """Print everything that is held on one person, as JSON (schema 1)."""
    settings = settings_of(ctx)
    one = with_kept(settings, who(settings, words))
    print_json(export_document(one, system_clock(settings.timezone)()))


@command.command("forget")
@click.argument("words", metavar="WHO")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def forget_(ctx: click.Context, *, words: str, yes: bool) -> None:
    """Erase everything that is held on one person, for good.

    Mail, drafts and calendars themselves are yours and stay as they are. What the erased rows were about is never drafted
    on again, also while the mail still lies in the mailbox. Undoing it is not possible.
    """
    settings = settings_of(ctx)
    one = who(settings, words)
    if not yes:
        click.confirm(f"Erase {_counts(one)} held on {_called(one)}?", abort=True)
    erased = forget(settings, one.address)
    click.echo(f"Erased: {counts(erased.lapses, erased.drafts, erased.meetings)}.")


def _called(one: Held) -> str:
    name = f"{one.name} <{one.address}>" if one.name else one.address
    return f"{name}, {one.company}" if one.company else name


def _counts(one: Held) -> str:
    return counts(len(one.lapses), len(one.drafts), len(one.meetings))
