"""Reads one mail so that it cannot stop a pass; of mail that cannot be read, the headers at least.

An unreadable answer of the owner's must not look like no answer, so it keeps its place in its thread, without a word
of its text. In: a raw mail. Out: what was read of it, and whether that is final or to be tried again in the next pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from crmlink.app.gathering.careful import Careful, Item, Unread
from crmlink.app.gathering.read import MailReader
from crmlink.cache.mail import ReadMail
from crmlink.model.problem import Problem
from crmlink.sources.port import RawMessage


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read of a mail. `final` is False when the next pass must try again; `problem` is news about that."""

    read: ReadMail
    final: bool = True
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class CarefulReader:
    """Reads mail for one owner in one pass; `source` is what the mailbox is called in reports."""

    reader: MailReader
    careful: Careful
    source: str

    def trusts(self, raw: RawMessage) -> bool:
        """Whether nothing is known against the mail."""
        return not self.careful.suspects(self._item(raw))

    def read(self, raw: RawMessage) -> Outcome:
        """What is to be known of the mail."""
        item = self._item(raw)
        found = self.careful.read(item, lambda: self.reader.read(raw))
        if not isinstance(found, Unread):
            return Outcome(found)
        headers = self.careful.read(Item("headers", raw.key, item.stamp), lambda: self.reader.read_headers(raw))
        known = ReadMail(None) if isinstance(headers, Unread) else headers
        if known.message is not None and known.message.sender is not None:
            self.careful.note_sender(item, known.message.sender.address)
        return Outcome(known, found.left_alone, found.problem)

    def _item(self, raw: RawMessage) -> Item:
        return Item(self.source, raw.key, str(raw.size))
