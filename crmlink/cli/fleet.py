"""`crmlink fleet`: the mailboxes that workers scan."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmlink.app.clock import system_clock
from crmlink.cli.fleet_session import fleet_settings_of, require_fleet
from crmlink.cli.session import print_json
from crmlink.model.errors import TemporaryError, UsageError

if TYPE_CHECKING:
    from crmlink.fleet.status import FleetStatus

# ruff: noqa: PLC0415 -- what needs the extra is imported only when it is there


@click.group("fleet")
def command() -> None:
    """Add, list, pause and remove the mailboxes that `crmlink worker` scans, and see how the fleet is doing."""


@command.command("key")
@click.argument("file", type=click.Path(path_type=Path))
def key(*, file: Path) -> None:
    """Make a key, and put it into FILE in front of those it holds."""
    require_fleet()
    from crmlink.fleet.keys import write_key

    if write_key(file):
        click.echo(
            f"A new key stands first in {file}. Give it to every worker and start it anew, then run `crmlink fleet reseal`."
        )
    else:
        click.echo(f"{file} holds a new key. Name it in CRMLINK_FLEET_KEY_FILE, on every worker, and keep a copy.")


@command.command("reseal")
@click.pass_context
def reseal(ctx: click.Context) -> None:
    """Seal every mailbox with the newest key; after that the older ones may go."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet

    keys = settings.keys()
    with open_fleet(settings.database) as fleet:
        count = 0
        for mailbox in fleet.mailboxes.all():
            fleet.mailboxes.reseal(mailbox, keys.reseal(mailbox.sealed))
            count += 1
    click.echo(f"Sealed {count} anew.")


@command.command("add")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.pass_context
def add(ctx: click.Context, *, files: tuple[str, ...]) -> None:
    """Add a mailbox from each FILE, written as a `.env`; - reads one from standard input. One that is known is replaced.

    Nothing is added when one of them is wrong.
    """
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet
    from crmlink.fleet.sealing import read_written, seal
    from crmlink.fleet.worker import check_keys

    keys = settings.keys()
    written = [read_written(None, sys.stdin.read()) if name == "-" else read_written(Path(name)) for name in files]
    with open_fleet(settings.database) as fleet:
        check_keys(fleet, keys)
        for one in written:
            new = fleet.mailboxes.add(one.address, one.settings, seal(keys, one), system_clock()())
            click.echo(f"{one.address}: {'added' if new else 'replaced'}")


@command.command("remove")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.option("--erase", is_flag=True, help="Erase from the ledger, too, all that is held of it.")
@click.pass_context
def remove(ctx: click.Context, *, addresses: tuple[str, ...], erase: bool) -> None:
    """Scan these mailboxes no more, and forget their passwords. Without --erase the ledger keeps what it knows."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.alone import alone_with
    from crmlink.fleet.caches import remove_cache_of
    from crmlink.fleet.open import open_fleet

    with open_fleet(settings.database) as fleet:
        for address in (given.lower() for given in addresses):
            with alone_with(fleet.database, address) as alone:
                if not alone:
                    raise TemporaryError(f"{address} is being scanned just now.", hint="Try again in a moment.")
                _known(fleet.mailboxes.remove(address, erase=erase), address)
            remove_cache_of(settings.directory, address)
            click.echo(f"{address}: removed")


@command.command("pause")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.pass_context
def pause(ctx: click.Context, *, addresses: tuple[str, ...]) -> None:
    """Scan these mailboxes no more until they are resumed."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet

    with open_fleet(settings.database) as fleet:
        for address in addresses:
            _known(fleet.mailboxes.pause(address.lower()), address)
            click.echo(f"{address.lower()}: paused")


@command.command("resume")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.pass_context
def resume(ctx: click.Context, *, addresses: tuple[str, ...]) -> None:
    """Scan these mailboxes again, paused ones and those that refused the login; the next worker begins at once."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet

    with open_fleet(settings.database) as fleet:
        for address in addresses:
            _known(fleet.mailboxes.resume(address.lower(), system_clock()()), address)
            click.echo(f"{address.lower()}: active")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List the mailboxes: state, next turn, and what went wrong last."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet

    with open_fleet(settings.database) as fleet:
        for one in fleet.mailboxes.all():
            turn = one.turn
            scanned = one.scanned_at.isoformat(timespec="seconds") if one.scanned_at else None
            due = turn.next_due.isoformat(timespec="seconds")
            if as_json:
                row = {"address": one.address, "state": turn.state.value, "next_due": due, "scanned_at": scanned}
                more = {"failures": turn.failures, "refusals": turn.refusals, "reason": turn.reason}
                click.echo(json.dumps(row | more, ensure_ascii=False))
            else:
                click.echo(
                    f"{one.address}  {turn.state.value}  next {due}  last {scanned or 'never'}  {turn.reason}".rstrip()
                )


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.pass_context
def status(ctx: click.Context, *, as_json: bool) -> None:
    """Show how the fleet is doing: workers, queue, passes of the last hour, stopped mailboxes."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.open import open_fleet
    from crmlink.fleet.status import fleet_status

    with open_fleet(settings.database) as fleet:
        found = fleet_status(fleet, system_clock()())
    if as_json:
        print_json(found.document())
    else:
        _show(found)


def _show(found: FleetStatus) -> None:
    counts = ", ".join(f"{count} {state.value}" for state, count in sorted(found.mailboxes.items())) or "none"
    since = f", the oldest since {found.oldest_due.isoformat(timespec='seconds')}" if found.oldest_due else ""
    click.echo(f"mailboxes: {counts}; the last pass over {found.failing} of them failed")
    click.echo(f"workers:   {found.workers}")
    click.echo(f"passes:    {found.doing} at work, {found.queued} queued, {found.due} due{since}")
    click.echo(f"last hour: {found.done_last_hour} done, {found.failed_last_hour} failed")
    for address, reason in found.stopped.items():
        click.echo(f"stopped:   {address}: {reason}")


def _known(known: bool, address: str) -> None:  # noqa: FBT001 -- reads as a sentence where it is used
    if not known:
        raise UsageError(f"{address} is no mailbox of this fleet", hint="`crmlink fleet list` shows them")
