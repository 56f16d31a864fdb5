"""`crmlink daemon`: scan for ever."""

from __future__ import annotations

import os
import secrets

import click

from crmlink.app.clock import awake_clock, steady_clock, system_clock
from crmlink.app.log import configure
from crmlink.app.service.account_service import Machine
from crmlink.app.service.daemon import Daemon, wait_on
from crmlink.app.service.observers import observer_of
from crmlink.cli.main import Call
from crmlink.cli.session import accounts_here


@click.command("daemon")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Scan now, when mail arrives and every SCAN_EVERY_MINUTES, until stopped (SIGTERM). SIGHUP reads the settings anew."""
    call = ctx.find_object(Call)
    configure(as_json="JOURNAL_STREAM" in os.environ, verbose=bool(call and call.verbose))
    machine = Machine(system_clock(), steady_clock(), secrets.SystemRandom().random, wait_on)
    accounts = accounts_here(call)
    observer = observer_of(accounts, os.environ, system_clock(accounts[0].settings.timezone), awake_clock())
    Daemon(lambda: accounts_here(call), machine, observer).run()
