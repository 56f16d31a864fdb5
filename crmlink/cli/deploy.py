"""The other half of `crmlink init`: prints or writes what runs crmlink for good, a unit of systemd or a container."""

from __future__ import annotations

import shutil
import sys
from enum import StrEnum
from pathlib import Path

import click

from crmlink.app.setup.deploy.forms import ONE_ACCOUNT, containerfile, credentials_for, unit, user_unit
from crmlink.cli.session import accounts_in
from crmlink.model.errors import SettingsError, UsageError

OUT_OF_SIGHT = ("/home/", "/root/", "/run/user/")
"""What a unit with ProtectHome cannot see."""


class Form(StrEnum):
    """What to print; the value is the name of the file."""

    UNIT = "crmlink.service"
    CONTAINER = "Containerfile"


def deploy(ctx: click.Context, form: Form, *, user: bool, directory: Path | None) -> None:
    """Print the form filled in, or write it into the directory, where nothing is replaced.

    Raises:
        UsageError: it cannot be made or written.
    """
    text = containerfile() if form is Form.CONTAINER else _unit(ctx, user=user)
    if directory is None:
        click.echo(text, nl=False)
        return
    path = directory / form.value
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="move it away first, or leave --write out") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", hint="choose another directory") from error
    click.echo(f"Written: {path}. Its first lines say what to do next.")


def _unit(ctx: click.Context, *, user: bool) -> str:
    program = _program()
    try:
        if user:
            return user_unit(program)
        if program.startswith(OUT_OF_SIGHT):
            click.echo(f"Mind: the unit cannot see {program}; install crmlink outside of home directories.", err=True)
        return unit(program, _credentials(ctx))
    except ValueError as error:
        raise UsageError(str(error), hint="the unit runs the crmlink that is called here") from error


def _program() -> str:
    """The crmlink that is called here."""
    called = Path(sys.argv[0])
    found = str(called.absolute()) if called.name == "crmlink" and called.is_file() else shutil.which("crmlink")
    return found or str(Path(sys.executable).with_name("crmlink"))


def _credentials(ctx: click.Context) -> dict[str, str]:
    """Those of the accounts that are set up here; while none are, of one account."""
    try:
        return credentials_for(accounts_in(ctx))
    except SettingsError:
        return ONE_ACCOUNT
