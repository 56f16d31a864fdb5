"""Where the files of an account stand: beside a ledger in a file, else in the user's own directory.

Accounts that share a ledger share its lock and its cache, whose rows carry the account; the rest is one file each. With
a ledger in memory there are none: nothing outlives the pass.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

from crmlink.app.config.settings import Settings
from crmlink.ledger.open import sqlite_path
from crmlink.model.ids import digest


def cache_file(settings: Settings) -> Path | None:
    """What was read before."""
    return _beside(settings, ".cache")


def black_box_file(settings: Settings) -> Path | None:
    """The item that is being read: each account is blamed for its own."""
    return _beside(settings, f".{_mark(settings)}.reading")


def heartbeat_file(settings: Settings) -> Path | None:
    """How the last passes ended."""
    return _beside(settings, f".{_mark(settings)}.heartbeat")


def _beside(settings: Settings, suffix: str) -> Path | None:
    file = sqlite_path(settings.database)
    if file is not None:
        return file.with_name(f"{file.name}{suffix}")
    if not settings.database.startswith("postgresql"):
        return None
    return Path(platformdirs.user_state_dir("crmlink")) / f"{_mark(settings)}{suffix}"


def _mark(settings: Settings) -> str:
    """Tells accounts apart without a name."""
    return digest(settings.me.address)[:16]
