"""Where this machine keeps what it read of each mailbox before: a directory each, gone when it was not used for days.

Another worker's machine may have none, or an older one: a pass reads anew what its cache does not know.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from crmlink.model.ids import digest

KEEP: Final = timedelta(days=7)


def cache_directory(top: Path, address: str, forgotten: int = 0) -> Path:
    """Where to keep what is read of this mailbox, made if need be and marked as used just now.

    `forgotten` counts the people its owner had forgotten: with each more, what was read before is deleted here as well.
    """
    mailbox = _of(top, address)
    directory = mailbox / str(forgotten)
    if not directory.is_dir():
        shutil.rmtree(mailbox, ignore_errors=True)
        mailbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
    os.utime(mailbox)
    return directory


def remove_cache_of(top: Path, address: str) -> None:
    """Delete what this machine keeps of a mailbox."""
    shutil.rmtree(_of(top, address), ignore_errors=True)


def _of(top: Path, address: str) -> Path:
    name = digest(address)[:32]
    return top / name[:2] / name


def prune_caches(top: Path, now: datetime) -> int:
    """Delete the directories of mailboxes that were not scanned here for `KEEP`; how many."""
    pruned = 0
    for directory in top.glob("??/*"):
        with contextlib.suppress(OSError):  # another worker prunes as well
            if datetime.fromtimestamp(directory.stat().st_mtime, UTC) < now - KEEP:
                shutil.rmtree(directory)
                pruned += 1
    return pruned
