"""`crmlink init`: asks what is needed, tests the logins, writes `.env` with mode 0600."""

from __future__ import annotations

from pathlib import Path

import click

from crmlink.app.clock import system_clock
from crmlink.app.doctor import Finding, examine
from crmlink.app.settings import ENV_FILE, PREFIX, Settings, load
from crmlink.app.work_tree import refuse_in_work_tree
from crmlink.app.write_env import write_env
from crmlink.cli.main import Call
from crmlink.mailbox.location import MaildirLocation, parse_location


@click.command("init")
@click.option("--no-test", is_flag=True, help="Write the file without trying the logins.")
@click.pass_context
def command(ctx: click.Context, *, no_test: bool) -> None:
    """Ask who you are and where your mail and calendars are, test it, and write .env (mode 0600)."""
    call = ctx.find_object(Call)
    path = (call.env_file if call else None) or Path(ENV_FILE)
    refuse_in_work_tree(path)
    if path.exists() and not click.confirm(f"{path} is there already. Replace it?", default=False):
        ctx.exit(1)
    given = _ask()
    settings = load({f"{PREFIX}{name.upper()}": value for name, value in given.items()})
    if not no_test and not _tested(settings) and not click.confirm("Write the file all the same?", default=False):
        ctx.exit(1)
    write_env(path, given)
    click.echo(f"Written: {path}. Next: crmlink scan --dry-run")


def _ask() -> dict[str, str]:
    given = {"me": click.prompt("Your name and addresses, as Name <address>, other@address")}
    given["mail"] = click.prompt("Your mailbox, as imaps://user@host or maildir:///path", value_proc=_location)
    if not isinstance(parse_location(given["mail"]), MaildirLocation):
        given["mail_password"] = click.prompt(
            "Its password (an app password where the provider has them)", hide_input=True
        )
    given["calendar"] = click.prompt(
        "Your calendars, as https://… or vdir:///path, comma separated; empty for none", default="", show_default=False
    )
    if "http" in given["calendar"]:
        given["calendar_user"] = click.prompt(
            "The calendar login; empty if it needs none", default="", show_default=False
        )
        given["calendar_password"] = click.prompt(
            "The calendar password", default="", show_default=False, hide_input=True
        )
    for name, question in {
        "timezone": "Your time zone",
        "language": "Language of a draft when the mail does not tell",
        "country": "Your country, for the holidays",
    }.items():
        given[name] = click.prompt(question, default=str(Settings.model_fields[name].default))
    return given


def _location(text: str) -> str:
    try:
        parse_location(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return text


def _tested(settings: Settings) -> bool:
    bad: list[Finding] = []
    for finding in examine(settings, system_clock(settings.timezone)()):
        click.echo(f"{'ok  ' if finding.well else 'FAIL'} {finding.part:<10} {finding.message}")
        if not finding.well:
            bad.append(finding)
            click.echo(f"     {'':<10} -> {finding.remedy}")
    return not bad
