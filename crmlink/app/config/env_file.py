"""Finds and reads a `.env` file the safe way: nothing expanded, nothing readable by others.

Passwords may hold `$`, `#` and quotes: interpolation is off, and a value in quotes is taken as it stands.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from dotenv import dotenv_values

from crmlink.model.errors import SettingsError

ENV_FILE = ".env"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def find_env_file(directory: Path) -> Path | None:
    """The `.env` of this directory, else the one in the user's configuration directory, else None."""
    places = (directory / ENV_FILE, Path(platformdirs.user_config_dir("crmlink")) / ENV_FILE)
    return next((place for place in places if place.is_file()), None)


def read_env_file(path: Path) -> Mapping[str, str]:
    """Name to value of one `.env` file.

    Raises:
        SettingsError: it cannot be read, or group or others may read or write it.
    """
    try:
        mode = path.stat().st_mode
        if mode & OTHERS:
            raise SettingsError(
                (f"{path} holds passwords and may be read by others (mode {stat.S_IMODE(mode):04o})",),
                hint=f"chmod 600 {path}",
            )
        values = dotenv_values(path, interpolate=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            (f"{path} cannot be read: {error}",), hint="check the path, its owner and its encoding"
        ) from error
    return {name: value for name, value in values.items() if value is not None}
