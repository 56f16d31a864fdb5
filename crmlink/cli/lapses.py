"""`crmlink lapses`: what the ledger remembers of lapses, and the owner's own word on them."""

from __future__ import annotations

import click

from crmlink.app.clock import system_clock
from crmlink.app.settings import Settings
from crmlink.cli.session import settings_of
from crmlink.ledger.open import open_ledger
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.store import Ledger
from crmlink.model.errors import UsageError
from crmlink.model.ids import LapseId


@click.group("lapses")
def command() -> None:
    """List, show, dismiss or reopen lapses."""


@command.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Those that were repaired or dismissed, too.")
@click.pass_context
def list_(ctx: click.Context, *, closed_too: bool) -> None:
    """List the lapses of the last passes, with the decision on each."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=True) as ledger:
        records = ledger.lapses.all(settings.me.address)
    shown = [one for one in records if closed_too or not (one.closed_at or one.dismissed_at)]
    for one in shown:
        who = one.contact.name or one.contact.address
        click.echo(
            f"{one.id}  {one.happened_at.astimezone(settings.timezone):%Y-%m-%d}  {one.kind:<10} {_state(one):<9} {who}: {one.subject}"
        )
    if not shown:
        click.echo("No lapses.")


@command.command("show")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def show(ctx: click.Context, *, lapse_id: str) -> None:
    """Show one lapse: evidence, reason, draft."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=True) as ledger:
        one = _find(ledger, settings, lapse_id)
        stored = ledger.drafts.for_lapse(settings.me.address, one.id)
    click.echo(
        f"{one.kind}, fault {one.fault}, {one.confidence:.0%} sure, {one.happened_at.astimezone(settings.timezone):%Y-%m-%d %H:%M}"
    )
    click.echo(f"{one.contact.name} <{one.contact.address}>: {one.subject}")
    for evidence in one.evidence:
        click.echo(f"  {evidence.rule} ({evidence.source} {evidence.ref}): “{evidence.quote}”")
    click.echo(f"{_state(one)}: {one.reason}")
    if stored:
        error = f" ({stored.error})" if stored.error else ""
        click.echo(
            f"\nDraft {stored.draft.message_id}, {stored.state}{error}\nTo: {', '.join(to.address for to in stored.draft.to)}\n"
        )
        click.echo(f"Subject: {stored.draft.subject}\n\n{stored.draft.body}")


@command.command("dismiss")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def dismiss(ctx: click.Context, *, lapse_id: str) -> None:
    """Say no: never a draft about this."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=False) as ledger:
        one = _find(ledger, settings, lapse_id)
        ledger.lapses.dismiss(settings.me.address, one.id, system_clock(settings.timezone)())
    click.echo(f"{one.id} is dismissed. `crmlink lapses reopen {one.id}` takes that back.")


@command.command("reopen")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def reopen(ctx: click.Context, *, lapse_id: str) -> None:
    """Take a "no" back."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=False) as ledger:
        one = _find(ledger, settings, lapse_id)
        ledger.lapses.reopen(settings.me.address, one.id)
    click.echo(f"{one.id} is open again; the next scan decides on it.")


def _find(ledger: Ledger, settings: Settings, lapse_id: str) -> LapseRecord:
    one = ledger.lapses.get(settings.me.address, LapseId(lapse_id.lower()))
    if one is None:
        raise UsageError(f"There is no lapse {lapse_id}", hint="`crmlink lapses list --all` shows them all")
    return one


def _state(one: LapseRecord) -> str:
    if one.dismissed_at:
        return "dismissed"
    return "closed" if one.closed_at else one.decision.value
