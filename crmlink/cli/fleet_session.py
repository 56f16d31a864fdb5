"""What the commands of the fleet share: whether it is installed, its settings, its database."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmlink.app.config.env_file import find_env_file
from crmlink.cli.main import Call
from crmlink.model.errors import UsageError

if TYPE_CHECKING:
    from crmlink.fleet.settings import FleetSettings

_NEEDED = ("cryptography", "procrastinate", "psycopg")


def fleet_settings_of(ctx: click.Context) -> FleetSettings:
    """The settings of the fleet for this call.

    Raises:
        UsageError: the extra `fleet` is not installed.
        SettingsError: there is no PostgreSQL named.
    """
    require_fleet()
    from crmlink.fleet.settings import load_fleet  # noqa: PLC0415 -- only with the extra

    call = ctx.find_object(Call)
    return load_fleet(os.environ, env_file=(call.env_file if call else None) or find_env_file(Path.cwd()))


def require_fleet() -> None:
    """Raises UsageError when the extra `fleet` is not installed."""
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise UsageError(f"The fleet needs {', '.join(missing)}", hint="pip install 'crmlink[fleet]'")
