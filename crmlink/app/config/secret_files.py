"""Reads secrets that stand in files of their own: the `…_FILE` settings, else systemd credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from crmlink.model.errors import SettingsError


class Keyed(NamedTuple):
    """A setting that names a place, and those that let in there, or sign what is sent there: they belong to it alone."""

    place: str
    user: str
    secret: str


KEYED: Final = (
    Keyed("mail", "", "mail_password"),
    Keyed("calendar", "calendar_user", "calendar_password"),
    Keyed("contacts", "contacts_user", "contacts_password"),
    Keyed("crm_webhook", "", "crm_webhook_secret"),
    Keyed("crm_url", "crm_user", "crm_key"),
)
_SECRETS: Final = (*(one.secret for one in KEYED), "oauth_client_secret")


def credentials_of(environ: Mapping[str, str]) -> dict[str, Path]:
    """The secrets that systemd hands over as files, by name (systemd.exec, LoadCredential)."""
    directory = environ.get("CREDENTIALS_DIRECTORY")
    return {path.name: path for path in Path(directory).glob("*") if path.is_file()} if directory else {}


def secrets_in_files(
    given: Mapping[str, str], credentials: Mapping[str, Path], name_of: Callable[[str], str]
) -> dict[str, str]:
    """Setting name -> secret, for what is not `given` itself; a named file goes before a credential.

    `name_of` gives the name under which a person knows a setting.

    Raises:
        SettingsError: a file cannot be read.
    """
    found: dict[str, str] = {}
    for name in _SECRETS:
        file_name = f"{name}_file"
        path = Path(given[file_name]) if given.get(file_name) else credentials.get(name)
        if path is None or given.get(name):
            continue
        try:
            found[name] = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError((f"{name_of(file_name)}: {path} cannot be read",)) from error
    return found
