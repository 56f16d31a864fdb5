"""Waiting for new mail: what counts as news, and every way a connection can go bad. Time is told by the test."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from crmlink.mailbox.idle import ANSWER_WITHIN, RENEW_AFTER, CannotIdleError, IdleLine, open_idle
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import SourceError
from tests.unit.mailbox.scripted import Answer, HangUpError, ScriptedServer, Talk, hang_up, no, ok

OFFERS = "IMAP4rev1 AUTH=PLAIN IDLE"
LATE = RENEW_AFTER + 1


def says(*lines: bytes) -> Answer:
    """Idle, say these pieces one by one the first time, and end when DONE is said."""

    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say("+ idling")
        for line in lines if talk.server.commands.count("IDLE") == 1 else ():
            talk.connection.sendall(line)
        assert talk.line() == b"DONE"
        talk.say(f"{tag} OK idle ended")

    return answer


def at_once(talk: Talk, tag: str, _line: bytes) -> None:
    """Go-ahead and news in one piece, together with what came before."""
    talk.connection.sendall(b"* 3 EXISTS\r\n+ idling\r\n* 4 EXISTS\r\n")
    assert talk.line() == b"DONE"
    talk.say(f"{tag} OK idle ended")


@contextmanager
def idle(answer: Answer, **answers: Answer) -> Iterator[tuple[IdleLine, ScriptedServer]]:
    """A connection that idles at second 0, with three mails in INBOX."""
    given = {"EXAMINE": ok("3 EXISTS", "OK [UIDVALIDITY 7] ok"), "IDLE": answer, **answers}
    with ScriptedServer(OFFERS, answers=given) as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me@example.nl")
        with closing(open_idle(ImapAccess(location, "geheim", timeouts=Timeouts(5, 5, 5)), 0)) as line:
            yield line, server


def heard(line: IdleLine, until: Callable[[IdleLine], object], now: float = 1) -> list[bool]:
    """What it heard until the condition holds."""
    news: list[bool] = []
    while not until(line):
        assert select.select([line], [], [], 30)[0], "nothing came"
        news.append(line.hear(now))
    return news


def idling(line: IdleLine) -> bool:
    return line.idling


def test_it_only_looks_and_then_idles() -> None:
    with idle(says()) as (line, server):
        heard(line, idling)
        assert line.wake_at == 1 + RENEW_AFTER
        assert server.commands == ["CAPABILITY", "AUTHENTICATE", "CAPABILITY", "EXAMINE", "IDLE"]


@pytest.mark.parametrize(
    ("said", "news"),
    [
        pytest.param(b"* 4 EXISTS\r\n", True, id="a mail arrives"),
        pytest.param(b"* 4 exists\r\n* 1 RECENT\r\n", True, id="in small letters"),
        pytest.param(b"* 3 EXISTS\r\n", False, id="the same number again"),
        pytest.param(b"* 1 EXPUNGE\r\n* 2 EXISTS\r\n", False, id="a mail goes"),
        pytest.param(b"* 1 EXPUNGE\r\n* 3 EXISTS\r\n", True, id="one goes and one comes"),
        pytest.param(b"* 2 FETCH (FLAGS (\\Seen))\r\n", False, id="a mail is read elsewhere"),
        pytest.param(b"* OK Still here\r\n", False, id="a sign of life"),
        pytest.param(b"* OK [ALERT] 9 EXISTS\r\n", False, id="words that look like news"),
    ],
)
def test_what_counts_as_news(said: bytes, news: bool) -> None:  # noqa: FBT001 -- a table
    with idle(says(said)) as (line, _):
        found = heard(line, idling)
        line.turn(LATE)  # what was said comes before the answer to this
        found += heard(line, idling, LATE)
        assert any(found) is news


def test_a_line_that_comes_in_pieces_is_one_line() -> None:
    go_on = threading.Event()

    def answer(talk: Talk, _tag: str, _line: bytes) -> None:
        talk.say("+ idling")
        talk.connection.sendall(b"* 4 EX")
        go_on.wait(30)
        talk.connection.sendall(b"ISTS\r\n")
        talk.line()

    with idle(answer) as (line, _):
        seen: list[bool] = []
        while not line.idling or not line._rest:
            select.select([line], [], [], 30)
            seen.append(line.hear(1))
        assert not any(seen)
        go_on.set()
        assert select.select([line], [], [], 30)[0]
        assert line.hear(2)


def test_news_that_came_along_with_the_go_ahead_is_not_lost() -> None:
    with idle(at_once) as (line, _):
        assert any(heard(line, idling))


def test_it_begins_anew_in_time_and_news_in_between_count() -> None:
    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say("+ idling")
        assert talk.line() == b"DONE"
        talk.say("* 4 EXISTS", f"{tag} OK idle ended")

    with idle(answer) as (line, server):
        heard(line, idling)
        assert not line.turn(RENEW_AFTER)
        assert idling(line)
        line.turn(LATE)
        assert not idling(line)
        assert line.wake_at == LATE + ANSWER_WITHIN
        assert any(heard(line, idling, LATE))
        assert line.wake_at == LATE + RENEW_AFTER
        assert server.commands.count("IDLE") == 2


def silent(talk: Talk, _tag: str, _line: bytes) -> None:
    while True:
        talk.line()


def silent_after_done(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.say("+ idling")
    silent(talk, "", b"")


def trickles_after_done(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.say("+ idling")
    talk.line()
    talk.trickle(b"*")


@pytest.mark.parametrize(
    ("answer", "now"),
    [
        pytest.param(silent, 1.0, id="to IDLE"),
        pytest.param(silent_after_done, LATE, id="to DONE"),
        pytest.param(trickles_after_done, LATE, id="to DONE, but trickles"),
    ],
)
def test_a_server_that_does_not_answer_in_time_is_left(answer: Answer, now: float) -> None:
    with idle(answer) as (line, _):
        if now == LATE:
            heard(line, idling)
            line.turn(now)
        line.turn(now + ANSWER_WITHIN - 2)
        with pytest.raises(SourceError, match="no answer in time"):
            line.turn(now + ANSWER_WITHIN + 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param(b"* BYE too long\r\n", "goodbye", id="goodbye"),
        pytest.param(b"IDLE1 OK enough\r\n", "makes no sense", id="an IDLE that ends by itself"),
        pytest.param(b"\x00\xff\r\n", "makes no sense", id="nonsense"),
        pytest.param(b"x" * 70_000, "makes no sense", id="a line without end"),
        pytest.param(b"* OK again\r\n" * 400_000, "anybody can read", id="a flood"),
    ],
)
def test_what_is_odd_ends_it(said: bytes, why: str) -> None:
    with idle(says(said)) as (line, _), pytest.raises(SourceError, match=why):
        heard(line, lambda _: False)


def test_a_server_that_hangs_up_is_noticed_at_once() -> None:
    def answer(talk: Talk, _tag: str, _line: bytes) -> None:
        talk.say("+ idling")
        raise HangUpError

    with idle(answer) as (line, _), pytest.raises(SourceError, match="hung up"):
        heard(line, lambda _: False)


def test_a_server_that_refuses_is_not_asked_again() -> None:
    with idle(no("not here")) as (line, _), pytest.raises(CannotIdleError):
        heard(line, lambda _: False)


def test_a_server_without_it_is_told_goodbye() -> None:
    with ScriptedServer() as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me@example.nl")
        with pytest.raises(CannotIdleError):
            open_idle(ImapAccess(location, "geheim"), 0)
        assert server.commands[-1] == "LOGOUT"


@pytest.mark.parametrize("verb", ["EXAMINE", "AUTHENTICATE", "CAPABILITY"])
def test_a_server_that_leaves_before_leaves_nothing_open(verb: str) -> None:
    with pytest.raises(SourceError), idle(says(), **{verb: hang_up}):
        pass
