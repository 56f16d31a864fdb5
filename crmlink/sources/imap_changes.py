r"""Decides which messages of one IMAP folder are new and which known ones are gone, with as little reading as it takes.

UIDs only grow within one UIDVALIDITY (RFC 9051 section 2.3.1.1). So where a folder stands tells much: the same UIDNEXT and
the same number of messages are the same messages. When it grew, only the new UIDs are asked for; when the numbers do
not add up, the known UIDs are asked for as well; and when nothing is known the whole window is looked at. In the folder
of all mail what counts depends on labels and flags: there only the same HIGHESTMODSEQ (RFC 7162) means unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crmlink.mailbox.fetch import Fetched, Opened, uid_windows
from crmlink.mailbox.imap import ImapSession
from crmlink.sources.imap_window import CHUNK, ITEMS, inside_of, window

_VERSION: Final = "1"
_WIDTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a folder: its messages of `since` or later. `everything`: it is the folder of all mail."""

    since: date
    everything: bool = False
    labels: bool = False


def stand_of(folder: Opened, *, everything: bool) -> str:
    """Where a folder stands, in one word for the next pass; empty when the server says too little to tell changes."""
    if not folder.uid_validity or not folder.uid_next or (everything and not folder.modseq):
        return ""
    numbers = (folder.uid_validity, folder.uid_next, folder.exists, folder.modseq if everything else 0)
    return " ".join((_VERSION, *map(str, numbers)))


def read_stand(word: str) -> Opened | None:
    """The folder as it stood then; None for a word of another version or none."""
    version, *numbers = word.split(" ")
    if version != _VERSION or len(numbers) != len(("validity", "next", "exists", "modseq")):
        return None
    if not all(number.isdecimal() for number in numbers):
        return None
    validity, following, exists, modseq = map(int, numbers)
    return Opened(exists, validity, following, modseq)


@dataclass(slots=True)
class FolderLook:
    """One look at an opened folder. `gone` is final after `unknown` was read to its end."""

    session: ImapSession
    opened: Opened
    known: frozenset[int]
    asked: Asked
    gone: frozenset[int] = field(default=frozenset())

    def unknown(self, before: Opened | None) -> Iterator[list[Fetched]]:
        """Messages of the window that are not known, in chunks, oldest UIDs first; `before` is how the folder stood."""
        if before is not None and before.uid_validity == self.opened.uid_validity and not self.asked.everything:
            grown = self._grown(before)
            if grown is not None:
                yield from grown
                return
        present: set[int] = set()
        for chunk in window(self.session, self.opened, self.asked.since, labels=self.asked.labels):
            counted = [each for each in chunk if not self.asked.everything or _only_here(each)]
            present.update(each.uid for each in counted)
            yield [each for each in counted if each.uid not in self.known]
        self.gone = self.known - present

    def _grown(self, before: Opened) -> list[list[Fetched]] | None:
        """The new messages; None when the folder's numbers cannot be believed."""
        if self.opened.uid_next < before.uid_next:
            return None
        new: dict[int, Fetched] = {}
        for uids in uid_windows(before.uid_next, self.opened.uid_next, width=_WIDTH):
            new |= {each.uid: each for each in self.session.fetch(uids, ITEMS) if each.uid >= before.uid_next}
        lost = before.exists + len(new) - self.opened.exists
        if lost < 0:
            return None
        self.gone = self._lost() if lost else frozenset()
        inside = [each for each in inside_of(list(new.values()), self.asked.since) if each.uid not in self.known]
        return [inside[first : first + CHUNK] for first in range(0, len(inside), CHUNK)]

    def _lost(self) -> frozenset[int]:
        if not self.known:
            return frozenset()
        present: set[int] = set()
        for uids in uid_windows(min(self.known), max(self.known) + 1, width=10 * _WIDTH):
            present.update(each.uid for each in self.session.fetch(uids, "UID"))
        return self.known - present


def _only_here(message: Fetched) -> bool:
    """Whether a message in the folder of all mail is worth reading there."""
    return "\\draft" not in message.flags and not any(label in message.labels for label in _ELSEWHERE)


_ELSEWHERE: Final = (b"\\inbox", b"\\sent", b"\\draft")
