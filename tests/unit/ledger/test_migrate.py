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
from sqlalchemy import Connection, create_engine, inspect, text

from crmlink.ledger.migrate import HEAD, VERSION_TABLE, current_version
from crmlink.ledger.open import open_ledger
from crmlink.ledger.schema import metadata
from tests.ledger_examples import ME


def migrated(connection: Connection, revision: str = "head") -> None:
    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", "crmlink.ledger:migrations")
    command.upgrade(config, revision)


def tables_of(connection: Connection) -> dict[str, object]:
    """Every table with its columns, keys and indexes, as the database itself describes them."""
    found = inspect(connection)
    return {
        name: (
            [(one["name"], str(one["type"]), one["nullable"], one["default"]) for one in found.get_columns(name)],
            found.get_pk_constraint(name),
            sorted(map(str, found.get_foreign_keys(name))),
            sorted(map(str, found.get_indexes(name))),
            sorted(map(str, found.get_unique_constraints(name))),
            sorted(map(str, found.get_check_constraints(name))),
        )
        for name in found.get_table_names()
    }


def test_the_migrations_build_exactly_the_tables_of_the_schema() -> None:
    with create_engine("sqlite://").begin() as connection:
        migrated(connection)
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_empty_ledger_is_given_at_once_what_the_migrations_build() -> None:
    with open_ledger("sqlite://", read_only=False) as ledger, ledger.drafts.database.reading() as connection:
        at_once = tables_of(connection)
    with create_engine("sqlite://").begin() as connection:
        migrated(connection)
        step_by_step = tables_of(connection)
    assert at_once.keys() == step_by_step.keys()
    assert [name for name in at_once if at_once[name] != step_by_step[name]] == []


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
        migrated(connection, "0001")
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
