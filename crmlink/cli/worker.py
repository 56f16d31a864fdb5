"""`crmlink worker`: make the passes of a fleet."""

from __future__ import annotations

import os
import secrets

import click

from crmlink.app.clock import system_clock
from crmlink.app.log import configure
from crmlink.cli.fleet_session import fleet_settings_of
from crmlink.cli.main import Call


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many mailboxes to scan at a time, each in a process of its own.",
)
@click.pass_context
def command(ctx: click.Context, *, concurrency: int) -> None:
    """Scan the mailboxes of the fleet as they fall due, until stopped (SIGTERM). Start as many workers as you like."""
    settings = fleet_settings_of(ctx)
    from crmlink.fleet.worker import Worker  # noqa: PLC0415 -- the extra may be missing, which was told by now

    call = ctx.find_object(Call)
    configure(as_json="JOURNAL_STREAM" in os.environ, verbose=bool(call and call.verbose))
    Worker(settings, settings.keys(), system_clock(), secrets.SystemRandom().uniform, places=concurrency).run()
