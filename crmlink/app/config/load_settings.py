"""Reads the settings from the environment, a `.env` file and systemd credentials, by the table in `settings`.

All that is wrong is reported at once, and no secret is ever repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crmlink.app.config.env_file import read_env_file
from crmlink.app.config.logins import contradictions
from crmlink.app.config.secret_files import credentials_of, secrets_in_files
from crmlink.app.config.setting_problems import sentence, unknown
from crmlink.app.config.settings import Settings
from crmlink.model.errors import SettingsError

PREFIX = "CRMLINK_"
# Switches of the test suite, not settings of the program; with a second line they are those of an account called test.
FOREIGN = re.compile(r"CRMLINK_TEST_(?!_)")
# For all other settings an empty text is the same as none: the default.
EMPTY_MEANS_NONE = ("_COUNTRY",)


def load(environ: Mapping[str, str], *, env_file: Path | None = None) -> Settings:
    """Read all settings; the environment wins over the file, the file over systemd credentials.

    Raises:
        SettingsError: with one sentence for each thing that is wrong; no value of a secret in any of them.
    """
    try:
        return parse(collect(environ, env_file=env_file), credentials_of(environ))
    except SettingsError as error:
        where = env_file or "the environment or .env"
        error.hint = error.hint or f"correct it in {where}; `crmlink init` writes a good one"
        raise


def parse(
    given: Mapping[str, str], credentials: Mapping[str, Path], *, shown: Callable[[str], str] | None = None
) -> Settings:
    """Settings from texts, by setting name in lower case without prefix; `credentials` are files that hold secrets.

    `shown` gives the name under which a person knows a setting, where it is not the common one.

    Raises:
        SettingsError: as `load`.
    """
    name_of = shown or full_name
    problems = [unknown(name, Settings.model_fields, name_of) for name in given if name not in Settings.model_fields]
    known: dict[str, Any] = {name: value for name, value in given.items() if name in Settings.model_fields}
    settings: Settings | None = None
    try:
        known |= secrets_in_files(known, credentials, name_of)
        settings = Settings(**known)
    except ValidationError as error:
        problems += [
            sentence(detail["loc"], detail, name_of) for detail in error.errors(include_input=False, include_url=False)
        ]
    except SettingsError as error:
        problems += error.problems
    problems += contradictions(settings.login, name_of) if settings else []
    if problems or settings is None:
        raise SettingsError(tuple(problems))
    return settings


def full_name(name: str) -> str:
    """The name of a setting as it stands in a file."""
    return f"{PREFIX}{name.upper()}"


def collect(environ: Mapping[str, str], *, env_file: Path | None = None) -> dict[str, str]:
    """Setting name in lower case without prefix -> text, from the file and the environment, unparsed."""
    from_file = read_env_file(env_file) if env_file else {}
    merged = {**from_file, **environ}
    return {
        name.removeprefix(PREFIX).lower(): text
        for name, text in merged.items()
        if name.startswith(PREFIX) and not FOREIGN.match(name) and (text or name.endswith(EMPTY_MEANS_NONE))
    }
