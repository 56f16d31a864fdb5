"""The accounts one crmlink serves, each with a name and settings of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmlink.app.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox with its calendars and its ledger. `name` tells it from the others; "" when it is the only one."""

    name: str
    settings: Settings


def accounts_of(environ: Mapping[str, str], *, env_file: Path | None) -> tuple[Account, ...]:
    """The accounts that environment and file describe. Raises SettingsError as `load` does."""
    return (Account("", load(environ, env_file=env_file)),)
