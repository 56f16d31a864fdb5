"""Looks after placed drafts: what the owner did with them, and away with those that were overtaken.

The decision is `crmlink.outcomes.match`; here are the reading of folders and the note in the ledger. The owner's own
mail is never touched: only a draft that still is byte for byte ours goes to Trash, and the writer makes sure of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from crmlink.ledger.drafts import DraftStore
from crmlink.model.draft import DraftState, StoredDraft, StoredHeader
from crmlink.model.ids import MessageId
from crmlink.model.mail import Role
from crmlink.outcomes.match import FOLLOWED, is_sent_copy, outcomes
from crmlink.writer.port import DraftWriter


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The placed drafts of one account. `clock` gives aware times. May raise what the writer and the ledger raise."""

    drafts: DraftStore
    writer: DraftWriter
    account: str
    clock: Callable[[], datetime]

    def settle(self, new_in_sent: Iterable[StoredHeader]) -> Mapping[MessageId, DraftState]:
        """Find out what became of each placed draft, and note it. Gives the drafts that changed.

        `new_in_sent` is the mail a pass has read from Sent anyway (`sent_header`); the whole folder is only listed
        when a draft has left Drafts.
        """
        known = self.drafts.all(self.account)
        followed = [stored for stored in known if stored.state in FOLLOWED]
        if not followed:
            return {}
        waiting = self.writer.headers(Role.DRAFTS)
        names = {header.message_id for header in waiting}
        left = any(
            stored.state is not DraftState.DISCARDED and stored.draft.message_id not in names for stored in followed
        )
        sent = (*new_in_sent, *(self.writer.headers(Role.SENT) if left else ()))
        touched = frozenset(stored.draft.message_id for stored in followed if self._touched(stored, waiting))
        now_are = outcomes(known, in_drafts=waiting, in_sent=sent, touched=touched)
        changed = [stored for stored in followed if now_are[stored.draft.message_id] is not stored.state]
        for stored in changed:
            state = now_are[stored.draft.message_id]
            at = _sent_at(stored, sent) if state is DraftState.SENT else None
            self.drafts.mark(self.account, stored.draft.message_id, state, at or self.clock())
        return {stored.draft.message_id: now_are[stored.draft.message_id] for stored in changed}

    def overtake(self, name: MessageId) -> bool:
        """Move a draft nobody needs any more to Trash. False: the owner touched it or took it away; it is theirs."""
        stored = self.drafts.get(self.account, name)
        if stored is None or stored.state is not DraftState.PLACED:
            return False
        headers = (header for header in self.writer.headers(Role.DRAFTS) if header.message_id == name)
        if not any(self.writer.discard(header, stored.draft.raw) for header in headers):
            return False
        self.note_overtaken(name)
        return True

    def note_overtaken(self, name: MessageId) -> None:
        """Write down that a draft is away because nobody needed it any more."""
        self.drafts.mark(self.account, name, DraftState.OVERTAKEN, self.clock())

    def _touched(self, stored: StoredDraft, waiting: Iterable[StoredHeader]) -> bool:
        copies = [header for header in waiting if header.message_id == stored.draft.message_id]
        return any(self._differs(header, stored.draft.raw) for header in copies)

    def _differs(self, header: StoredHeader, raw: bytes) -> bool:
        if header.size == len(raw):
            return False
        there = self.writer.read(header)
        return there is not None and _words(there) != _words(raw)


def _sent_at(stored: StoredDraft, sent: Iterable[StoredHeader]) -> datetime | None:
    """When a draft was sent, as far as Sent tells: the first mail that is it."""
    times = [header.stored_at for header in sent if header.stored_at and is_sent_copy(header, stored)]
    return min(times, default=None)


def _words(raw: bytes) -> tuple[str, ...]:
    """Subject, recipients and text without white space: some servers write a draft's headers and lines anew."""
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    try:
        body = message.get_body(("plain",))
        text = "" if body is None else str(body.get_content())
        files = sum(1 for _ in message.iter_attachments())
        return (str(message["subject"]), str(message["to"]), "".join(text.split()), str(files))
    except (LookupError, ValueError, AttributeError, IndexError, TypeError):
        return (raw.decode("utf-8", "replace"),)
