"""One draft's way to a real server through a proxy: what tests of crashes and of lying servers walk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from crmlink.app.outbox import problems
from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState, StoredDraft
from crmlink.model.errors import CrmlinkError
from tests.faults.imap_faults import Fault, Strike
from tests.faults.imap_proxy import ImapProxy
from tests.faults.killed import Place, ended, place_draft, started
from tests.faults.wire import At, Piece
from tests.ledger_examples import ME, NOW, verdict
from tests.servers import mailboxes
from tests.servers.accounts import ImapServer

LATER: Final = timedelta(seconds=121)


class Way:
    """One mailbox behind a proxy, one ledger, and the passes over them."""

    def __init__(self, proxy: ImapProxy, database: Path, faults: tuple[Fault, ...] = ()) -> None:
        self.proxy = proxy
        self.database = database
        self.place = Place(database, proxy.account.url, proxy.account.password)
        self.standing = faults
        self.now = NOW

    def one_pass(self, *faults: Fault, after: timedelta = timedelta(0)) -> list[Piece]:
        """A pass in this process, whatever it raises; gives the pieces that passed."""
        self.now += after
        self.proxy.faults = (*self.standing, *faults)
        before = len(self.proxy.pieces)
        with contextlib.suppress(CrmlinkError):
            place_draft(self.place, self.now)
        return self.proxy.pieces[before:]

    def killed_pass(self, at: int) -> None:
        """A pass in a process that is killed when it, or the server, says the piece of that number."""
        known = threading.Event()

        def kill() -> None:
            assert known.wait(30)
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)

        self.proxy.faults = (*self.standing, Strike(At(number=len(self.proxy.pieces) + at), kill))
        process = started(place_draft, self.place, self.now)
        known.set()
        assert ended(process) == -signal.SIGKILL

    def repaired(self) -> DraftState:
        """The state after as many passes as it takes; one more then says and writes nothing."""
        while True:
            self.one_pass(after=LATER)
            known = self.known()
            if known.state not in {DraftState.INTENT, DraftState.UNKNOWN}:
                break
        rows = self.rows()
        stored = self.proxy.count("APPEND")
        self.one_pass()
        assert self.rows() == rows
        assert self.proxy.count("APPEND") == stored
        assert known.state is not DraftState.PARKED or [one.code for one in problems([known])] == ["draft.parked"]
        return known.state

    def known(self) -> StoredDraft:
        """What the ledger says of the draft."""
        with open_ledger(str(self.database), read_only=True) as ledger:
            (known,) = ledger.drafts.all(ME)
            return known

    def rows(self) -> list[str]:
        """All that the ledger holds."""
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.iterdump())

    def drafts(self) -> int:
        """How many drafts the server holds."""
        return len(mailboxes.messages(self.proxy.direct, "Drafts"))


@contextmanager
def a_way(server: ImapServer, fresh: Path, directory: Path, standing: tuple[Fault, ...] = ()) -> Iterator[Way]:
    """A new mailbox with `standing` faults, and a copy of the `fresh` ledger in the directory."""
    database = directory / "ledger.db"
    for part in ("", "-wal", "-shm"):
        database.with_name(f"ledger.db{part}").unlink(missing_ok=True)
    shutil.copy(fresh, database)
    with ImapProxy(server.account()) as proxy:
        yield Way(proxy, database, standing)


def fresh_ledger(path: Path) -> Path:
    """A ledger that knows the lapse and no draft."""
    with open_ledger(str(path), read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict()], NOW)
    return path
