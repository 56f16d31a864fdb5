"""The cache file: made safe, begun anew when it is of no use, and untouched when only looked at."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crmlink.cache.file import open_cache, remove_cache
from crmlink.model.errors import LedgerError

LAYOUT = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY)"


def words(path: Path | None, *, read_only: bool = False) -> list[str]:
    with open_cache(path, layout=LAYOUT, read_only=read_only) as cache:
        return [row[0] for row in cache.execute("SELECT word FROM words ORDER BY word")]


def write(path: Path, word: str) -> None:
    with open_cache(path, layout=LAYOUT, read_only=False) as cache:
        cache.execute("INSERT INTO words VALUES (?)", (word,))


def test_what_was_written_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cache"
    write(path, "one")
    write(path, "two")
    assert words(path) == ["one", "two"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    write(path, "one")
    path.chmod(0o644)
    assert words(path) == ["one"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cache"
    path.write_bytes(content)
    assert words(path) == []
    write(path, "one")
    assert words(path) == ["one"]


def test_a_file_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    write(path, "one")
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 999")
    assert words(path) == []


def test_looking_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    write(path, "one")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert words(path, read_only=True) == ["one"]
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_looking_makes_no_file_and_takes_a_damaged_one_for_empty(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    assert words(path, read_only=True) == []
    assert not path.exists()
    path.write_bytes(b"no database at all")
    assert words(path, read_only=True) == []
    assert path.read_bytes() == b"no database at all"


def test_without_a_path_it_lives_in_memory() -> None:
    assert words(None) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be used"):
        words(tmp_path / "file" / "cache")


def test_removing_it_takes_everything_along(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    with open_cache(path, layout=LAYOUT, read_only=False) as cache:
        cache.execute("INSERT INTO words VALUES ('one')")
        assert path.with_name("cache-wal").exists()
        remove_cache(path)
    remove_cache(path)
    assert list(tmp_path.iterdir()) == []


def test_damage_found_while_it_is_used_is_said_and_the_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    write(path, "one")
    with pytest.raises(LedgerError, match="damaged"), open_cache(path, layout=LAYOUT, read_only=False):
        raise sqlite3.DatabaseError("database disk image is malformed")
    assert not path.exists()
    assert words(path) == []


def test_a_full_disk_is_said_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    write(path, "one")
    with pytest.raises(LedgerError, match="is full"):
        fill(path)
    assert words(path)[-1] == "one"


def fill(path: Path) -> None:
    with open_cache(path, layout=LAYOUT, read_only=False) as cache:
        cache.execute("PRAGMA max_page_count = 1")
        cache.executemany("INSERT INTO words VALUES (?)", [(f"{number:01000}",) for number in range(100)])
