"""Writes a `.env` file: only what was given, readable by its owner alone, never half."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crmlink.app.config.env_file import read_env_file
from crmlink.app.config.load_settings import PREFIX
from crmlink.app.config.settings import Settings
from crmlink.model.errors import SettingsError


def env_text(given: Mapping[str, str]) -> str:
    """The text of a `.env`: setting name in lower case without prefix -> value, in the order of the table."""
    blocks = ["# Settings of crmlink; `.env.example` explains them all. Keep this file to yourself: chmod 600.\n"]
    for name, field in Settings.model_fields.items():
        if given.get(name):
            quoted = given[name].replace("\\", "\\\\").replace("'", "\\'")
            blocks.append(f"# {field.description}\n{PREFIX}{name.upper()}='{quoted}'\n")
    return "\n".join(blocks)


def write_env(path: Path, given: Mapping[str, str]) -> None:
    """Write the file with mode 0600, replacing one that is there.

    Raises:
        SettingsError: it cannot be written, or would not read back as given.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".env-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(env_text(given))
        written = read_env_file(Path(name))
        if any(written.get(f"{PREFIX}{key.upper()}") != value for key, value in given.items() if value):
            Path(name).unlink()
            raise SettingsError(
                ("a value cannot be written to a .env file",), hint="use the _FILE setting for such a password"
            )
        Path(name).replace(path)
    except OSError as error:
        raise SettingsError(
            (f"{path} cannot be written: {error.strerror}",), hint="choose a place of your own with --env-file"
        ) from error
