"""`crmlink daemon`: scan for ever."""

from __future__ import annotations

import os
import time

import click

from crmlink.app.clock import system_clock
from crmlink.app.daemon import Daemon
from crmlink.app.log import configure
from crmlink.cli.main import Call
from crmlink.cli.session import settings_of


@click.command("daemon")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Scan now, and then every SCAN_EVERY_MINUTES, until stopped (SIGTERM)."""
    settings = settings_of(ctx)
    call = ctx.find_object(Call)
    configure(as_json="JOURNAL_STREAM" in os.environ, verbose=bool(call and call.verbose))
    Daemon(settings, system_clock(settings.timezone), time.sleep).run()
