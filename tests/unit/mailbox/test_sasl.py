"""Saying an OAuth2 token: with the command or after it, in both forms, and what a refusal means."""

from __future__ import annotations

import base64
import json
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.cli.tracebacks import safe_traceback
from crmlink.mailbox.imap import ImapAccess, ImapSession, open_session
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.sasl import refusal
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import CrmlinkError, LoginError, SourceError
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, hang_up, no

TOKEN = "ya29.kanarie-token"
USER = "me=a,b@example.nl"
X = base64.b64encode(f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode()).decode()


def bearer(port: int) -> str:
    text = f"n,a=me=3Da=2Cb@example.nl,\x01host=127.0.0.1\x01port={port}\x01auth=Bearer {TOKEN}\x01\x01"
    return base64.b64encode(text.encode()).decode()


def opened(server: ScriptedServer, token: str = TOKEN) -> ImapSession:
    location = ImapLocation(Security.NONE, "127.0.0.1", server.port, USER)
    return open_session(ImapAccess(location, "", timeouts=Timeouts(5, 2, 5), token=lambda: token))


class Said:
    """Plays the server's side of AUTHENTICATE, and keeps what it hears."""

    def __init__(self, *challenges: str, end: str = "OK welcome") -> None:
        self._challenges = challenges
        self._end = end
        self.heard: list[str] = []

    def __call__(self, talk: Talk, tag: str, line: bytes) -> None:
        self.heard.append(line.decode().partition(" ")[2])
        for challenge in self._challenges:
            talk.say(f"+ {challenge}")
            self.heard.append(talk.line().decode())
        talk.say(f"{tag} {self._end}")


def coded(status: str) -> str:
    return base64.b64encode(json.dumps({"status": status, "schemes": "bearer", "scope": "kanarie"}).encode()).decode()


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_the_token_comes_with_the_command_where_the_server_allows_it(mechanism: str) -> None:
    said = Said()
    offers = f"IMAP4rev1 SASL-IR AUTH=PLAIN AUTH={mechanism}"
    with ScriptedServer(offers, answers={"AUTHENTICATE": said}) as server, closing(opened(server)):
        initial = X if mechanism == "XOAUTH2" else bearer(server.port)
    assert said.heard == [f"AUTHENTICATE {mechanism} {initial}"]


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_else_the_token_is_said_when_the_server_asks(mechanism: str) -> None:
    said = Said("")
    with ScriptedServer(f"IMAP4rev1 AUTH={mechanism}", answers={"AUTHENTICATE": said}) as server:
        with closing(opened(server)):
            initial = X if mechanism == "XOAUTH2" else bearer(server.port)
        assert server.commands == ["CAPABILITY", "AUTHENTICATE", "CAPABILITY", "LOGOUT"]
    assert said.heard == [f"AUTHENTICATE {mechanism}", initial]


def test_the_standard_form_is_preferred() -> None:
    said = Said("")
    offers = "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER"
    with ScriptedServer(offers, answers={"AUTHENTICATE": said}) as server, closing(opened(server)):
        pass
    assert said.heard[0] == "AUTHENTICATE OAUTHBEARER"


@pytest.mark.parametrize(
    ("mechanism", "goodbye"), [("XOAUTH2", ""), ("OAUTHBEARER", base64.b64encode(b"\x01").decode())]
)
@pytest.mark.parametrize("at_once", [True, False], ids=["with the command", "when asked"])
def test_a_refusal_is_heard_out_and_told_with_its_status(mechanism: str, goodbye: str, *, at_once: bool) -> None:
    said = Said(*([] if at_once else [""]), coded("401"), end="NO SASL authentication failed")
    offers = f"IMAP4rev1 AUTH={mechanism}{' SASL-IR' if at_once else ''}"
    with (
        ScriptedServer(offers, answers={"AUTHENTICATE": said}) as server,
        pytest.raises(LoginError, match=r"SASL authentication failed \(status 401\)") as caught,
    ):
        opened(server)
    assert said.heard[-1] == goodbye
    assert "crmlink login" in caught.value.hint
    assert "kanarie" not in f"{caught.value!s} {caught.value!r} {safe_traceback(caught.value)}"


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("NO AUTHENTICATE failed.", LoginError),
        ("NO [AUTHENTICATIONFAILED] Too many login failures, try again later", LoginError),
        ("BAD User is authenticated but not connected.", LoginError),
        (f"BAD what is {X}", LoginError),
        (f"NO I do not know {TOKEN} at all", LoginError),
        ("NO [UNAVAILABLE] later", SourceError),
        ("NO Request is throttled. Suggested Backoff Time: 5000 milliseconds", SourceError),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", SourceError),
        ("NO [LIMIT] CAPABILITY Rate limit hit", SourceError),
        ("BAD Server Unavailable. 15", SourceError),
    ],
)
def test_what_a_servers_no_means(end: str, kind: type[CrmlinkError]) -> None:
    answers: dict[str, Answer] = {"AUTHENTICATE": Said(end=end)}
    with (
        ScriptedServer("IMAP4rev1 SASL-IR AUTH=XOAUTH2", answers=answers) as server,
        pytest.raises(kind) as caught,
    ):
        opened(server)
    assert type(caught.value) is kind
    told = f"{caught.value!s} {caught.value!r} {safe_traceback(caught.value)}"
    assert (TOKEN in told, X in told) == (False, False)


@pytest.mark.parametrize("answer", [hang_up, no("x", "*BYE")])
def test_a_line_that_breaks_is_no_refusal(answer: Answer) -> None:
    with (
        ScriptedServer("IMAP4rev1 SASL-IR AUTH=XOAUTH2", answers={"AUTHENTICATE": answer}) as server,
        pytest.raises(SourceError) as caught,
    ):
        opened(server)
    assert TOKEN not in safe_traceback(caught.value)


def test_a_server_that_asks_for_ever_is_given_up() -> None:
    def ask(talk: Talk, _tag: str, _line: bytes) -> None:
        while True:
            talk.say("+ e30=")
            talk.line()

    location = ImapLocation(Security.NONE, "127.0.0.1", 0, USER)
    with ScriptedServer("IMAP4rev1 AUTH=XOAUTH2", answers={"AUTHENTICATE": ask}) as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, USER)
        access = ImapAccess(location, "", timeouts=Timeouts(5, 2, 0.3), token=lambda: TOKEN)
        with pytest.raises(SourceError, match="in time"):
            open_session(access)


def test_a_server_that_takes_only_passwords_hears_no_token() -> None:
    with ScriptedServer() as server, pytest.raises(LoginError, match="takes no OAuth2 tokens") as caught:
        opened(server)
    assert TOKEN.encode() not in server.heard
    assert "CRMLINK_MAIL_AUTH" in caught.value.hint


def test_without_a_token_no_server_is_asked() -> None:
    def none() -> str:
        raise LoginError("nobody has logged in yet")

    with ScriptedServer() as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, USER)
        with pytest.raises(LoginError, match="nobody"):
            open_session(ImapAccess(location, "", token=none))
        assert server.connections == 0


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: base64.b64encode(json.dumps(x).encode()))
)
def test_any_challenge_gives_a_few_plain_words(challenge: bytes) -> None:
    told = refusal(challenge)
    assert len(told) <= 80
    assert told.isascii()
    assert told.isprintable()
