"""A server that sends more than there is memory gets no further than the first part of it."""

from __future__ import annotations

import pytest

from crmlink.mailbox.imap import ImapAccess, open_session
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import SourceError
from tests.memory import MOST, peak_of
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk

READ = """
from crmlink.mailbox.imap import ImapAccess, open_session
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.model.errors import SourceError
session = open_session(ImapAccess(ImapLocation(Security.NONE, "127.0.0.1", int(sys.argv[1]), "me"), "geheim"))
session.examine("INBOX")
try:
    session.fetch("1:*", "UID BODY.PEEK[]<0.1000>")
except SourceError as error:
    print(error)
"""


def flood(first: bytes, again: bytes) -> Answer:
    """An answer that begins and never ends; the client hangs up."""

    def answer(talk: Talk, _tag: str, _line: bytes) -> None:
        talk.connection.sendall(first)
        piece = again * (65_536 // len(again) + 1)
        while not talk.server.over.is_set():
            talk.connection.sendall(piece)

    return answer


FLOODS = {
    "a literal of four gigabytes": flood(b"* 1 FETCH (UID 1 BODY[]<0> {4294967296}\r\n", b"x"),
    "literals without end": flood(b"", b"* 1 FETCH (UID 1 BODY[]<0> {1000000}\r\n" + b"x" * 1_000_000 + b")\r\n"),
    "a line without end": flood(b"* 1 FETCH (UID 1 FLAGS (", b"\\Seen "),
    "lines without end": flood(b"", b"* 12 X\r\n"),
}


@pytest.mark.parametrize("answer", FLOODS.values(), ids=FLOODS)
def test_a_flood_is_cut_off(answer: Answer) -> None:
    with ScriptedServer(answers={"UID FETCH": answer}) as server:
        said, memory = peak_of(f"import sys\n{READ}", str(server.port))
    assert "its answer is too large" in said
    assert memory < MOST


def test_a_long_list_of_numbers_is_no_flood() -> None:
    found = " ".join(str(number) for number in range(1_000_000, 1_300_000))

    def search(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(f"* SEARCH {found}", f"{tag} OK done")

    with ScriptedServer(answers={"UID SEARCH": search}) as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
        session = open_session(ImapAccess(location, "geheim"))
        session.examine("INBOX")
        with session.command("searching") as client:
            assert len(client.search(["ALL"])) == 300_000
        session.close()


@pytest.mark.parametrize("line", ["Kanarie in een kooi", "* BYTE Kanarie", "* 1 FETCH (UID Kanarie", "* LIST (Kanarie"])
def test_an_error_does_not_repeat_what_was_not_understood(line: str) -> None:
    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(line, f"{tag} OK done")

    with ScriptedServer(answers={"UID FETCH": answer, "LIST": answer}) as server:
        location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
        session = open_session(ImapAccess(location, "geheim", timeouts=Timeouts(5, 5, 5)))
        session.examine("INBOX")
        said = ""
        try:
            session.fetch("1:*", "UID")
            session.folders()
        except SourceError as error:
            said = f"{error} {error.hint}"
        session.close()
    assert "Kanarie" not in said
