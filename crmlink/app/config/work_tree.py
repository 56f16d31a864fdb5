"""Keeps passwords out of version control: a settings file that git would take along is refused.

In: the path of a `.env`. A file that git ignores is fine, and so is one outside every work tree.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from crmlink.app.child_environment import without_settings
from crmlink.model.errors import SettingsError

_NOT_IGNORED = 1


def refuse_in_work_tree(path: Path) -> None:
    """Do nothing, or raise.

    Raises:
        SettingsError: the next `git add` would take the file along, or git has it already.
    """
    place = path.absolute()
    if any((parent / ".git").exists() for parent in place.parents) and _is_taken_along(place):
        raise SettingsError(
            (f"{path} lies in a git work tree and is not ignored; its passwords would be committed",),
            hint=f"add {path.name} to .gitignore (and `git rm --cached` it), or move it to ~/.config/crmlink/.env",
        )


def _is_taken_along(place: Path) -> bool:
    """Whether git says so. Without git, or where it refuses to look, nobody commits anything from here."""
    environment = {name: value for name, value in without_settings(os.environ).items() if not name.startswith("GIT_")}
    # A monitor that the repository's own configuration names would be run as a program.
    command = ["git", "-C", str(place.parent), "-c", "core.fsmonitor=false", "check-ignore", "-q", "--", place.name]
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=10, check=False)  # noqa: S603 -- no shell
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == _NOT_IGNORED
