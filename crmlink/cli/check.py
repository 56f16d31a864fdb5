"""`crmlink check`: one line for each part of the set-up, with the remedy."""

from __future__ import annotations

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.accounts import Account
from crmlink.app.setup.doctor import Finding, examine
from crmlink.cli.in_turn import Ended, in_turn
from crmlink.cli.session import accounts_in


@click.command("check")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Try settings, ledger, templates, mailbox and calendars, and say what to mend. Writes no mail.

    Exit code: 0 when all is well but for warnings, else that of the first thing that is not.
    """
    ctx.exit(in_turn(accounts_in(ctx), _examined))


def _examined(account: Account) -> Ended:
    """The findings are told as they come: a login may take its time."""
    settings = account.settings
    code = 0
    for finding in examine(settings, system_clock(settings.timezone)()):
        click.echo(f"{_mark(finding)} {finding.part:<10} {finding.message}")
        if finding.remedy and not finding.well:
            click.echo(f"     {'':<10} -> {finding.remedy}")
        if not finding.well and not finding.mild and code == 0:
            code = finding.error.exit_code if finding.error else 1
    return Ended({}, lambda: None, code)


def _mark(finding: Finding) -> str:
    if finding.well:
        return click.style("ok  ", fg="green")
    return click.style("warn", fg="yellow") if finding.mild else click.style("FAIL", fg="red")
