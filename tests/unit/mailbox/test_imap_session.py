"""Opening a session: what is said to whom, and what each way of failing means."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import pytest

from crmlink.mailbox.imap import ImapAccess, ImapDoor, ImapRefusedError, ImapSession, open_session
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import CrmlinkError, LoginError, SettingsError, SourceError, UntrustedError
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, hang_up, no, ok

PASSWORD = "zeer geheim"
QUICK = Timeouts(connect=5, read=1, command=5)


def access(
    server: ScriptedServer, security: Security = Security.NONE, password: str = PASSWORD, timeouts: Timeouts = QUICK
) -> ImapAccess:
    return ImapAccess(ImapLocation(security, "127.0.0.1", server.port, "me@example.nl"), password, timeouts=timeouts)


def opened(server: ScriptedServer, password: str = PASSWORD) -> ImapSession:
    return open_session(access(server, password=password))


def test_plain_is_preferred_and_carries_any_letter() -> None:
    said = []

    def answer(talk: Talk, tag: str, line: bytes) -> None:
        talk.say("+ ")
        said.append((line.split(b" ", 1)[1], talk.line()))
        talk.say(f"{tag} OK welcome")

    with ScriptedServer(answers={"AUTHENTICATE": answer}) as server, closing(opened(server, "gëheim €")):
        pass
    assert said == [(b"AUTHENTICATE PLAIN", b"AG1lQGV4YW1wbGUubmwAZ8OraGVpbSDigqw=")]


def test_login_is_used_where_plain_is_not_offered() -> None:
    with ScriptedServer("IMAP4rev1") as server, closing(opened(server, 'a"b\\c d')):
        pass
    assert b'LOGIN "me@example.nl" "a\\"b\\\\c d"\r\n' in server.heard


def test_the_server_is_told_which_program_this_is_and_need_not_like_it() -> None:
    with ScriptedServer("IMAP4rev1 AUTH=PLAIN ID", answers={"ID": no("not here")}) as server, closing(opened(server)):
        pass
    assert server.commands == ["CAPABILITY", "AUTHENTICATE", "CAPABILITY", "ID", "LOGOUT"]
    assert b'ID ("name" "crmlink")\r\n' in server.heard


def bad_base64(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.say("+ a")


def bye(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.say("* BYE too busy")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(no("[AUTHENTICATIONFAILED] wrong"), LoginError, id="a wrong password"),
        pytest.param(no("Invalid credentials (Failure)"), LoginError, id="a wrong password in free words"),
        pytest.param(no("bad syntax", "BAD"), LoginError, id="a command it does not understand"),
        pytest.param(no("[UNAVAILABLE] try later"), SourceError, id="a server that cannot check passwords now"),
        pytest.param(no("[LIMIT] too many connections"), SourceError, id="too many connections"),
        pytest.param(hang_up, SourceError, id="a server that hangs up"),
        pytest.param(bye, SourceError, id="a server that says goodbye"),
        pytest.param(bad_base64, SourceError, id="a question that cannot be read"),
    ],
)
@pytest.mark.parametrize("verb", ["AUTHENTICATE", "LOGIN"])
def test_a_refused_login(verb: str, answer: Answer, expected: type[CrmlinkError]) -> None:
    offers = "IMAP4rev1 AUTH=PLAIN" if verb == "AUTHENTICATE" else "IMAP4rev1"
    with ScriptedServer(offers, answers={verb: answer}) as server, pytest.raises(CrmlinkError) as caught:
        opened(server)
    assert type(caught.value) is expected
    assert caught.value.hint
    assert PASSWORD not in str(caught.value)
    assert server.commands.count(verb) == 1, "the password is said once"


def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    echo = no(f"no such password: {PASSWORD}")
    with ScriptedServer(answers={"AUTHENTICATE": echo}) as server, pytest.raises(LoginError) as caught:
        opened(server)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("offers", "password"),
    [
        pytest.param("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", PASSWORD, id="no passwords at all"),
        pytest.param("IMAP4rev1", "gëheim", id="only passwords in ASCII"),
    ],
)
def test_a_login_that_cannot_work_is_not_tried(offers: str, password: str) -> None:
    with ScriptedServer(offers) as server, pytest.raises(LoginError):
        opened(server, password)
    assert server.commands == ["CAPABILITY"]


@pytest.mark.parametrize("password", ["a\r\nA1 LOGOUT", "a\n", "a\0b"])
def test_a_password_with_a_line_break_is_refused(password: str) -> None:
    location = ImapLocation(Security.TLS, "127.0.0.1", 1, "me")
    with pytest.raises(SettingsError) as caught:
        ImapAccess(location, password)
    assert password not in str(caught.value)
    assert PASSWORD not in repr(ImapAccess(location, PASSWORD))


@pytest.mark.parametrize(
    ("greeting", "offers", "answer"),
    [
        pytest.param("* OK ready", "IMAP4rev1 AUTH=PLAIN", ok(), id="the offer is taken away"),
        pytest.param("* OK ready", "IMAP4rev1 STARTTLS AUTH=PLAIN", no("not now"), id="the command is refused"),
        pytest.param("* OK ready", "IMAP4rev1 STARTTLS AUTH=PLAIN", no("what?", "BAD"), id="the command is unknown"),
        pytest.param("* PREAUTH hello", "IMAP4rev1 STARTTLS AUTH=PLAIN", ok(), id="you are logged in already"),
    ],
)
def test_without_starttls_the_password_stays_home(greeting: str, offers: str, answer: Answer) -> None:
    with (
        ScriptedServer(offers, greeting, {"STARTTLS": answer}) as server,
        pytest.raises(UntrustedError, match="STARTTLS"),
    ):
        open_session(access(server, Security.STARTTLS))
    assert not {"LOGIN", "AUTHENTICATE"} & set(server.commands)
    assert PASSWORD.encode() not in server.heard


def test_a_yes_to_starttls_without_tls_behind_it_is_not_trusted() -> None:
    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(f"{tag} OK begin", "* OK but I speak no TLS")

    offers = "IMAP4rev1 STARTTLS AUTH=PLAIN"
    with ScriptedServer(offers, answers={"STARTTLS": answer}) as server, pytest.raises((UntrustedError, SourceError)):
        open_session(access(server, Security.STARTTLS, timeouts=Timeouts(5, 0.5, 1)))
    assert PASSWORD.encode() not in server.heard


def test_a_server_without_tls_hears_no_password() -> None:
    with ScriptedServer() as server, pytest.raises(UntrustedError, match="does not speak TLS"):
        open_session(access(server, Security.TLS))
    assert server.heard
    assert PASSWORD.encode() not in server.heard


def test_a_closed_port_names_the_server_and_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceError, match=f"127.0.0.1:{port} cannot be reached: connection refused") as caught:
        open_session(ImapAccess(ImapLocation(Security.NONE, "127.0.0.1", port, "me"), PASSWORD))
    assert "CRMLINK_MAIL" in caught.value.hint


def test_an_unknown_host_is_named() -> None:
    location = ImapLocation(Security.TLS, "imap.example.invalid", 993, "me")
    with pytest.raises(SourceError, match=r"imap\.example\.invalid:993 cannot be reached"):
        open_session(ImapAccess(location, PASSWORD))


@pytest.mark.parametrize(
    "timeouts",
    [pytest.param(Timeouts(5, 0.2, 5), id="silence"), pytest.param(Timeouts(5, 5, 0.3), id="a trickle")],
)
def test_a_greeting_that_never_ends_is_given_up(timeouts: Timeouts) -> None:
    started = time.monotonic()
    with ScriptedServer(greeting="trickle" if timeouts.read == 5 else "*") as server, pytest.raises(SourceError):
        open_session(access(server, timeouts=timeouts))
    assert time.monotonic() - started < 4


def test_a_greeting_that_is_no_imap_is_an_error_of_the_place() -> None:
    with ScriptedServer(greeting="SSH-2.0-OpenSSH_9.2") as server, pytest.raises(SourceError, match="mail server"):
        opened(server)


def trickle(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.trickle(b"*")


def nonsense(talk: Talk, _tag: str, _line: bytes) -> None:
    talk.say("\x00\xff nonsense")


def wordless(talk: Talk, tag: str, _line: bytes) -> None:
    talk.say(f"{tag} OK")


def half(talk: Talk, tag: str, line: bytes) -> None:
    talk.connection.sendall(b"* 1 FETCH (UID 1 BODY[] {4000000000}\r\nabc")
    hang_up(talk, tag, line)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hang_up, id="hangs up"),
        pytest.param(bye, id="says goodbye"),
        pytest.param(trickle, id="trickles"),
        pytest.param(half, id="stops within an enormous literal"),
        pytest.param(nonsense, id="speaks nonsense"),
    ],
)
def test_a_broken_answer_closes_the_session(answer: Answer) -> None:
    with ScriptedServer(answers={"UID FETCH": answer}) as server:
        session = open_session(access(server, timeouts=Timeouts(5, 5, 0.4)))
        session.examine("INBOX")
        with pytest.raises(SourceError, match="reading mail") as caught:
            session.fetch("1:*", "UID")
        assert not isinstance(caught.value, ImapRefusedError)
        assert session.closed
        with pytest.raises(SourceError, match="closed"):
            session.fetch("1:*", "UID")
        session.close()


@pytest.mark.parametrize("kind", ["NO", "BAD"])
def test_a_no_leaves_the_session_open(kind: str) -> None:
    with ScriptedServer(answers={"EXAMINE": no("[NONEXISTENT] gone", kind)}) as server:
        with closing(opened(server)) as session, pytest.raises(ImapRefusedError) as caught:
            session.examine("Weg")
        assert "[NONEXISTENT] gone" in caught.value.reason
        assert server.commands[-1] == "LOGOUT"


def test_a_door_opens_again_after_the_connection_broke() -> None:
    with ScriptedServer(answers={"EXAMINE": hang_up}) as server, closing(ImapDoor(access(server))) as door:
        with pytest.raises(SourceError):
            door.session().examine("INBOX")
        assert door.session() is door.session()
        assert server.connections == 2


def test_a_door_notices_a_server_that_left_in_silence() -> None:
    with ScriptedServer(answers={"NOOP": hang_up}) as server, closing(ImapDoor(access(server))) as door:
        first = door.session()
        assert door.session() is not first
        assert first.closed


def test_closing_is_harmless_when_the_server_has_gone(recwarn: pytest.WarningsRecorder) -> None:
    with ScriptedServer(answers={"LOGOUT": hang_up}) as server:
        session = opened(server)
        session.close()
        session.close()
    assert session.closed
    assert not [warning for warning in recwarn if warning.category is ResourceWarning]


def test_an_answer_that_ends_without_a_word_is_an_answer() -> None:
    with ScriptedServer(answers={"UID FETCH": wordless}) as server, closing(opened(server)) as session:
        session.examine("INBOX")
        assert session.fetch("1:*", "UID") == []
