"""What a fleet needs to know of itself: its database, its keys, where its caches stand. No owner, no mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from crmlink.app.config.load_settings import collect
from crmlink.fleet.keys import Keys, read_keys
from crmlink.ledger.open import sqlite_path
from crmlink.model.errors import SettingsError


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """`directory` holds a directory for each mailbox this machine has scanned; it may be emptied at any time.

    `credential` tells that systemd handed over the key file.
    """

    database: str
    key_file: Path | None
    directory: Path
    credential: bool = False

    def keys(self) -> Keys:
        """The keys. Raises SettingsError when they cannot be read."""
        return read_keys(self.key_file, guarded=self.credential)


def load_fleet(environ: Mapping[str, str], *, env_file: Path | None = None) -> FleetSettings:
    """Read the settings of the fleet, from the same places as those of a mailbox.

    Raises:
        SettingsError: DATABASE is no PostgreSQL.
    """
    given = collect(environ, env_file=env_file)
    database = given.get("database", "")
    if not database or sqlite_path(database) is not None or not database.startswith("postgresql"):
        raise SettingsError(
            ("CRMLINK_DATABASE: a fleet needs PostgreSQL",), hint="set it to postgresql://user:password@host/name"
        )
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    named, credential = given.get("fleet_key_file"), Path(credentials, "fleet_key") if credentials else None
    handed_over = not named and credential is not None and credential.is_file()
    key_file = Path(named).expanduser() if named else credential if handed_over else None
    state = environ.get("STATE_DIRECTORY")  # systemd.exec, StateDirectory
    directory = Path(state) if state else Path(platformdirs.user_state_dir("crmlink"))
    return FleetSettings(database, key_file, directory / "fleet", handed_over)
