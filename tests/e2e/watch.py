"""The watch over an office: whatever crmlink does there, it only looks, and stores its drafts.

Every run of the command line in the end-to-end tests goes through a proxy before the mailbox and one before the
calendar. After each run is judged what they heard, and whether any mail of the owner, its flags or its modification
number changed. No run may connect to where mail is sent from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tests.faults.guard import changes, judge
from tests.faults.http_proxy import HttpProxy
from tests.faults.imap_proxy import ImapProxy
from tests.servers import mailboxes
from tests.servers.accounts import CalendarAccount, ImapAccount

READING: Final = {"OPTIONS", "PROPFIND", "REPORT", "GET", "HEAD"}
SENDS_MAIL: Final = {25, 465, 587, 2525}
CHANGES_NOTHING: Final = {"--dry-run", "--as-of", "check", "explain", "owed", "--help"}
TOUCHED_BY_US: Final = frozenset({"Drafts", "Trash"})  # our own draft comes into the one, and goes to the other

_connections: list[Any] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _connections.append(arguments[1])


sys.addaudithook(_note)

Stand = Mapping[str, tuple[Mapping[bytes, object], Mapping[int, bytes]]]
"""Folder -> (its numbers, UID -> flags and modification number of each message)."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The proxies of one office, and what they and the mailbox must say after each run."""

    mail: ImapProxy
    calendar: HttpProxy | None

    @contextmanager
    def over(self, arguments: Sequence[str]) -> Iterator[None]:
        """Run crmlink inside; fails when it did what it may not."""
        before, heard = stand(self._real), len(self.mail.said)
        _connections.clear()
        yield
        assert ports(_connections).isdisjoint(SENDS_MAIL)
        assert judge(self.mail.said) == []
        if CHANGES_NOTHING & set(arguments):
            assert changes(self.mail.said[heard:]) == []
        if self.calendar:
            assert self.calendar.methods <= READING
        _assert_untouched(before, stand(self._real))

    @property
    def _real(self) -> ImapAccount:
        return self.mail.direct


def stand(account: ImapAccount) -> Stand:
    """How every folder stands, without changing it."""
    found: dict[str, tuple[Mapping[bytes, object], Mapping[int, bytes]]] = {}
    with mailboxes.connected(account) as client:
        numbered = client.has_capability("CONDSTORE") and client.has_capability("ENABLE")
        items = "(FLAGS MODSEQ)" if numbered else "(FLAGS)"
        if numbered:  # else Dovecot only begins to count when it is first asked
            client.enable("CONDSTORE")
        for _, _, name in client.list_folders():
            numbers = client.select_folder(name, readonly=True)
            kept = {key: numbers.get(key) for key in (b"EXISTS", b"UIDVALIDITY", b"UIDNEXT", b"HIGHESTMODSEQ")}
            _, lines = client._imap.uid("FETCH", "1:*", items)  # imapclient's parser takes a second for 2000 messages
            found[name] = (kept, dict(_message(line) for line in lines if line))
    return found


def ports(addresses: Sequence[Any]) -> set[int]:
    """The ports of internet addresses."""
    return {address[1] for address in addresses if isinstance(address, tuple)}


@contextmanager
def watched(mail: ImapAccount, calendar: CalendarAccount | None) -> Iterator[Watch]:
    """A watch over these accounts."""
    with ExitStack() as stack:
        yield Watch(
            stack.enter_context(ImapProxy(mail)), stack.enter_context(HttpProxy(calendar)) if calendar else None
        )


def _message(line: bytes) -> tuple[int, bytes]:
    uid = re.search(rb"\bUID (\d+)", line)
    assert uid, line
    # \Recent belongs to the session that looks; the number in front shifts when another message goes.
    return int(uid[1]), re.sub(rb"\\Recent ?", b"", line.partition(b" ")[2])


def _assert_untouched(before: Stand, after: Stand) -> None:
    assert after.keys() == before.keys(), "folders were made or removed"
    for folder, (numbers, messages) in before.items():
        numbers_now, messages_now = after[folder]
        if folder not in TOUCHED_BY_US:
            assert (numbers_now, messages_now) == (numbers, messages), folder
            continue
        there = messages.keys() & messages_now.keys()
        assert {uid: messages_now[uid] for uid in there} == {uid: messages[uid] for uid in there}, folder
        assert folder == "Drafts" or there == messages.keys(), "something left Trash"
