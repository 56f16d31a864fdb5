"""The way of a draft to a real server, broken at every piece on the wire: exactly one draft, and none lost.

The pieces are counted in an undisturbed run, so that a command that is added later is broken here by itself.
"""

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

import pytest

from crmlink.app.outbox import problems
from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState, StoredDraft
from crmlink.model.errors import CrmlinkError
from tests.faults.imap_faults import NO_APPENDUID, Cut, Fault, Strike, without
from tests.faults.imap_proxy import ImapProxy
from tests.faults.killed import Place, ended, place_draft, started
from tests.faults.wire import At, Part, Piece
from tests.ledger_examples import ME, NOW, draft, verdict
from tests.servers import mailboxes
from tests.servers.dovecot_server import Dovecot

LATER: Final = timedelta(seconds=121)
WITHOUT_UIDPLUS: Final = (without("UIDPLUS"), NO_APPENDUID)


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


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows the lapse."""
    path = tmp_path_factory.mktemp("fresh") / "ledger.db"
    with open_ledger(str(path), read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict()], NOW)
    return path


@contextmanager
def a_way(dovecot: Dovecot, fresh: Path, directory: Path, standing: tuple[Fault, ...] = ()) -> Iterator[Way]:
    database = directory / "ledger.db"
    for part in ("", "-wal", "-shm"):
        database.with_name(f"ledger.db{part}").unlink(missing_ok=True)
    shutil.copy(fresh, database)
    with ImapProxy(dovecot.account()) as proxy:
        yield Way(proxy, database, standing)


def lost_once(way: Way) -> None:
    """The first hand-over never reached the server, and a look noted that it is missing."""
    way.one_pass(Cut(At("APPEND")))
    way.one_pass(after=LATER)
    way.now += LATER


@pytest.mark.parametrize(
    ("standing", "most"), [pytest.param((), 99, id="with UIDPLUS"), pytest.param(WITHOUT_UIDPLUS, 8, id="without")]
)
def test_one_draft_wherever_the_process_is_killed_from_the_append_on(
    dovecot: Dovecot, fresh: Path, tmp_path: Path, standing: tuple[Fault, ...], most: int
) -> None:
    """Without UIDPLUS up to the first look after it: what comes then has no more to do with the answer."""
    with a_way(dovecot, fresh, tmp_path, standing) as way:
        pieces = way.one_pass()
    (first,) = (at for at, piece in enumerate(pieces) if (piece.verb, piece.part) == ("APPEND", Part.COMMAND))
    for at in range(first, min(len(pieces), first + most)):
        with a_way(dovecot, fresh, tmp_path, standing) as way:
            way.killed_pass(at)
            assert way.drafts() == (pieces[at].verb != "APPEND" or pieces[at].part is Part.TAGGED), pieces[at]

            assert way.repaired() is DraftState.PLACED, pieces[at]
            assert way.drafts() == 1, pieces[at]


def test_one_draft_or_a_report_wherever_the_second_hand_over_is_killed(
    dovecot: Dovecot, fresh: Path, tmp_path: Path
) -> None:
    with a_way(dovecot, fresh, tmp_path) as way:
        lost_once(way)
        pieces = way.one_pass()
    (first,) = (at for at, piece in enumerate(pieces) if (piece.verb, piece.part) == ("APPEND", Part.COMMAND))
    for at in range(first, len(pieces)):
        with a_way(dovecot, fresh, tmp_path) as way:
            lost_once(way)
            way.killed_pass(at)
            arrived = way.drafts()
            assert arrived == (pieces[at].verb != "APPEND" or pieces[at].part is Part.TAGGED), pieces[at]

            assert way.repaired() is (DraftState.PLACED if arrived else DraftState.PARKED), pieces[at]
            assert way.drafts() == arrived, pieces[at]


def test_one_draft_wherever_the_line_breaks(dovecot: Dovecot, fresh: Path, tmp_path: Path) -> None:
    """At every piece, by turns closed (FIN) and torn off (RST)."""
    with a_way(dovecot, fresh, tmp_path) as way:
        pieces = way.one_pass()
    for at in range(len(pieces)):
        with a_way(dovecot, fresh, tmp_path) as way:
            way.one_pass(Cut(At(number=at), reset=bool(at % 2)))

            assert way.repaired() is DraftState.PLACED, pieces[at]
            assert way.drafts() == 1, pieces[at]


def test_half_a_draft_is_never_stored(dovecot: Dovecot, fresh: Path, tmp_path: Path) -> None:
    size = len(draft().raw)
    for byte in (0, 1, size // 2 - 1):
        with a_way(dovecot, fresh, tmp_path) as way:
            way.one_pass(Cut(At("APPEND", Part.LITERAL_ENDS, byte=byte)))
            assert way.drafts() == 0

            assert way.repaired() is DraftState.PLACED
            assert way.drafts() == 1
