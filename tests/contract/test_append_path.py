"""The way of a draft to a real server, broken at every piece on the wire: exactly one draft, and none lost.

The pieces are counted in an undisturbed run, so that a command that is added later is broken here by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from crmlink.model.draft import DraftState
from tests.faults.imap_faults import NO_APPENDUID, Cut, Fault, without
from tests.faults.way import LATER, Way, a_way
from tests.faults.wire import At, Part
from tests.ledger_examples import draft
from tests.servers.dovecot_server import Dovecot

WITHOUT_UIDPLUS: Final = (without("UIDPLUS"), NO_APPENDUID)


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
