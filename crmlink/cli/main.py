"""The entry point: a table of commands, each loaded only when it is called, so that `--help` is quick."""

from __future__ import annotations

import importlib
import logging
import resource
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import click

from crmlink.cli.errors import guarded

COMMANDS = {
    "scan": "Read mail and calendar once, find lapses, place drafts.",
    "daemon": "The same, for ever.",
    "check": "Doctor: settings, logins, folders, calendars, with the remedy for each.",
    "status": "Whether the passes succeed, and what waits; quick, connects to nothing.",
    "demo": "An invented week on embedded servers; nothing to set up.",
    "explain": "What crmlink reads in a message, and why.",
    "owed": "What you still owe to whom, by when.",
    "lapses": "List, show, dismiss or reopen lapses.",
    "report": "What you kept, broke and made good over the months, as a page or in the terminal.",
    "contacts": "What is held on whom: list, show, export, forget.",
    "introduce": "A warm introduction: ask first, then write to both.",
    "export": "Lapses with their outcome, or contacts, for other programs.",
    "init": "Ask, test the logins, write .env.",
    "login": "Log in with Google or Microsoft.",
    "fleet": "Many mailboxes on one PostgreSQL: add, list, pause, remove, status.",
    "worker": "Scan the mailboxes of the fleet, for ever.",
    "help": "Short texts on one topic each: templates, providers, privacy and more.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What holds for every command of this call."""

    verbose: bool
    env_file: Path | None
    account: str | None = None


class _Commands(click.Group):
    """Loads `crmlink.cli.<name>` when the command is called; the table above is enough to list them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"crmlink.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    if value:
        from importlib.metadata import version  # noqa: PLC0415 -- slow, and seldom asked for

        click.echo(f"crmlink {version('crmlink')}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Show more, and tracebacks when something breaks.")
@click.option("--env-file", type=click.Path(path_type=Path), help="Read settings from this file instead of ./.env.")
@click.option("--account", metavar="NAME", help="Of several accounts, only this one (its name or address).")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context, *, verbose: bool, env_file: Path | None, account: str | None) -> None:
    """Find the agreements you broke, and put a ready apology with real dates into your Drafts folder.

    crmlink never sends anything, and nothing leaves this machine unless you connect a CRM.
    """
    ctx.obj = Call(verbose, env_file, account)


def _say_nothing_else() -> None:
    """No memory image after a crash, no log or warning of a library: they would hold mail and passwords."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def run() -> None:
    """The console script: run the command, print errors in one place, exit with the code of the contract."""
    _say_nothing_else()
    sys.exit(
        guarded(
            lambda: main.main(prog_name="crmlink", standalone_mode=False),
            verbose=lambda: bool({"-v", "--verbose"} & set(sys.argv)),
        )
    )
