"""From what a person writes into `.env` to what the database holds of it, and back to settings.

What is sealed: every secret, and with it all that decides where it goes (server, login, certificates, owner). So
neither a copy of the database nor a hand in it gets at a password: it cannot be read, nor be sent elsewhere. An
address of a calendar is sealed for another reason as well: the address of a feed is its only secret.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from pydantic import SecretStr

from crmlink.app.config.env_file import read_env_file
from crmlink.app.config.load_settings import PREFIX, collect, parse
from crmlink.app.config.settings import Settings
from crmlink.fleet.keys import Keys, WrongKeyError
from crmlink.model.errors import SettingsError

# What belongs to the fleet, not to one of its mailboxes.
_OF_THE_FLEET: Final = ("database", "fleet_key_file", "accounts", "metrics_port")
_GOES_WITH_A_SECRET: Final = ("mail", "calendar", "calendar_user", "ca_file")


@dataclass(frozen=True, slots=True)
class Written:
    """A mailbox as a person wrote it: `settings` by name in lower case without prefix, `secrets` those of them to be sealed."""

    address: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]


def read_written(path: Path | None, text: str = "") -> Written:
    """The mailbox in this file, or in this text without one.

    Raises:
        SettingsError: as for any `.env`; or it names what belongs to the fleet, or wants to log in by OAuth2.
    """
    named = read_env_file(path) if path else dotenv_values(stream=io.StringIO(text), interpolate=False)
    given = collect({name: value for name, value in named.items() if value is not None})
    if problems := tuple(f"{PREFIX}{name.upper()}: is that of the fleet" for name in _OF_THE_FLEET if name in given):
        raise SettingsError(problems, hint=f"remove it from {path or 'the text'}; the environment of the fleet has it")
    try:
        settings = parse(given, {})
    except SettingsError as error:
        raise SettingsError(error.problems, hint=f"correct it in {path or 'the text'}") from error
    if settings.login.service is not None:
        raise SettingsError(
            (f"{PREFIX}MAIL_AUTH: a fleet logs in with passwords, not with Google's or Microsoft's tokens",),
            hint="tokens live on one machine: use an app password, or `crmlink daemon` for this mailbox",
        )
    read = {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}
    secrets = {name: text for name, text in read.items() if text}
    secrets |= {name: given[name] for name in _GOES_WITH_A_SECRET if name in given}
    taken_in = {*secrets, *(f"{name}_file" for name in read)}
    open_ones = {name: value for name, value in given.items() if name not in taken_in}
    return Written(settings.me.address, open_ones, secrets)


def seal(keys: Keys, written: Written) -> str:
    """What may be stored of the secrets, bound to the address."""
    return keys.seal(json.dumps([written.address, dict(written.secrets)]))


def unsealed_settings(keys: Keys, address: str, settings: Mapping[str, str], sealed: str, database: str) -> Settings:
    """The settings of a mailbox, as `parse` gives them.

    Raises:
        WrongKeyError: they were sealed with another key, or for another mailbox.
        SettingsError: they do not hold on this machine, as when a file they name is not here.
    """
    owner, secrets = json.loads(keys.unseal(sealed))
    if owner != address:
        raise WrongKeyError(
            ("what is stored for a mailbox was sealed for another one",), hint="add the mailbox anew, from its file"
        )
    return parse({**settings, **secrets, "database": database}, {})
