"""`crmlink status`: whether the passes succeed, and what waits for a person; from the ledger and the heartbeat alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.accounts import Account
from crmlink.app.service.status import Status, status_of
from crmlink.cli.in_turn import SCHEMA, Ended, in_turn
from crmlink.cli.session import accounts_in


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show whether the passes succeed, and what waits. Connects to nothing.

    Exit code 0: well; 1: no pass succeeded for three intervals, a draft is parked, or the login was refused too often.
    """
    ctx.exit(in_turn(accounts_in(ctx), _standing, as_json=as_json))


def _standing(account: Account) -> Ended:
    zone = account.settings.timezone
    status = status_of(account.settings, system_clock(zone)())
    document = {"schema": SCHEMA, "account": account.address, **_document(status)}
    return Ended(document, partial(_show, status), 0 if status.well else 1)


def _document(status: Status) -> dict[str, Any]:
    beat = status.heartbeat
    failed = {"at": _time(beat.last_failure, status.at), "reason": beat.failure} if beat.last_failure else None
    return {
        "as_of": _time(status.at, status.at),
        "well": status.well,
        "stale": status.stale,
        "stopped": beat.stopped or None,
        "last_success": _time(beat.last_success, status.at),
        "last_failure": failed,
        "backlog": status.backlog,
        "drafts": {"placed": status.placed, "unknown": status.unknown, "parked": status.parked},
        "quarantined": status.quarantined,
    }


def _show(status: Status) -> None:
    beat = status.heartbeat
    click.echo(f"{'last success':<13} {_ago(beat.last_success, status.at)}")
    if beat.last_failure:
        click.echo(f"{'last failure':<13} {_ago(beat.last_failure, status.at)}: {beat.failure}")
    click.echo(f"{'drafts':<13} {status.placed} placed, {status.unknown} unknown, {status.parked} parked")
    click.echo(f"{'backlog':<13} {status.backlog} lapse(s) wait for tomorrow's drafts")
    click.echo(f"{'quarantined':<13} {status.quarantined} item(s) are left alone")
    for trouble, remedy in _troubles(status):
        click.echo(f"{click.style('!', fg='red')} {trouble}\n  -> {remedy}")
    if status.well:
        click.echo(click.style("All is well.", fg="green"))


def _troubles(status: Status) -> Iterator[tuple[str, str]]:
    """What a person must do something about, with the remedy."""
    if status.heartbeat.stopped:
        mend = "mend it (`crmlink check` tries it), then reload or restart the daemon"
        yield f"The daemon has stopped working for this account: {status.heartbeat.stopped}", mend
    if status.stale:
        minutes = int(status.patience.total_seconds() // 60)
        yield f"No pass has succeeded for {minutes} minutes.", "is the daemon running? `crmlink check` tries every part"
    if status.parked:
        yield f"{status.parked} draft(s) could not be placed.", "`crmlink check` says which, and why"


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    minutes = max(0, int((now - moment).total_seconds() // 60))
    spans = ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute"))
    count, unit = next(((count, unit) for count, unit in spans if count), (0, "minute"))
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d %H:%M} ({count} {unit}{'' if count == 1 else 's'} ago)"


def _time(moment: datetime | None, now: datetime) -> str | None:
    return moment.astimezone(now.tzinfo).isoformat(timespec="seconds") if moment else None
