"""`crmlink contacts`: whom the ledger knows, what is held on one of them, and how to have them forgotten."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from crmlink.app.clock import system_clock
from crmlink.app.contacts import Held, forget, held, who, with_kept
from crmlink.app.export import export_document
from crmlink.cli.session import print_json, settings_of


@click.group("contacts")
def command() -> None:
    """List people, show, export or forget what is held on one of them."""


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List everybody the ledger holds something on."""
    settings = settings_of(ctx)
    people = held(settings)
    for one in people.values():
        click.echo(f"{_day(one.last, settings.timezone):<10}  {_counts(one):<34}  {_called(one)}")
    if not people:
        click.echo("Nobody is known yet.")


@command.command("show")
@click.argument("words", metavar="WHO")
@click.pass_context
def show(ctx: click.Context, *, words: str) -> None:
    """Show what is held on one person. WHO is an address, or words of a name."""
    settings = settings_of(ctx)
    one, zone = who(settings, words), settings.timezone
    click.echo(f"{_called(one)}\n{_counts(one)}, last on {_day(one.last, zone)}")
    for lapse in one.lapses:
        fate = "dismissed" if lapse.dismissed_at else "closed" if lapse.closed_at else lapse.decision.value
        click.echo(f"  {_day(lapse.happened_at, zone)}  {lapse.kind:<10} {fate:<9} {lapse.id}  {lapse.subject}")
    for draft in one.drafts:
        click.echo(f"  {_day(draft.created_at, zone)}  draft      {draft.state:<9} {draft.draft.subject}")
    for meeting in one.meetings:
        event = meeting.event
        begin = event.start if event.all_day or not isinstance(event.start, datetime) else event.start.astimezone(zone)
        click.echo(f"  {begin:%Y-%m-%d}  meeting    {event.status:<9} {event.title}")


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
    click.echo(f"Erased: {_said(erased.lapses, erased.drafts, erased.meetings)}.")


def _called(one: Held) -> str:
    name = f"{one.name} <{one.address}>" if one.name else one.address
    return f"{name}, {one.company}" if one.company else name


def _counts(one: Held) -> str:
    return _said(len(one.lapses), len(one.drafts), len(one.meetings))


def _said(lapses: int, drafts: int, meetings: int) -> str:
    return f"{lapses} lapse(s), {drafts} draft(s), {meetings} meeting(s)"


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}" if moment else "never"
