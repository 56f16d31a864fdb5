"""Writing to servers that refuse, fall silent or lack something; real servers are tried in the contract suite."""

from __future__ import annotations

from contextlib import closing

import pytest

from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.draft import Position, StoredHeader
from crmlink.model.errors import CrmlinkError, FolderError, SourceError, WriteRefusedError, WriteUnknownError
from crmlink.model.mail import Role
from crmlink.writer.imap import ImapDraftWriter
from tests.unit.mailbox.scripted import Answer, ScriptedServer, Talk, hang_up, no, ok

DRAFT = b"Message-ID: <token@example.nl>\r\nTo: els@example.nl\r\n\r\nHoi Els\r\n"
HEADER = StoredHeader("7:3", None, None, (), (), len(DRAFT))
OPENED = ok("1 EXISTS", "OK [UIDVALIDITY 7] ok", "OK [UIDNEXT 4] ok")


def writer(server: ScriptedServer, command: float = 5) -> ImapDraftWriter:
    location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
    return ImapDraftWriter(ImapAccess(location, "geheim", timeouts=Timeouts(5, 5, command)))


def after_literal(*lines: str) -> Answer:
    """Takes the whole message, then says this and hangs up."""

    def answer(talk: Talk, tag: str, line: bytes) -> None:
        talk.server.stored.append(talk.literal(line))
        talk.say(*(text.replace("TAG", tag) for text in lines))
        hang_up(talk, tag, line)

    return answer


def silence(talk: Talk, _tag: str, line: bytes) -> None:
    talk.server.stored.append(talk.literal(line))
    talk.trickle(b"*")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(no("[OVERQUOTA] mailbox full"), WriteRefusedError, id="over quota, said at once"),
        pytest.param(after_literal("TAG NO [OVERQUOTA] full"), WriteRefusedError, id="over quota, said after the text"),
        pytest.param(no("[TRYCREATE] no such folder"), WriteRefusedError, id="no such folder"),
        pytest.param(no("[LIMIT] too much mail"), WriteRefusedError, id="a limit"),
        pytest.param(no("what?", "BAD"), WriteRefusedError, id="not understood"),
        pytest.param(after_literal(), WriteUnknownError, id="cut after the text"),
        pytest.param(after_literal("* BYE"), WriteUnknownError, id="goodbye after the text"),
        pytest.param(after_literal("TAG OK"), WriteUnknownError, id="a yes without a word"),
        pytest.param(after_literal("* 5 EXISTS"), WriteUnknownError, id="news, then nothing"),
        pytest.param(silence, WriteUnknownError, id="no end of an answer"),
        pytest.param(hang_up, WriteUnknownError, id="cut before the text"),
    ],
)
def test_an_append_that_fails(answer: Answer, expected: type[CrmlinkError]) -> None:
    with ScriptedServer(answers={"APPEND": answer}) as server, closing(writer(server, 0.5)) as opened:
        with pytest.raises(CrmlinkError) as caught:
            opened.append(DRAFT)
        assert type(caught.value) is expected
        assert caught.value.hint
        assert opened.position() == Position("Drafts", 7, 1), "the next command finds a connection that works"
    assert server.commands.count("APPEND") == 1
    assert not {"CREATE", "UID STORE", "SELECT"} & set(server.commands)


def test_the_servers_own_words_are_passed_on() -> None:
    with (
        ScriptedServer(answers={"APPEND": no("[OVERQUOTA] mailbox full")}) as server,
        closing(writer(server)) as opened,
        pytest.raises(WriteRefusedError, match=r"\[OVERQUOTA\] mailbox full"),
    ):
        opened.append(DRAFT)


def test_one_message_goes_to_the_drafts_folder_with_its_flags_and_no_date() -> None:
    with ScriptedServer() as server, closing(writer(server)) as opened:
        opened.append(DRAFT)
    assert server.stored == [DRAFT]
    assert f'APPEND "Drafts" (\\Draft \\Seen) {{{len(DRAFT)}}}\r\n'.encode() in server.heard


def test_a_connection_that_cannot_be_opened_stored_nothing() -> None:
    with ScriptedServer() as server:
        opened = writer(server)
    with pytest.raises(SourceError, match="cannot be reached"):
        opened.append(DRAFT)


def test_without_a_folder_for_drafts_nothing_is_said_but_the_question() -> None:
    inbox = {"LIST": ok('LIST () "/" INBOX')}
    with ScriptedServer(answers=inbox) as server, closing(writer(server)) as opened, pytest.raises(FolderError):
        opened.append(DRAFT)
    assert "APPEND" not in server.commands


def fetched(flags: str = r"\Draft \Seen", body: bytes = DRAFT, uid: int = 3) -> Answer:
    def answer(talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(f"* 1 FETCH (FLAGS ({flags}) BODY[] {{{len(body)}}}".encode(), body + f" UID {uid})".encode())
        talk.say(f"{tag} OK done")

    return answer


def test_a_server_without_move_keeps_the_draft() -> None:
    answers = {"SELECT": OPENED, "UID FETCH": fetched()}
    with ScriptedServer(answers=answers) as server, closing(writer(server)) as opened:
        assert not opened.discard(HEADER, DRAFT)
    assert "SELECT" not in server.commands


MOVES = "IMAP4rev1 AUTH=PLAIN MOVE UNSELECT"


def test_a_draft_moves_by_one_command_and_the_folder_is_let_go() -> None:
    answers = {"SELECT": OPENED, "UID FETCH": fetched(), "UID MOVE": ok()}
    with ScriptedServer(MOVES, answers=answers) as server, closing(writer(server)) as opened:
        assert opened.discard(HEADER, DRAFT)
    assert server.commands[-5:] == ["SELECT", "UID FETCH", "UID MOVE", "UNSELECT", "LOGOUT"]
    assert b'UID MOVE 3 "Trash"\r\n' in server.heard


def test_without_unselect_the_folder_is_left_read_only() -> None:
    answers = {"SELECT": OPENED, "UID FETCH": fetched(), "UID MOVE": ok()}
    with ScriptedServer("IMAP4rev1 AUTH=PLAIN MOVE", answers=answers) as server, closing(writer(server)) as opened:
        assert opened.discard(HEADER, DRAFT)
    assert server.commands[-2:] == ["EXAMINE", "LOGOUT"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"UID FETCH": fetched(body=DRAFT + b"P.S.\r\n")}, id="other words"),
        pytest.param({"UID FETCH": fetched(flags=r"\Seen")}, id="no longer a draft"),
        pytest.param({"UID FETCH": fetched(flags=r"\Draft \Flagged")}, id="flagged"),
        pytest.param({"UID FETCH": fetched(flags=r"\Draft \Deleted")}, id="deleted already"),
        pytest.param({"UID FETCH": fetched(uid=4)}, id="news of another message"),
        pytest.param({"UID FETCH": ok()}, id="gone"),
        pytest.param({"UID FETCH": no("not now")}, id="unreadable"),
        pytest.param({"SELECT": ok("1 EXISTS", "OK [UIDVALIDITY 8] ok")}, id="another numbering"),
    ],
)
def test_a_doubtful_draft_stays(answers: dict[str, Answer]) -> None:
    polite = {"SELECT": OPENED, "UID FETCH": fetched(), "UID MOVE": ok()}
    with ScriptedServer(MOVES, answers=polite | answers) as server, closing(writer(server)) as opened:
        assert not opened.discard(HEADER, DRAFT)
    assert "UID MOVE" not in server.commands
    assert server.commands[-2:] == ["UNSELECT", "LOGOUT"]


@pytest.mark.parametrize("refused", ["SELECT", "UID MOVE"])
def test_a_refused_move_leaves_the_draft(refused: str) -> None:
    polite = {"SELECT": OPENED, "UID FETCH": fetched(), "UID MOVE": ok(), refused: no("read-only")}
    with ScriptedServer(MOVES, answers=polite) as server, closing(writer(server)) as opened:
        assert not opened.discard(HEADER, DRAFT)


def test_the_last_message_is_not_taken_for_a_new_one() -> None:
    # "UID FETCH 4:*" answers with the last message even when its UID is below 4.
    answers = {"EXAMINE": OPENED, "UID FETCH": fetched()}
    with ScriptedServer(answers=answers) as server, closing(writer(server)) as opened:
        assert opened.headers(Role.DRAFTS, since=Position("Drafts", 7, 4)) == ()
        assert len(opened.headers(Role.DRAFTS, since=Position("Drafts", 6, 4))) == 1


def test_all_folders_of_a_role_are_looked_through_but_one_of_drafts() -> None:
    listing = ok(
        r'LIST (\Drafts) "/" Drafts', 'LIST () "/" Concepten', r'LIST (\Trash) "/" Trash', 'LIST () "/" "Deleted Items"'
    )
    with ScriptedServer(answers={"LIST": listing}) as server, closing(writer(server)) as opened:
        opened.headers(Role.TRASH)
        opened.headers(Role.DRAFTS)
    examined = [line for line in server.heard.split(b"\r\n") if b"EXAMINE" in line]
    assert [line.split(b" ", 2)[2] for line in examined] == [b'"Trash"', b'"Deleted Items"', b'"Drafts"']


def test_a_strange_uid_is_no_message() -> None:
    with (
        ScriptedServer(answers={"EXAMINE": OPENED, "UID FETCH": fetched()}) as server,
        closing(writer(server)) as opened,
    ):
        assert opened.read(StoredHeader("7:1:*", None, None, (), (), 0)) is None
        assert opened.read(StoredHeader("", None, None, (), (), 0)) is None
        assert opened.read(HEADER) == DRAFT
