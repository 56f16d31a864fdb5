"""The connection that waits for mail is made, lost and made again, or done without. Time is told by the test."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from crmlink.app.service.backoff import LONGEST, SHORTEST
from crmlink.app.service.watch import LOOK_EVERY, NEVER, IdleWatch, MaildirWatch
from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, MaildirLocation, Security
from crmlink.mailbox.wire import Timeouts
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, hang_up, no


def idles(talk: Talk, tag: str, _line: bytes) -> None:
    talk.say("+ idling")
    talk.line()
    talk.say(f"{tag} OK idle ended")


def goodbye(talk: Talk, tag: str, line: bytes) -> None:
    talk.say("* BYE too long")
    hang_up(talk, tag, line)


@contextmanager
def watch(offers: str = "IMAP4rev1 AUTH=PLAIN IDLE", **answers: Answer) -> Iterator[tuple[IdleWatch, ScriptedServer]]:
    """A watch over a mailbox in which a pass has just worked."""
    with ScriptedServer(offers, answers={"IDLE": idles, **answers}) as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me@example.nl")
        access = ImapAccess(location, "geheim", timeouts=Timeouts(5, 5, 5))
        one = IdleWatch(access, lambda: 0.5, lambda: server.stored.append(b"reconnected"), "")
        one.passed()
        try:
            yield one, server
        finally:
            one.close()


def turned(one: IdleWatch, now: float) -> bool:
    """A turn when there is something to hear."""
    descriptor = one.descriptor()
    assert descriptor is not None
    assert select.select([descriptor], [], [], 30)[0]
    return one.turn(now)


def logins(server: ScriptedServer) -> int:
    return server.commands.count("AUTHENTICATE")


def test_before_a_pass_has_worked_no_connection_is_made() -> None:
    with ScriptedServer() as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me@example.nl")
        one = IdleWatch(ImapAccess(location, "geheim"), lambda: 0.5, lambda: None, "")
        assert not one.turn(1000)
        assert one.wake_at() == NEVER
        assert server.connections == 0


def test_a_new_connection_asks_for_a_pass_because_mail_may_have_come_before_it() -> None:
    with watch() as (one, _):
        assert one.turn(0)
        assert not turned(one, 1)
        assert one.descriptor() is not None


def test_a_connection_that_stood_for_long_is_made_anew_at_once_and_that_is_told() -> None:
    with watch() as (one, server):
        one.turn(0)
        turned(one, 1)
        server.answers["IDLE"] = goodbye
        one.turn(600)  # IDLE is ended and begun anew, and then the server says goodbye
        while one.descriptor() is not None:
            assert turned(one, 601) is (one.descriptor() is None)
        server.answers["IDLE"] = idles
        assert one.wake_at() == 601
        assert one.turn(601)
        assert not server.stored
        turned(one, 602)
        assert server.stored == [b"reconnected"]
        assert logins(server) == 2


def test_a_connection_that_breaks_at_once_is_made_anew_within_a_minute_and_never_sooner() -> None:
    with watch(IDLE=goodbye) as (one, server):
        tried, now = [], 0.0
        while now < 4 * 3600:
            if one.turn(now):
                tried.append(now)
                assert turned(one, now)
                assert one.descriptor() is None
            now = one.wake_at()
        waits = [after - before for before, after in pairwise(tried)]
        assert waits[0] == SHORTEST
        assert min(waits) >= SHORTEST
        assert max(waits) <= LONGEST
        assert logins(server) == len(tried)


@pytest.mark.parametrize(
    ("offers", "answers", "expected"),
    [
        pytest.param("IMAP4rev1 AUTH=PLAIN", {}, 1, id="it cannot idle"),
        pytest.param("IMAP4rev1 AUTH=PLAIN IDLE", {"IDLE": no("not here")}, 1, id="it does not want to"),
        pytest.param("IMAP4rev1 AUTH=PLAIN IDLE", {"AUTHENTICATE": no("too many")}, 3, id="no second connection"),
    ],
)
def test_a_server_that_does_not_let_it_wait_is_left_in_peace(
    offers: str, answers: dict[str, Answer], expected: int
) -> None:
    with watch(offers, **answers) as (one, server):
        now = 0.0
        while now < NEVER:
            one.turn(now)
            if one.descriptor() is not None:
                turned(one, now)
            one.passed()
            now = one.wake_at()
        assert logins(server) == expected
        assert not one.turn(24 * 3600)


@pytest.mark.parametrize("part", ["new", "cur"])
def test_a_maildir_is_looked_at_every_few_seconds(tmp_path: Path, part: str) -> None:
    (tmp_path / part).mkdir()
    one = MaildirWatch(MaildirLocation(tmp_path))
    assert not one.turn(0)
    (tmp_path / part / "1.mail").write_bytes(b"From: gijs@bakker.example\r\n\r\n")
    assert not one.turn(LOOK_EVERY / 2)
    assert one.turn(LOOK_EVERY)
    assert not one.turn(2 * LOOK_EVERY)
    assert one.descriptor() is None
