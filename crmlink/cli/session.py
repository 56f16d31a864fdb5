"""What the commands share: settings of this call, moments typed by a person, progress, and JSON on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from crmlink.app.accounts import Account, accounts_of
from crmlink.app.gather import Progress
from crmlink.app.settings import Settings, find_env_file, load
from crmlink.app.work_tree import refuse_in_work_tree
from crmlink.cli.main import Call
from crmlink.model.errors import UsageError


def settings_of(ctx: click.Context) -> Settings:
    """The settings of this call, from the environment and the `.env` file it names or finds."""
    return load(os.environ, env_file=_env_file(ctx.find_object(Call)))


def accounts_here(call: Call | None) -> tuple[Account, ...]:
    """The accounts of this call, read anew each time. Raises SettingsError."""
    return accounts_of(os.environ, env_file=_env_file(call))


def _env_file(call: Call | None) -> Path | None:
    given = call.env_file if call else None
    env_file = given or find_env_file(Path.cwd())
    if env_file is not None:
        refuse_in_work_tree(env_file)
    return env_file


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
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Shows how far long reads are, on stderr and only to a person at a terminal."""
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
