"""Providers as they really behave, played by scripted servers: known by what they say, never by their host's name.

Gmail's labels and reading from servers that forget are tried in `test_imap_source`, lies about stored drafts
(Yahoo, Exchange, DavMail, Proton, Kopano) on real servers in the contract suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from crmlink.mailbox.imap import ImapAccess, ImapRefusedError, ImapSession, open_session
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import LoginError, SourceError
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
from tests.read_mail import read_mail
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, scripted
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, hang_up, no, ok
from tests.unit.sources.test_caldav import CALENDAR, event, multistatus
from tests.unit.sources.test_imap_source import NEW, SINCE, Mails, source, uids_of

MICROSOFT = (
    "IMAP4 IMAP4rev1 IMAP4rev2 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES"
    " CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+"
)


def opened(server: ScriptedServer) -> ImapSession:
    location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
    return open_session(ImapAccess(location, "geheim", timeouts=Timeouts(5, 2, 5)))


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other; the last one stays."""
    left = list(answers)

    def answer(talk: Talk, tag: str, line: bytes) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(talk, tag, line)

    return answer


# ------------------------------------------------------------------ Microsoft


def test_a_server_that_announces_imap4rev2_is_never_asked_to_enable_it() -> None:
    mails = Mails({1: NEW, 2: NEW})
    server = mails.server(MICROSOFT)
    server.answers |= {"NAMESPACE": ok('NAMESPACE (("" "/")) NIL NIL'), "ID": ok("ID NIL")}
    with server, closing(source(server)) as reading:
        assert uids_of(read_mail(reading, SINCE)) == [1, 2]
    assert "ENABLE" not in server.commands


def test_a_command_error_of_exchange_costs_one_folder_in_one_pass() -> None:
    mails = Mails({1: NEW})
    server = mails.server(MICROSOFT)
    server.answers |= {"NAMESPACE": ok('NAMESPACE (("" "/")) NIL NIL'), "ID": ok("ID NIL")}
    server.answers["EXAMINE"] = in_turn(no("Command Error. 10", "BAD"), mails.examine)
    with server, closing(source(server)) as reading:
        first = read_mail(reading, SINCE)
        assert ([problem.code for problem in first.problems], first.truncated) == (["mail.folder-unreadable"], True)
        assert uids_of(read_mail(reading, SINCE)) == [1]


def test_a_goodbye_in_the_middle_is_gone_on_from_once() -> None:
    def goodbye(talk: Talk, _tag: str, _line: bytes) -> None:
        talk.say("* BYE Connection closed. 14")
        hang_up(talk, "", b"")

    mails = Mails({1: NEW})
    server = mails.server(MICROSOFT)
    server.answers |= {"NAMESPACE": ok('NAMESPACE (("" "/")) NIL NIL'), "ID": ok("ID NIL")}
    server.answers["EXAMINE"] = in_turn(goodbye, mails.examine)
    with server, closing(source(server)) as reading:
        assert uids_of(read_mail(reading, SINCE)) == [1]
    assert server.connections == 2


def test_a_login_that_is_let_in_to_no_mailbox_is_told_as_such() -> None:
    shut = no("User is authenticated but not connected.", "BAD")
    server = ScriptedServer(MICROSOFT, answers={"NAMESPACE": shut, "LIST": shut, "ID": shut})
    with server, closing(opened(server)) as session, pytest.raises(ImapRefusedError) as caught:
        session.folders()
    assert not isinstance(caught.value, LoginError)
    assert "IMAP is switched on" in caught.value.hint


@pytest.mark.parametrize("offers", ["IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED", MICROSOFT])
def test_a_password_where_only_tokens_are_taken_says_so(offers: str) -> None:
    server = ScriptedServer(offers, answers={"AUTHENTICATE": no("AUTHENTICATE failed.")})
    with server, pytest.raises(LoginError) as caught:
        opened(server)
    assert "CRMLINK_MAIL_AUTH" in caught.value.hint


# ------------------------------------------------------------------ iCloud, Yahoo, Coremail, Zoho


def test_what_icloud_announces_before_the_login_is_not_believed_after_it() -> None:
    def welcome(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say("+ ")
        talk.line()
        talk.say(f"{tag} OK [CAPABILITY IMAP4rev1 XAPPLEPUSHSERVICE AUTH=PLAIN] welcome")

    capabilities = in_turn(ok("CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE"), ok("CAPABILITY IMAP4rev1 UNSELECT CONDSTORE"))
    server = ScriptedServer(answers={"CAPABILITY": capabilities, "AUTHENTICATE": welcome})
    with server, closing(opened(server)) as session:
        assert [session.has(name) for name in ("MOVE", "UNSELECT", "CONDSTORE")] == [False, True, True]


def test_no_text_is_asked_for_in_the_old_way_that_icloud_leaves_empty() -> None:
    mails = Mails({1: NEW})
    server = mails.server()
    with server, closing(source(server)) as reading:
        read_mail(reading, SINCE)
    assert b"BODY.PEEK[]" in server.heard
    assert b"RFC822 " not in server.heard.replace(b"RFC822.SIZE ", b"")
    assert b"(RFC822)" not in server.heard


def test_a_folder_of_notes_that_cannot_be_opened_is_told_and_the_rest_is_read() -> None:
    mails = Mails({1: NEW})

    def examine(talk: Talk, tag: str, line: bytes) -> None:
        (no("Mailbox does not exist") if b"Notes" in line else mails.examine)(talk, tag, line)

    server = mails.server()
    server.answers |= {"LIST": ok('LIST () "/" INBOX', 'LIST () "/" Notes'), "EXAMINE": examine}
    with server, closing(source(server)) as reading:
        found = read_mail(reading, SINCE)
    assert uids_of(found) == [1]
    assert [problem.subject for problem in found.problems] == ["Notes"]


def test_yahoos_limit_is_waited_out_and_no_refusal() -> None:
    server = ScriptedServer(answers={"CAPABILITY": no("[LIMIT] CAPABILITY Rate limit hit.")})
    with server, pytest.raises(SourceError) as caught:
        opened(server)
    assert not isinstance(caught.value, LoginError)
    assert b"geheim" not in server.heard


def test_coremail_opens_a_folder_only_for_a_program_that_said_its_name() -> None:
    mails = Mails({1: NEW})
    server = mails.server("IMAP4rev1 AUTH=PLAIN ID")
    introduced: list[bytes] = []

    def name(talk: Talk, tag: str, line: bytes) -> None:
        introduced.append(line)
        ok("ID NIL")(talk, tag, line)

    def examine(talk: Talk, tag: str, line: bytes) -> None:
        (mails.examine if introduced else no("EXAMINE Unsafe Login. Please contact us"))(talk, tag, line)

    server.answers |= {"ID": name, "EXAMINE": examine}
    with server, closing(source(server)) as reading:
        assert uids_of(read_mail(reading, SINCE)) == [1]


@pytest.mark.parametrize(
    "words",
    [
        "[ALERT] Too many simultaneous connections. (Failure)",
        "You have reached the maximum: too many open IMAP connections",
        "[LIMIT] Maximum number of connections exceeded",
    ],
)
def test_a_full_house_is_waited_out_and_no_refusal(words: str) -> None:
    server = ScriptedServer(answers={"AUTHENTICATE": no(words)})
    with server, pytest.raises(SourceError, match="cannot log in anybody now"):
        opened(server)


# ------------------------------------------------------------------ calendars


@pytest.fixture
def yahoo(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A calendar that says 401 without a word on how to log in; its address, and the authority of its certificate."""
    files = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(files) as server:
        server.replies["PROPFIND /cal/"] = Reply(401)
        server.knows["Basic bWFybGVlbjpnZWhlaW0="] = {  # marleen:geheim
            "PROPFIND /cal/": multistatus(("/cal/", CALENDAR)),
            "REPORT /cal/": multistatus(event("/cal/1.ics")),
        }
        yield f"{server.url}/cal/", files.authority


def agenda(place: tuple[str, Path], password: str) -> list[str]:
    with closing(CalDavSource(place[0], CalendarLogin("marleen", password, place[1]))) as reading:
        changes = reading.changes({}, start=date(2026, 3, 1), end=date(2026, 4, 1))
        return [one.calendar for one in changes]


def test_yahoos_calendar_gets_the_login_it_does_not_ask_for(yahoo: tuple[str, Path]) -> None:
    assert agenda(yahoo, "geheim") == ["Agenda"]


def test_a_wrong_one_is_still_a_refused_login(yahoo: tuple[str, Path]) -> None:
    with pytest.raises(LoginError):
        agenda(yahoo, "fout")
