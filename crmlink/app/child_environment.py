"""What a child process gets to see of the environment: everything but the settings, which hold passwords."""

from __future__ import annotations

from collections.abc import Mapping

_OURS = ("CRMLINK_", "CREDENTIALS_DIRECTORY")


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the settings of crmlink and the place of its credentials."""
    return {name: value for name, value in environ.items() if not name.startswith(_OURS)}
