from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from crmlink.ledger.migrate import HEAD, VERSION_TABLE, current_version
from crmlink.ledger.open import open_ledger
from crmlink.ledger.schema import metadata


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
    command = [sys.executable, "-c", program, str(tmp_path / "ledger.db")]
    codes: list[int] = []
    starts = [
        threading.Thread(target=lambda: codes.append(subprocess.run(command, check=False).returncode)) for _ in "ab"
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert codes == [0, 0]
