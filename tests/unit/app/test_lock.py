from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crmlink.app.lock import only_one
from crmlink.model.errors import LedgerError, TemporaryError

HOLDER = (
    "import sys; from pathlib import Path; from crmlink.app.lock import only_one\n"
    "with only_one(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


def holder(database: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLDER, str(database)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_process_is_told_who_is_at_work(tmp_path: Path) -> None:
    database = tmp_path / "state" / "ledger.db"
    first = holder(database)

    with first, pytest.raises(TemporaryError, match=rf"at work \(pid {first.pid}\)"), only_one(database):
        pytest.fail("two are at work")


def test_a_killed_process_leaves_the_lock_free(tmp_path: Path) -> None:
    first = holder(tmp_path / "ledger.db")
    with first:
        first.kill()
    lock = tmp_path / "ledger.db.lock"

    with only_one(tmp_path / "ledger.db"):
        assert lock.read_text() == f"{os.getpid()}\n"
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_the_lock_is_free_again_after_the_block_even_when_it_failed(tmp_path: Path) -> None:
    database = tmp_path / "ledger.db"
    with pytest.raises(KeyError), only_one(database):
        raise KeyError

    with only_one(database):
        pass


def test_a_lock_that_cannot_be_made_is_a_ledger_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(LedgerError) as caught, only_one(tmp_path / "file" / "ledger.db"):
        pytest.fail("nothing is locked")
    assert caught.value.hint
