"""`crmlink init`: asks what is needed, tests the logins, writes `.env` with mode 0600."""

from __future__ import annotations

from pathlib import Path

import click

from crmlink.app.clock import system_clock
from crmlink.app.config.env_file import ENV_FILE
from crmlink.app.config.load_settings import PREFIX, load
from crmlink.app.config.settings import Settings
from crmlink.app.config.work_tree import refuse_in_work_tree
from crmlink.app.config.write_env import write_env
from crmlink.app.setup.autoconfig import fetch
from crmlink.app.setup.dns import Dns
from crmlink.app.setup.doctor import Finding, examine
from crmlink.app.setup.find_servers import find_servers
from crmlink.cli.deploy import Form, deploy
from crmlink.cli.login import log_in
from crmlink.cli.main import Call
from crmlink.cli.questions import ask
from crmlink.model.errors import CrmlinkError


@click.command("init")
@click.option("--no-test", is_flag=True, help="Write the file without trying the logins.")
@click.option(
    "--no-lookup", is_flag=True, help="Ask nobody but you where your mail is: no DNS, no file of your domain."
)
@click.option("--systemd", "form", flag_value=Form.UNIT, type=Form, help="Print a unit of systemd instead.")
@click.option("--container", "form", flag_value=Form.CONTAINER, type=Form, help="Print a Containerfile instead.")
@click.option("--user", is_flag=True, help="With --systemd: a unit of one user, not of the machine.")
@click.option(
    "--write", "directory", metavar="DIR", type=click.Path(path_type=Path), help="Write it into DIR, not to the screen."
)
@click.pass_context
def command(
    ctx: click.Context, *, no_test: bool, no_lookup: bool, form: Form | None, user: bool, directory: Path | None
) -> None:
    """Ask for your address and what cannot be known from it, test it, and write .env (mode 0600)."""
    if form is not None:
        deploy(ctx, form, user=user, directory=directory)
        return
    call = ctx.find_object(Call)
    path = (call.env_file if call else None) or Path(ENV_FILE)
    refuse_in_work_tree(path)
    if path.exists() and not click.confirm(f"{path} is there already. Replace it?", default=False):
        ctx.exit(1)
    given = ask(lambda address: find_servers(address, None if no_lookup else Dns(), fetch))
    settings = load({f"{PREFIX}{name.upper()}": value for name, value in given.items()})
    well = no_test or (_logged_in(settings) and _tested(settings))
    if not well and not click.confirm("Write the file all the same?", default=False):
        ctx.exit(1)
    write_env(path, given)
    following = "crmlink login" if settings.login.service and no_test else "crmlink scan --dry-run"
    click.echo(f"Written: {path}. Next: {following}")


def _logged_in(settings: Settings) -> bool:
    """Log in where that is by OAuth2; what goes wrong is told, and no answer is lost by it."""
    if settings.login.service is None:
        return True
    try:
        log_in(settings)
    except CrmlinkError as error:
        click.echo(f"FAIL {'login':<10} {error}\n     {'':<10} -> {error.hint}")
        return False
    return True


def _tested(settings: Settings) -> bool:
    bad: list[Finding] = []
    for finding in examine(settings, system_clock(settings.timezone)()):
        click.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.part:<10} {finding.message}")
        if not finding.well:
            bad.append(finding)
            click.echo(f"     {'':<10} -> {finding.remedy}")
    return not bad
