"""`crmlink check`: one line for each part of the set-up, with the remedy."""

from __future__ import annotations

import click

from crmlink.app.clock import system_clock
from crmlink.app.doctor import examine
from crmlink.cli.session import settings_of


@click.command("check")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Try settings, ledger, templates, mailbox and calendars, and say what to mend. Writes no mail.

    Exit code: 0 when all is well, else that of the first thing that is not.
    """
    settings = settings_of(ctx)
    code = 0
    for finding in examine(settings, system_clock(settings.timezone)()):
        mark = click.style("ok  ", fg="green") if finding.well else click.style("FAIL", fg="red")
        click.echo(f"{mark} {finding.part:<10} {finding.message}")
        if finding.remedy and not finding.well:
            click.echo(f"     {'':<10} -> {finding.remedy}")
        if not finding.well and code == 0:
            code = finding.error.exit_code if finding.error else 1
    ctx.exit(code)
