"""Processes that die by SIGKILL, quickly made: a server process that knows crmlink already forks one for each pass.

What a process does stands here as functions that such a process can import. Each opens everything anew, as after a
reboot, and can be told to kill itself at a step (`Steps`); a proxy can kill it at a piece on the wire.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from crmlink.app.config.load_settings import load
from crmlink.app.house import open_house
from crmlink.app.outbox import Outbox
from crmlink.app.scan import ScanTask, scan
from crmlink.ledger.drafts import DraftStore
from crmlink.ledger.open import open_ledger
from crmlink.mailbox.location import parse_location
from crmlink.writer.open_writer import open_writer
from tests.faults.commits import counted_commits
from tests.ledger_examples import ME, draft, verdict
from tests.outbox_world import BreakableDatabase, BreakableWriter, Hidden, Lag, Steps

_PATIENCE: Final = 120  # seconds; a machine may be slow, but it is never this slow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass works: the ledger's file, the mailbox's address and its password."""

    database: Path
    mail: str
    password: str = ""


def place_draft(place: Place, now: datetime, kill_at: int | None = None) -> list[str]:
    """Record the lapse, recover, place its draft: the way of a draft, without reading mail. Gives its steps."""
    steps = Steps(kill_at, kill=_die)
    with open_ledger(str(place.database), read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict()], now)
        known = ledger.drafts.database
        store = DraftStore(BreakableDatabase(known.engine, known.name, steps=steps))
        real = open_writer(parse_location(place.mail), place.password)
        writer = BreakableWriter(real, steps, Hidden(Lag(), lambda: now))
        outbox = Outbox(store, writer, ME, lambda: now)
        try:
            outbox.recover(lambda _: True)
            outbox.place(draft(), lambda _: True)
        finally:
            writer.close()
    return steps.names


def whole_pass(settings: Mapping[str, str], now: datetime, kill_at: int | None = None) -> list[str]:
    """A scan as the command line makes it, at `now`; gives the names of its commits, each with its before and after."""
    steps = Steps(kill_at, kill=_die)
    read = load({f"CRMLINK_{name}": value for name, value in settings.items()})
    with counted_commits(steps), open_house(read, lambda: now) as house:
        scan(house, ScanTask(now, now - read.policy.lookback), lambda _name, _count: None)
    return steps.names


def started(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """A process of its own that does this."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.faults.warmed"])
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def ended(process: ForkServerProcess) -> int:
    """How it ended: 0, or minus the signal's number."""
    process.join(_PATIENCE)
    code = process.exitcode
    assert code is not None, "it never ended"
    process.close()
    return code


def killed(target: Callable[..., object], *arguments: object) -> None:
    """Let a process do this and kill itself."""
    assert ended(started(target, *arguments)) == -signal.SIGKILL


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
