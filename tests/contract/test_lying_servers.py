"""Servers that lie, refuse or dawdle while a draft is placed: exactly one draft, or a clear word why there is none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from crmlink.app.outbox import problems
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, parse_location
from crmlink.mailbox.wire import Timeouts
from crmlink.model.draft import DraftState
from crmlink.model.errors import WriteUnknownError
from crmlink.writer.imap import ImapDraftWriter
from tests.faults.imap_faults import (
    FINDS_NOTHING,
    NO_APPENDUID,
    SWAPPED_APPENDUID,
    WRONG_APPENDUID,
    Bye,
    Fault,
    HideAppended,
    Renumber,
    Silence,
    Trickle,
    answer_to,
    append_not_understood,
    append_refused,
    without,
)
from tests.faults.imap_proxy import ImapProxy
from tests.faults.way import a_way
from tests.faults.wire import At, Part
from tests.ledger_examples import draft
from tests.servers import mailboxes
from tests.servers.dovecot_server import Dovecot

LIES: Final[dict[str, tuple[Fault, ...]]] = {
    "no UIDPLUS": (without("UIDPLUS"), NO_APPENDUID),
    "UIDPLUS without APPENDUID": (NO_APPENDUID,),
    "APPENDUID with its numbers swapped": (SWAPPED_APPENDUID,),
    "a wrong APPENDUID": (WRONG_APPENDUID,),
    "SEARCH finds nothing": (FINDS_NOTHING, without("ESEARCH")),
    "nothing but the oldest verbs": tuple(
        without(each) for each in ("UIDPLUS", "CONDSTORE", "MOVE", "LIST-STATUS", "ESEARCH", "IDLE", "UNSELECT")
    ),
}


@pytest.mark.parametrize("lie", [pytest.param(faults, id=name) for name, faults in LIES.items()])
def test_one_draft_whatever_the_server_says_of_it(
    dovecot: Dovecot, fresh: Path, tmp_path: Path, lie: tuple[Fault, ...]
) -> None:
    with a_way(dovecot, fresh, tmp_path, lie) as way:
        way.one_pass()
        assert way.known().state is DraftState.PLACED

        assert way.repaired() is DraftState.PLACED
        assert way.drafts() == 1


@pytest.mark.parametrize("lie", [pytest.param(faults, id=name) for name, faults in LIES.items()])
def test_one_draft_when_its_answer_is_lost_on_such_a_server(
    dovecot: Dovecot, fresh: Path, tmp_path: Path, lie: tuple[Fault, ...]
) -> None:
    with a_way(dovecot, fresh, tmp_path, lie) as way:
        way.one_pass(Bye(answer_to("APPEND")))
        assert way.known().state is DraftState.UNKNOWN

        assert way.repaired() is DraftState.PLACED
        assert way.drafts() == 1


@pytest.mark.parametrize("late", [False, True], ids=["at once", "after the text"])
@pytest.mark.parametrize("code", ["OVERQUOTA", "LIMIT", "UNAVAILABLE", "TRYCREATE"])
def test_a_no_is_waited_out_and_told(dovecot: Dovecot, fresh: Path, tmp_path: Path, code: str, *, late: bool) -> None:
    with a_way(dovecot, fresh, tmp_path) as way:
        way.one_pass(append_refused(code, late=late))
        stored = way.known()
        assert (stored.state, stored.attempts, stored.refusals) == (DraftState.INTENT, 1, 1)
        (problem,) = problems([stored])
        assert (problem.code, code in problem.message) == ("draft.refused", True)
        way.one_pass(append_refused(code, late=late), after=timedelta(minutes=4))
        assert way.proxy.count("APPEND") == 1, "it tried again too soon"
        assert set(mailboxes.folders_of(way.proxy.direct)) >= {"INBOX", "Drafts"}
        assert way.proxy.count("CREATE") == 0

        way.one_pass(after=timedelta(minutes=2))
        assert way.known().state is DraftState.PLACED
        assert way.drafts() == 1


def test_a_command_called_nonsense_is_a_no(dovecot: Dovecot, fresh: Path, tmp_path: Path) -> None:
    with a_way(dovecot, fresh, tmp_path) as way:
        way.one_pass(append_not_understood())
        assert way.known().state is DraftState.INTENT

        way.now += timedelta(minutes=6)
        assert way.repaired() is DraftState.PLACED
        assert way.drafts() == 1


def test_a_draft_shown_late_is_waited_for(dovecot: Dovecot, fresh: Path, tmp_path: Path) -> None:
    with a_way(dovecot, fresh, tmp_path) as way:
        way.one_pass(HideAppended())
        assert way.known().state is DraftState.UNKNOWN
        way.one_pass(HideAppended(), after=timedelta(seconds=119))
        assert way.known().state is DraftState.UNKNOWN

        assert way.repaired() is DraftState.PLACED
        assert (way.drafts(), way.proxy.count("APPEND")) == (1, 1)


def test_a_draft_hidden_for_ever_is_made_twice_at_most_and_told(dovecot: Dovecot, fresh: Path, tmp_path: Path) -> None:
    with a_way(dovecot, fresh, tmp_path, (HideAppended(),)) as way:
        way.one_pass()

        assert way.repaired() is DraftState.PARKED
        assert way.drafts() == 2


@pytest.mark.parametrize("lost", [False, True], ids=["placed", "unknown"])
def test_another_uidvalidity_of_drafts_makes_no_second_one(
    dovecot: Dovecot, fresh: Path, tmp_path: Path, *, lost: bool
) -> None:
    with a_way(dovecot, fresh, tmp_path) as way:
        way.one_pass(*([Bye(answer_to("APPEND"))] if lost else []))
        way.standing = (Renumber("Drafts"),)

        assert way.repaired() is DraftState.PLACED
        assert (way.drafts(), way.proxy.count("APPEND")) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        pytest.param(Silence(At("APPEND")), 0, id="the command vanishes"),
        pytest.param(Silence(At("APPEND", Part.GO_AHEAD)), 0, id="the go-ahead vanishes"),
        pytest.param(Silence(At("APPEND", Part.LITERAL_ENDS, byte=9)), 0, id="the text vanishes in the middle"),
        pytest.param(Silence(answer_to("APPEND")), 1, id="the answer vanishes"),
        pytest.param(Trickle(At("APPEND", Part.TAGGED), pause=0.1), 1, id="the answer trickles"),
    ],
)
def test_a_line_that_dies_quietly_is_given_up_in_time(dovecot: Dovecot, fault: Fault, arrived: int) -> None:
    with ImapProxy(dovecot.account(), fault) as proxy:
        location = parse_location(proxy.account.url)
        assert isinstance(location, ImapLocation)
        access = ImapAccess(location, proxy.account.password, timeouts=Timeouts(5, 60, 1.5))
        writer = ImapDraftWriter(access)
        with pytest.raises(WriteUnknownError, match="no answer in time"):
            writer.append(draft().raw)
        writer.close()
        assert proxy.struck == [fault]
    assert len(mailboxes.messages(proxy.direct, "Drafts")) == arrived
