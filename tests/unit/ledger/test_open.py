from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from crmlink.ledger.open import open_ledger, sqlite_path
from crmlink.model.draft import Position
from crmlink.model.errors import LedgerError, SettingsError
from tests.ledger_examples import ME, NOW, draft, event, verdict


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


def fill(path: Path) -> None:
    with open_ledger(str(path), read_only=False) as ledger:
        ledger.meetings.remember(ME, [event()], NOW)
        ledger.lapses.record(ME, [verdict()], NOW)
        ledger.drafts.intend(ME, draft(), Position("Drafts", 1, 1), NOW)


def contents(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()} if directory.exists() else {}


@contextmanager
def sql(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection
        connection.commit()


def test_a_new_ledger_is_for_its_owner_alone(path: Path) -> None:
    with open_ledger(str(path), read_only=False) as ledger:
        ledger.meetings.remember(ME, [event()], NOW)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (path.parent, *path.parent.iterdir())}

    assert modes == {"state": 0o700, "ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_ledger_others_could_read_is_closed_to_them(path: Path) -> None:
    fill(path)
    path.chmod(0o644)

    open_ledger(str(path), read_only=False).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    fill(path)

    with open_ledger(f"sqlite:///{path}", read_only=False) as ledger:
        assert [stored.draft for stored in ledger.drafts.all(ME)] == [draft()]


def test_the_same_pass_again_changes_no_byte(path: Path) -> None:
    fill(path)
    before = contents(path.parent)

    fill(path)

    assert contents(path.parent) == before


def test_looking_at_no_ledger_finds_an_empty_one_and_makes_nothing(path: Path) -> None:
    with open_ledger(str(path), read_only=True) as ledger:
        assert ledger.drafts.all(ME) == ()
        ledger.lapses.record(ME, [verdict()], NOW)

    assert not path.parent.exists()


def test_looking_reads_all_and_leaves_every_byte_alone(path: Path) -> None:
    fill(path)
    before = contents(path.parent)

    with open_ledger(str(path), read_only=True) as ledger:
        assert [stored.draft for stored in ledger.drafts.all(ME)] == [draft()]
        ledger.drafts.withdraw(ME, draft().message_id)

    assert contents(path.parent) == before


def test_looking_while_a_daemon_writes_sees_what_it_committed_last(path: Path) -> None:
    with open_ledger(str(path), read_only=False) as writing:
        writing.lapses.record(ME, [verdict()], NOW)
        with open_ledger(str(path), read_only=True) as looking:
            assert len(looking.lapses.all(ME)) == 1
        writing.lapses.record(ME, [verdict("twee")], NOW)

        assert len(writing.lapses.all(ME)) == 2


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            b"this is no database, just some text that is long enough to be read as a header of one" * 9,
            id="not a database",
        ),
        pytest.param(b"SQLite format 3\0" + b"\xff" * 4080, id="a header with nonsense after it"),
    ],
)
def test_a_damaged_ledger_is_refused_with_the_remedy(path: Path, damage: bytes, *, read_only: bool) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)

    with pytest.raises(LedgerError, match=r"ledger\.db cannot be used") as caught:
        open_ledger(str(path), read_only=read_only)

    assert "backup" in caught.value.hint
    assert path.read_bytes() == damage


def test_damage_inside_is_a_ledger_error_when_it_is_met(path: Path) -> None:
    fill(path)
    raw = bytearray(path.read_bytes())
    raw[8192:] = b"\xaa" * (len(raw) - 8192)
    path.write_bytes(raw)

    with pytest.raises(LedgerError), open_ledger(str(path), read_only=False) as ledger:
        ledger.privacy.forget(ME, "gijs@bakker.example")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_of_a_newer_crmlink_is_refused_untouched(path: Path, *, read_only: bool) -> None:
    fill(path)
    with sql(path) as connection:
        connection.execute("UPDATE ledger_version SET version_num = '9999'")
    before = contents(path.parent)

    with pytest.raises(LedgerError, match="newer crmlink") as caught:
        open_ledger(str(path), read_only=read_only)

    assert "newest crmlink" in caught.value.hint
    assert contents(path.parent) == before


def test_a_directory_in_the_way_is_a_ledger_error(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(LedgerError) as caught:
        open_ledger(str(path), read_only=False)

    assert caught.value.hint


def test_a_full_disk_is_said_and_the_half_written_row_is_not_there(path: Path) -> None:
    fill(path)
    with open_ledger(str(path), read_only=False) as ledger:
        with ledger.drafts.database.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        large = [event(f"uid-{number}", title="x" * 5000) for number in range(100)]

        with pytest.raises(LedgerError, match="full") as caught:
            ledger.meetings.remember(ME, large, NOW)

        assert "disk space" in caught.value.hint
        assert [remembered.event.uid for remembered in ledger.meetings.remembered(ME)] == ["uid-1"]


def test_an_error_never_tells_what_stood_in_a_row(path: Path) -> None:
    fill(path)
    with sql(path) as connection:
        connection.execute("DROP TABLE meetings")

    with open_ledger(str(path), read_only=False) as ledger, pytest.raises(LedgerError) as caught:
        ledger.meetings.remember(ME, [event(title="strikt geheim")], NOW)

    assert "geheim" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


def test_a_forgotten_contact_is_in_no_file_any_more(path: Path) -> None:
    with open_ledger(str(path), read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict()], NOW)
        ledger.drafts.intend(ME, draft(), Position("Drafts", 1, 1), NOW)
        ledger.meetings.remember(ME, [event()], NOW)
        assert any(b"gijs@bakker.example" in raw for raw in contents(path.parent).values())

        ledger.privacy.forget(ME, "gijs@bakker.example")

        assert not any(b"gijs@bakker.example" in raw for raw in contents(path.parent).values())


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ("/var/lib/crmlink/ledger.db", "/var/lib/crmlink/ledger.db"),
        ("sqlite:////var/lib/crmlink/ledger.db", "/var/lib/crmlink/ledger.db"),
        ("sqlite://", None),
        (":memory:", None),
        ("postgresql://host/name", None),
        ("postgresql+psycopg://host/name", None),
    ],
)
def test_what_the_setting_names(database: str, expected: str | None) -> None:
    path = sqlite_path(database)
    assert (None if path is None else str(path)) == expected


@pytest.mark.parametrize("database", ["mysql://host/name", "sqlserver+x://", "https://example.nl"])
def test_an_unknown_kind_of_database_is_a_wrong_setting(database: str) -> None:
    with pytest.raises(SettingsError, match="CRMLINK_DATABASE"):
        open_ledger(database, read_only=False)


def test_an_unreachable_server_is_a_ledger_error_without_its_password() -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger("postgresql://someone:geheim@127.0.0.1:1/name", read_only=False)

    assert "geheim" not in str(caught.value)
    assert caught.value.hint


def test_the_package_itself_imports_no_database_library() -> None:
    program = "import sys, crmlink.ledger, crmlink.ledger.records; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_ledger_that_stands_at_the_newest_schema_needs_no_alembic(path: Path) -> None:
    fill(path)
    program = (
        "import sys; from crmlink.ledger.open import open_ledger\n"
        f"open_ledger({str(path)!r}, read_only=False).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_commit_is_flushed_to_the_disk(path: Path) -> None:
    with open_ledger(str(path), read_only=False) as ledger, ledger.drafts.database.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys", "secure_delete")
        }
    assert found == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


def test_another_connection_waits_for_no_reader(path: Path) -> None:
    fill(path)
    engine = create_engine(f"sqlite:///{path}")
    with open_ledger(str(path), read_only=False) as ledger, engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM drafts").all()
        assert ledger.lapses.dismiss(ME, verdict().lapse.id, NOW)
    engine.dispose()
