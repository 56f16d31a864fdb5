"""What the commands share: accounts of this call, moments typed by a person, progress, and JSON on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from crmlink.app.config.accounts import Account, accounts_of, chosen
from crmlink.app.config.env_file import find_env_file
from crmlink.app.config.settings import Settings
from crmlink.cli.main import Call
from crmlink.model.errors import UsageError


def accounts_in(ctx: click.Context) -> tuple[Account, ...]:
    """The accounts this call is for; see `accounts_here`."""
    return accounts_here(ctx.find_object(Call))


def accounts_here(call: Call | None) -> tuple[Account, ...]:
    """All accounts that the environment and the `.env` file describe, or the chosen one; read anew each time.

    Raises:
        SettingsError: a setting of any of them is wrong.
        UsageError: there is no account of the chosen name.
    """
    given = call.env_file if call else None
    accounts = accounts_of(os.environ, env_file=given or find_env_file(Path.cwd()))
    words = call.account if call else None
    if words is None:
        return accounts
    if (one := chosen(accounts, words)) is None:
        raise UsageError(f"There is no account {words}", hint=f"choose one of: {_names(accounts)}")
    return (one,)


def settings_of(ctx: click.Context) -> Settings:
    """The settings of the one account this call is for.

    Raises:
        SettingsError: a setting is wrong.
        UsageError: there are several accounts, and none was chosen.
    """
    accounts = accounts_in(ctx)
    if len(accounts) > 1:
        first = f"crmlink --account {accounts[0].name} {ctx.command_path.partition(' ')[2]}"
        raise UsageError(
            "This command is for one account, and there are several",
            hint=f"choose one of: {_names(accounts)}; for example `{first} …`",
        )
    return accounts[0].settings


def _names(accounts: tuple[Account, ...]) -> str:
    return ", ".join(one.name or one.address for one in accounts)


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment typed by a person; without an offset it is in the owner's zone, a date alone means its last second.

    Raises:
        UsageError: it is no moment.
    """
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-03-10"):
            moment = datetime.combine(moment.date(), time()) + timedelta(days=1, seconds=-1)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date and time", hint="write it as 2026-03-10T09:00 or 2026-03-10") from error
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_day(text: str, zone: ZoneInfo) -> datetime:
    """The beginning of a day typed by a person, in the owner's zone.

    Raises:
        UsageError: it is no date.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date", hint="write it as 2026-03-10") from error


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Shows how far long reads are, on stderr and only to a person at a terminal: told a source's name and a count."""
    if quiet or not sys.stderr.isatty():
        yield lambda _name, _count: None
        return
    from rich.console import Console  # noqa: PLC0415 -- slow to import, and only wanted here
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import SpinnerColumn, TextColumn  # noqa: PLC0415

    with Bar(SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("reading …")

        def show(name: str, count: int) -> None:
            bar.update(row, description=f"reading {name}: {count}")

        yield show


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on stdout, readable and in UTF-8."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
