from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crmlink.fleet.caches import KEEP, cache_directory, prune_caches, remove_cache_of

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_a_mailbox_that_was_not_scanned_here_for_long_leaves_nothing_behind(tmp_path: Path) -> None:
    old, recent = (cache_directory(tmp_path, f"{name}@example.nl") for name in ("oud", "nieuw"))
    for directory, age in ((old, KEEP + timedelta(minutes=1)), (recent, KEEP - timedelta(minutes=1))):
        (directory / "mail.cache").write_bytes(b"post")
        os.utime(directory.parent, times=((NOW - age).timestamp(),) * 2)

    assert prune_caches(tmp_path, NOW) == 1
    assert (old.exists(), recent.exists()) == (False, True)


def test_each_mailbox_has_its_own_directory_that_nobody_else_may_read_and_no_name_in_it(tmp_path: Path) -> None:
    mine, theirs = cache_directory(tmp_path, "ik@example.nl"), cache_directory(tmp_path, "zij@example.nl")
    assert mine != theirs
    assert mine.stat().st_mode & 0o077 == 0
    assert "ik" not in str(mine.relative_to(tmp_path))
    remove_cache_of(tmp_path, "ik@example.nl")
    assert (mine.exists(), theirs.exists()) == (False, True)


def test_what_was_read_before_somebody_was_forgotten_is_deleted(tmp_path: Path) -> None:
    before = cache_directory(tmp_path, "ik@example.nl")
    (before / "mail.cache").write_bytes(b"post")
    assert cache_directory(tmp_path, "ik@example.nl") == before

    after = cache_directory(tmp_path, "ik@example.nl", forgotten=1)
    assert (before.exists(), list(after.iterdir())) == (False, [])


def test_where_nothing_was_scanned_yet_nothing_is_pruned(tmp_path: Path) -> None:
    assert prune_caches(tmp_path / "nowhere", NOW) == 0
