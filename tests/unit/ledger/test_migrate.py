from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from crmlink.ledger.migrate import HEAD, VERSION_TABLE, current_version
from crmlink.ledger.open import open_ledger
from crmlink.ledger.schema import metadata
from tests.ledger_examples import ME


def test_the_migrations_build_exactly_the_tables_of_the_schema() -> None:
    with open_ledger("sqlite://", read_only=False) as ledger, ledger.drafts.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", "crmlink.ledger:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_empty_file_becomes_a_ledger_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    open_ledger(str(path), read_only=False).close()
    first = path.read_bytes()

    with open_ledger(str(path), read_only=False) as ledger, ledger.drafts.database.reading() as connection:
        assert current_version(connection) == HEAD
    assert path.read_bytes() == first


def test_two_that_start_on_an_empty_ledger_both_get_it(tmp_path: Path) -> None:
    program = "import sys; from crmlink.ledger.open import open_ledger; open_ledger(sys.argv[1], read_only=False)"
    opening = [sys.executable, "-c", program, str(tmp_path / "ledger.db")]
    codes: list[int] = []
    starts = [
        threading.Thread(target=lambda: codes.append(subprocess.run(opening, check=False).returncode)) for _ in "ab"
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert codes == [0, 0]


def test_a_ledger_of_the_first_schema_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
        config.set_main_option("script_location", "crmlink.ledger:migrations")
        command.upgrade(config, "0001")
        names = "account, id, kind, fault, confidence, agreement, contact_name, contact_address, subject, evidence, decision, reason"
        values = f"'{ME}', 'een', 'missed', 'me', 0.9, 'a', 'Gijs', 'gijs@bakker.example', 'Koffie', '[]', 'drafted', 'Gemist.'"
        day = "'2026-03-10 08:00:00'"
        columns = f"{names}, happened_at, first_seen_at, last_seen_at"
        row = f"INSERT INTO lapses ({columns}) VALUES ({values}, {day}, {day}, {day})"  # noqa: S608 -- constants
        connection.execute(text(row))
    engine.dispose()

    with open_ledger(str(path), read_only=False) as ledger, ledger.drafts.database.reading() as connection:
        assert current_version(connection) == HEAD
        (lapse,) = ledger.lapses.all(ME)
        assert (lapse.id, lapse.repaired_at, lapse.edition) == ("een", None, 0)
