"""Reads secrets that stand in files of their own: the `…_FILE` settings, else systemd credentials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crmlink.model.errors import SettingsError

_SECRETS: Final = ("mail_password", "calendar_password", "oauth_client_secret", "crm_webhook_secret", "crm_key")


def secrets_in_files(given: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Setting name -> secret, for what is not `given` itself (systemd.exec LoadCredential).

    Raises:
        SettingsError: a file cannot be read.
    """
    found: dict[str, str] = {}
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    for name in _SECRETS:
        named = given.get(f"{name}_file")
        path = Path(named) if named else Path(credentials) / name if credentials else None
        if path is None or given.get(name) or not (named or path.is_file()):
            continue
        try:
            found[name] = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError((f"CRMLINK_{name.upper()}_FILE: {path} cannot be read",)) from error
    return found
