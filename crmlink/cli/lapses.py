"""`crmlink lapses`: what the ledger remembers of lapses, and the owner's own word on them."""

from __future__ import annotations

from functools import partial

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.accounts import Account
from crmlink.app.config.settings import Settings
from crmlink.cli.in_turn import Ended, in_turn
from crmlink.cli.session import accounts_in, settings_of
from crmlink.cli.show_lapse import show_lapse, show_line
from crmlink.drafts.compose import MOST_EDITIONS
from crmlink.ledger.open import open_ledger
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.store import Ledger
from crmlink.model.draft import DraftState, StoredDraft
from crmlink.model.errors import UsageError
from crmlink.model.ids import LapseId

SHORTEST = 3
"""Characters of an identifier that are enough when no other begins with them."""


@click.group("lapses")
def command() -> None:
    """List, show, dismiss or reopen lapses. An ID may be shortened to its first three or more characters."""


@command.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Those that were sent, repaired or dismissed, too.")
@click.pass_context
def list_(ctx: click.Context, *, closed_too: bool) -> None:
    """List the lapses of the last passes, with the decision on each or what became of its draft."""

    def one(account: Account) -> Ended:
        settings = account.settings
        with open_ledger(settings.database, read_only=True) as ledger:
            records = ledger.lapses.all(account.address)
            drafts = {one.draft.lapse: one for one in ledger.drafts.all(account.address)}
        shown = [one for one in records if closed_too or not (one.closed_at or one.dismissed_at)]
        return Ended({}, partial(_show_list, shown, drafts, settings))

    ctx.exit(in_turn(accounts_in(ctx), one))


def _show_list(shown: list[LapseRecord], drafts: dict[LapseId, StoredDraft], settings: Settings) -> None:
    for one in shown:
        show_line(one, drafts.get(one.id), settings.timezone)
    if not shown:
        click.echo("No lapses.")


@command.command("show")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def show(ctx: click.Context, *, lapse_id: str) -> None:
    """Show one lapse: evidence, reason, draft, and what became of it."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=True) as ledger:
        one = _find(ledger, settings, lapse_id)
        stored = ledger.drafts.for_lapse(settings.me.address, one.id)
    show_lapse(one, stored, settings, system_clock(settings.timezone)())


@command.command("dismiss")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def dismiss(ctx: click.Context, *, lapse_id: str) -> None:
    """Say no: never a draft about this. One that lies in Drafts untouched goes to Trash with the next scan."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=False) as ledger:
        one = _find(ledger, settings, lapse_id)
        stored = ledger.drafts.for_lapse(settings.me.address, one.id)
        ledger.lapses.dismiss(settings.me.address, one.id, system_clock(settings.timezone)())
    click.echo(f"{one.id} is dismissed. `crmlink lapses reopen {one.id}` takes that back.")
    if stored and stored.state is DraftState.PLACED:
        click.echo("Its draft lies in Drafts; unless you edited it, the next scan moves it to Trash.")


@command.command("reopen")
@click.argument("lapse_id", metavar="ID")
@click.pass_context
def reopen(ctx: click.Context, *, lapse_id: str) -> None:
    """Take a "no" back: that of `dismiss`, and that of a draft you deleted."""
    settings = settings_of(ctx)
    with open_ledger(settings.database, read_only=False) as ledger:
        one = _find(ledger, settings, lapse_id)
        stored = ledger.drafts.for_lapse(settings.me.address, one.id)
        if one.edition >= MOST_EDITIONS - 1:
            raise UsageError(f"{one.id} was reopened {one.edition} times already", hint="write this one yourself")
        ledger.lapses.reopen(settings.me.address, one.id)
    click.echo(f"{one.id} is open again; the next scan decides on it{_with_draft(stored)}.")


def _with_draft(stored: StoredDraft | None) -> str:
    match stored.state if stored else None:
        case DraftState.DISCARDED | DraftState.OVERTAKEN:
            return ", and may place a new draft, once"
        case DraftState.SENT | DraftState.ACCEPTED:
            return "; the letter about it was sent, so there will be no other"
        case DraftState.PLACED | DraftState.EDITED:
            return "; the draft that lies in Drafts stays the only one"
        case _:
            return ""


def _find(ledger: Ledger, settings: Settings, lapse_id: str) -> LapseRecord:
    wanted = lapse_id.lower()
    records = ledger.lapses.all(settings.me.address)
    found = [one for one in records if one.id == wanted]
    if not found and len(wanted) >= SHORTEST:
        found = [one for one in records if one.id.startswith(wanted)]
    if not found:
        raise UsageError(f"There is no lapse {lapse_id}", hint="`crmlink lapses list --all` shows them all")
    if len(found) > 1:
        names = ", ".join(one.id for one in found)
        raise UsageError(f"More than one lapse begins with {lapse_id}", hint=f"give more of it: {names}")
    return found[0]
