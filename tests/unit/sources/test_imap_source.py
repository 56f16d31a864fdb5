"""Reading from servers that lie, forget and fail; real servers are tried in the contract suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

import pytest

from crmlink.mailbox.imap import ImapAccess
from crmlink.mailbox.location import ImapLocation, Security
from crmlink.mailbox.wire import Timeouts
from crmlink.model.errors import SourceError
from crmlink.sources.imap import ImapMailSource
from tests.read_mail import Memory, Pass, read_mail
from tests.unit.mailbox.scripted import HangUpError, ScriptedServer, Talk, hang_up, no, ok

SINCE = date(2026, 3, 1)
NEW, OLD = "10-Mar-2026 09:30:00 +0100", "10-Jan-2026 09:30:00 +0100"


@dataclass(slots=True)
class Mails:
    """One folder's messages for a scripted server: UID -> INTERNALDATE. `broken` cannot be read, `lost` has no body."""

    dates: dict[int, str]
    labels: dict[int, str] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    asked: list[bytes] = field(default_factory=list)
    validity: int = 7
    modseq: int = 1
    uid_next_was: int = 1
    drops: int = 0  # how often the connection ends when texts after the first batch are asked for

    @property
    def uid_next(self) -> int:
        return max(self.uid_next_was, max(self.dates, default=0) + 1)

    def examine(self, talk: Talk, tag: str, _line: bytes) -> None:
        talk.say(
            f"* {len(self.dates)} EXISTS",
            f"* OK [UIDVALIDITY {self.validity}] ok",
            f"* OK [UIDNEXT {self.uid_next}] ok",
        )
        talk.say(f"* OK [HIGHESTMODSEQ {self.modseq}] ok", f"{tag} OK [READ-ONLY] done")

    def status(self, talk: Talk, tag: str, line: bytes) -> None:
        numbers = f"MESSAGES {len(self.dates)} UIDNEXT {self.uid_next} UIDVALIDITY {self.validity} HIGHESTMODSEQ {self.modseq}"
        talk.say(f"* STATUS {line.split(b' ')[2].decode()} ({numbers})", f"{tag} OK done")

    def remove(self, *uids: int) -> None:
        self.uid_next_was = self.uid_next
        for uid in uids:
            del self.dates[uid]

    def fetch(self, talk: Talk, tag: str, line: bytes) -> None:
        words = line.split(b" ", 4)
        self.asked.append(b" ".join(words[3:]))
        uids = list(self.chosen(words[3].decode()))
        if b"BODY" in line and self.broken & set(uids):
            talk.say(f"{tag} NO [SERVERBUG] cannot read")
            return
        if b"BODY" in line and self.drops and 1 not in uids:
            self.drops -= 1
            raise HangUpError
        told = [self.text(uid) if b"BODY" in line else self.facts(uid) for uid in uids]
        talk.say(*told, f"{tag} OK done")

    def facts(self, uid: int) -> str:
        labels = f" X-GM-LABELS ({self.labels.get(uid, '')})"
        return f'* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE "{self.dates[uid]}" RFC822.SIZE 9{labels})'

    def text(self, uid: int) -> str:
        if uid in self.lost:
            return "* OK nothing to see here"
        return f"* {uid} FETCH (UID {uid} BODY[]<0> {{9}}\r\nmail {uid:04})"

    def chosen(self, asked: str) -> Iterator[int]:
        for part in asked.split(","):
            low, _, high = part.partition(":")
            end = max(self.dates, default=0) if high == "*" else int(high or low)
            yield from (uid for uid in self.dates if int(low) <= uid <= end)

    def server(self, capabilities: str = "IMAP4rev1 AUTH=PLAIN", search: str | None = None) -> ScriptedServer:
        found = search if search is not None else " ".join(str(uid) for uid, day in self.dates.items() if day == NEW)
        answers = {
            "LIST": ok('LIST () "/" INBOX'),
            "EXAMINE": self.examine,
            "STATUS": self.status,
            "UID FETCH": self.fetch,
            "UID SEARCH": ok(f"SEARCH {found}"),
        }
        return ScriptedServer(capabilities, answers=answers)


def source(server: ScriptedServer) -> ImapMailSource:
    location = ImapLocation(Security.NONE, "127.0.0.1", server.port, "me")
    return ImapMailSource(ImapAccess(location, "geheim", timeouts=Timeouts(5, 5, 5)))


def read(server: ScriptedServer) -> tuple[list[int], Pass]:
    """UIDs of what was read, in order, and the pass."""
    with server, closing(source(server)) as opened:
        found = read_mail(opened, SINCE)
    return uids_of(found), found


def uids_of(found: Pass) -> list[int]:
    """UIDs of what was read, in order; each with its own text."""
    for message in found.messages:
        assert message.raw == f"mail {int(message.key.split(';')[2]):04}".encode()
    return [int(message.key.split(";")[2]) for message in found.messages]


def test_the_search_spares_reading_old_dates() -> None:
    mails = Mails({uid: NEW if uid in (3, 5) or uid > 950 else OLD for uid in range(1, 1001)})
    server = mails.server()
    uids, _ = read(server)
    assert uids == [3, 5, *range(951, 1001)]
    assert re.search(rb"UID SEARCH SINCE 28-Feb-2026\r\n", server.heard)
    assert sum(b"INTERNALDATE" in asked for asked in mails.asked) == 2


@pytest.mark.parametrize("lie", ["", "3", "3 77777"])
def test_a_search_that_forgets_new_mail_is_not_believed(lie: str) -> None:
    mails = Mails({uid: NEW if uid in (3, 5) or uid > 950 else OLD for uid in range(1, 1001)})
    uids, changes = read(mails.server(search=lie))
    assert uids == [3, 5, *range(951, 1001)]
    assert not changes.truncated


@pytest.mark.parametrize("kind", ["NO", "BAD"])
def test_a_server_that_does_not_search_is_read_anyway(kind: str) -> None:
    mails = Mails(dict.fromkeys(range(1, 2300), NEW))
    server = mails.server()
    server.answers["UID SEARCH"] = no("[CANNOT] search", kind)
    uids, _ = read(server)
    assert uids == list(range(1, 2300))


def test_no_command_names_more_than_five_hundred_messages() -> None:
    mails = Mails(dict.fromkeys(range(1, 2300), NEW))
    read(mails.server())
    assert max(asked.count(b",") for asked in mails.asked) == 499


def test_one_message_that_spoils_the_batch_is_a_problem_and_the_others_come() -> None:
    uids, changes = read(Mails(dict.fromkeys(range(1, 6), NEW), broken=frozenset({3})).server())
    assert uids == [1, 2, 4, 5]
    assert [(problem.code, problem.subject) for problem in changes.problems] == [("mail.unreadable", "INBOX;7;3")]
    assert changes.truncated


def test_a_message_without_its_text_is_a_problem() -> None:
    uids, changes = read(Mails(dict.fromkeys(range(1, 4), NEW), lost=frozenset({2})).server())
    assert uids == [1, 3]
    assert [problem.code for problem in changes.problems] == ["mail.unreadable"]


def test_a_folder_that_vanished_is_a_problem_and_the_next_is_read() -> None:
    mails = Mails({1: NEW})

    def examine(talk: Talk, tag: str, line: bytes) -> None:
        if b"Weg" in line:
            talk.say(f"{tag} NO [NONEXISTENT] no such folder")
        else:
            mails.examine(talk, tag, line)

    server = mails.server()
    server.answers |= {"EXAMINE": examine, "LIST": ok('LIST () "/" Weg', 'LIST () "/" INBOX')}
    uids, changes = read(server)
    assert uids == [1]
    assert [(problem.code, problem.subject) for problem in changes.problems] == [("mail.folder-unreadable", "Weg")]
    assert changes.truncated


def test_a_connection_that_breaks_while_reading_is_an_error() -> None:
    server = Mails({1: NEW}).server()
    server.answers["UID FETCH"] = hang_up
    with pytest.raises(SourceError, match="reading mail"):
        read(server)


def test_a_connection_that_breaks_once_goes_on_where_it_stopped() -> None:
    mails = Mails(dict.fromkeys(range(1, 1200), NEW), drops=1)
    server = mails.server()
    uids, changes = read(server)
    assert uids == list(range(1, 1200))
    assert server.connections == 2
    assert (changes.problems, changes.truncated) == ([], False)


def test_a_connection_that_breaks_again_and_again_is_an_error() -> None:
    with pytest.raises(SourceError, match="reading mail"):
        read(Mails(dict.fromkeys(range(1, 1200), NEW), drops=2).server())


def test_gmails_folder_of_all_mail_gives_what_lies_nowhere_else() -> None:
    mails = Mails(
        dict.fromkeys(range(1, 7), NEW),
        labels={1: r'"\\Inbox" klant', 2: r'"\\Sent"', 3: r'"\\Draft"', 4: r'"\\Important" klant', 5: ""},
    )
    server = mails.server("IMAP4rev1 AUTH=PLAIN X-GM-EXT-1")
    server.answers["LIST"] = ok(r'LIST (\All) "/" "[Gmail]/Alle berichten"', r'LIST (\Noselect) "/" "[Gmail]"')
    uids, _ = read(server)
    assert uids == [4, 5, 6]


def test_colleagues_shared_folders_are_not_read() -> None:
    mails = Mails({1: NEW})
    server = mails.server("IMAP4rev1 AUTH=PLAIN NAMESPACE")
    server.answers |= {
        "NAMESPACE": ok('NAMESPACE (("" "/")) (("Anderen/" "/")) NIL'),
        "LIST": ok('LIST () "/" INBOX', 'LIST () "/" "Anderen/jan"', r'LIST (\Drafts) "/" "Anderen/jan/Drafts"'),
    }
    _, found = read(server)
    assert list(found.folders) == ["INBOX"]


def test_nothing_but_looking_is_ever_said() -> None:
    mails = Mails(dict.fromkeys(range(1, 600), NEW), broken=frozenset({3}))
    server = mails.server("IMAP4rev1 AUTH=PLAIN ID UIDPLUS MOVE UNSELECT CONDSTORE")
    read(server)
    assert set(server.commands) == {
        "CAPABILITY", "AUTHENTICATE", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT",
    }  # fmt: skip
    assert not [asked for asked in mails.asked if b"BODY" in asked and b"BODY.PEEK" not in asked]


def two_passes(mails: Mails, meanwhile: Callable[[], None], server: ScriptedServer | None = None) -> tuple[Pass, bytes]:
    """The second of two passes, and what was said in it."""
    memory = Memory()
    with server or mails.server() as talking:
        with closing(source(talking)) as opened:
            memory.learn(read_mail(opened, SINCE))
        meanwhile()
        before = len(talking.heard)
        mails.asked.clear()
        with closing(source(talking)) as opened:
            found = read_mail(opened, SINCE, memory)
    return found, talking.heard[before:]


def test_an_unchanged_folder_is_not_even_opened() -> None:
    mails = Mails(dict.fromkeys(range(1, 1000), NEW))
    found, heard = two_passes(mails, lambda: None)
    assert (found.messages, mails.asked, found.folders["INBOX"].gone) == ([], [], frozenset())
    assert b"EXAMINE" not in heard
    assert b"SEARCH" not in heard


def test_in_a_folder_that_grew_only_new_messages_are_asked_for() -> None:
    mails = Mails(dict.fromkeys(range(1, 1000), NEW))
    found, heard = two_passes(mails, lambda: mails.dates.update({1000: NEW, 1001: OLD, 1002: NEW}))
    assert uids_of(found) == [1000, 1002]
    assert mails.asked == [
        b"1000:1002 (UID INTERNALDATE RFC822.SIZE FLAGS)", b"1000,1002 (UID BODY.PEEK[]<0.1048576>)",
    ]  # fmt: skip
    assert b"SEARCH" not in heard


def test_in_a_folder_that_shrank_only_the_known_uids_are_asked_for() -> None:
    mails = Mails({**dict.fromkeys(range(1, 900), OLD), **dict.fromkeys(range(900, 1000), NEW)})
    found, _ = two_passes(mails, lambda: mails.remove(5, 950, 999))
    assert (uids_of(found), found.folders["INBOX"].gone) == ([], frozenset({"INBOX;7;950", "INBOX;7;999"}))
    assert mails.asked == [b"900:999 (UID)"]


def test_one_that_came_and_one_that_went_are_both_seen() -> None:
    mails = Mails(dict.fromkeys(range(1, 10), NEW))

    def meanwhile() -> None:
        mails.remove(4)
        mails.dates[10] = NEW

    found, _ = two_passes(mails, meanwhile)
    assert (uids_of(found), found.folders["INBOX"].gone) == ([10], frozenset({"INBOX;7;4"}))


def test_numbers_that_cannot_be_believed_cost_a_look_at_the_window() -> None:
    mails = Mails(dict.fromkeys(range(1, 10), NEW))

    def shrink_next_uid() -> None:
        mails.dates = dict.fromkeys(range(1, 6), NEW)

    found, _ = two_passes(mails, shrink_next_uid)
    assert (uids_of(found), len(found.folders["INBOX"].gone)) == ([], 4)


def test_a_message_that_appears_below_the_next_uid_is_found() -> None:
    mails = Mails({1: NEW, 2: NEW, 9: NEW})
    found, _ = two_passes(mails, lambda: mails.dates.update({5: NEW}))
    assert uids_of(found) == [5]


def test_a_renumbered_folder_is_read_anew() -> None:
    mails = Mails(dict.fromkeys(range(1, 4), NEW))

    def renumber() -> None:
        mails.validity = 8

    found, _ = two_passes(mails, renumber)
    assert [message.key for message in found.messages] == [f"INBOX;8;{uid}" for uid in (1, 2, 3)]
    assert found.folders["INBOX"].gone == frozenset(f"INBOX;7;{uid}" for uid in (1, 2, 3))


def test_what_could_not_be_read_is_tried_again_though_nothing_changed() -> None:
    mails = Mails(dict.fromkeys(range(1, 6), NEW), broken=frozenset({3}))

    def mend() -> None:
        mails.broken = frozenset()

    found, _ = two_passes(mails, mend)
    assert (uids_of(found), found.truncated) == ([3], False)


def test_a_server_that_tells_no_next_uid_is_looked_at_each_time_and_read_once() -> None:
    mails = Mails(dict.fromkeys(range(1, 6), NEW))
    server = mails.server()
    server.answers["EXAMINE"] = ok("5 EXISTS", "OK [UIDVALIDITY 7] ok")
    found, _ = two_passes(mails, lambda: None, server)
    assert found.messages == []
    assert not [asked for asked in mails.asked if b"BODY" in asked]


@pytest.mark.parametrize("modseq", [1, 0])
def test_in_gmails_folder_of_all_mail_a_label_taken_away_is_noticed(modseq: int) -> None:
    mails = Mails(dict.fromkeys(range(1, 4), NEW), labels={1: r'"\\Inbox"', 2: r'"\\Inbox"', 3: ""}, modseq=modseq)
    server = mails.server("IMAP4rev1 AUTH=PLAIN X-GM-EXT-1 CONDSTORE")
    server.answers["LIST"] = ok(r'LIST (\All) "/" Alles')

    def archive() -> None:
        mails.labels |= {2: "", 3: r'"\\Inbox"'}
        mails.modseq += 1 if modseq else 0

    found, _ = two_passes(mails, archive, server)
    assert (uids_of(found), found.folders["Alles"].gone) == ([2], frozenset({"Alles;7;3"}))
