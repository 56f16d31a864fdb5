"""The outbox under SIGKILL, in a process of its own, with a ledger and a Maildir on disk."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crmlink.app.outbox import Outbox
from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState
from crmlink.writer.maildir import MaildirDraftWriter
from tests.ledger_examples import ME, NOW, draft, verdict
from tests.outbox_world import Steps, World

ONE_PASS = """
import os, signal, sys
from pathlib import Path
from crmlink.app.outbox import Outbox
from crmlink.ledger.drafts import DraftStore
from crmlink.ledger.open import open_ledger
from crmlink.writer.maildir import MaildirDraftWriter
from tests.ledger_examples import ME, NOW, draft, verdict
from tests.outbox_world import BreakableDatabase, BreakableWriter, Hidden, Lag, Steps

steps = Steps(int(sys.argv[3]), kill=lambda: os.kill(os.getpid(), signal.SIGKILL))
ledger = open_ledger(sys.argv[1], read_only=False)
ledger.lapses.record(ME, [verdict()], NOW)
known = ledger.drafts.database
writer = BreakableWriter(MaildirDraftWriter(Path(sys.argv[2])), steps, Hidden(Lag(), lambda: NOW))
store = DraftStore(BreakableDatabase(known.engine, known.name, steps=steps))
Outbox(store, writer, ME, lambda: NOW).place(draft(), lambda _: True)
"""


def steps_of_placing() -> list[str]:
    steps, world = Steps(), World()
    world.ledger.lapses.record(ME, [verdict()], NOW)
    world.outbox(steps).place(draft(), lambda _: True)
    return steps.names


def maildir(root: Path) -> Path:
    for folder in (root, root / ".Drafts", root / ".Sent", root / ".Trash"):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
    return root


@pytest.mark.parametrize(
    "kill_at", [pytest.param(at, id=f"killed {name} ({at})") for at, name in enumerate(steps_of_placing())]
)
def test_one_draft_after_sigkill(kill_at: int, tmp_path: Path) -> None:
    database, root = tmp_path / "ledger.db", maildir(tmp_path / "mail")
    command = [sys.executable, "-c", ONE_PASS, str(database), str(root), str(kill_at)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL

    writer = MaildirDraftWriter(root)
    with open_ledger(str(database), read_only=False) as ledger:
        for minutes in (0, 3, 6):
            now = NOW + timedelta(minutes=minutes)
            outbox = Outbox(ledger.drafts, writer, ME, lambda now=now: now)  # type: ignore[misc]
            outbox.recover(lambda _: True)
            outbox.place(draft(), lambda _: True)
        assert [stored.state for stored in ledger.drafts.all(ME)] == [DraftState.PLACED]

    assert len(list((root / ".Drafts" / "cur").iterdir())) == 1
