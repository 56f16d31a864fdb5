"""Decides what became of placed drafts: still there, edited, sent, or thrown away. Pure.

No single mark survives every mail client: one keeps the Message-ID and drops the rest, another gives a new Message-ID
and keeps the thread, a third loses the thread as well. So a draft is recognised by its Message-ID; or by recipient and
time together with the thread, or with the subject where the other mail is in no thread at all. That it is nowhere to
be found is the owner's "no"; it never means "make it again". The "no" is taken back when the draft turns up after all:
some clients remove a draft while it is being written, and send it minutes later.

In go drafts from the ledger and headers of Drafts and Sent; out goes the state each draft has now. Trash need not be
read: there or nowhere is the same "no".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Self

from crmlink.facts.subjects import bare_subject
from crmlink.model.draft import Draft, DraftState, StoredDraft, StoredHeader
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message

FOLLOWED = frozenset({DraftState.PLACED, DraftState.EDITED, DraftState.DISCARDED})
"""States that may still change by what the owner does."""

COMPARED = 200
"""How many characters of a subject count; clients cut long ones."""

CLOCK_SKEW = timedelta(minutes=10)
"""How far the server's clock may lag behind ours; what it stored earlier than this before placing is older mail."""


def outcomes(
    drafts: Iterable[StoredDraft],
    *,
    in_drafts: Iterable[StoredHeader],
    in_sent: Iterable[StoredHeader],
    touched: Collection[MessageId] = (),
) -> Mapping[MessageId, DraftState]:
    """What each followed draft is now: `placed`, `edited`, `sent` or `discarded`; drafts in other states are left out.

    `touched` holds the Message-IDs of drafts that still lie in Drafts, with other content than was placed.
    """
    known = tuple(drafts)
    ours = frozenset(stored.draft.message_id for stored in known)
    waiting, sent = _Shelf.of(in_drafts, ours), _Shelf.of(in_sent, ours)
    return MappingProxyType(
        {
            stored.draft.message_id: _outcome(stored, waiting, sent, touched=stored.draft.message_id in touched)
            for stored in known
            if stored.state in FOLLOWED
        }
    )


def continues(header: StoredHeader, draft: Draft) -> bool:
    """Whether a stored mail goes to one of the same people and answers the same message as the draft.

    A mail that answers nothing at all does so when it has the draft's subject: some clients lose the thread.
    """
    answered = {*header.references, *((header.in_reply_to,) if header.in_reply_to else ())}
    same = draft.in_reply_to in answered if answered else _same_subject(header.subject, draft.subject)
    return same and any(address.address in header.to for address in draft.to)


def sent_header(message: Message) -> StoredHeader:
    """What identifies a mail that was read from Sent, so that a pass need not list that folder again."""
    return StoredHeader(
        uid="",
        message_id=message.id,
        in_reply_to=message.in_reply_to,
        references=message.references,
        to=tuple(recipient.address for recipient in message.recipients),
        size=0,
        stored_at=message.sent_at,
        subject=message.subject,
    )


def is_sent_copy(header: StoredHeader, stored: StoredDraft) -> bool:
    """Whether a mail that is put away, in Sent for one, is this draft: by its name, else by what it continues and when."""
    if header.message_id == stored.draft.message_id:
        return True
    return continues(header, stored.draft) and _after(header, stored, undated=False)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A folder: the Message-IDs in it, and its mails that are none of our drafts under their own name."""

    ids: frozenset[MessageId]
    others: tuple[StoredHeader, ...]

    @classmethod
    def of(cls, headers: Iterable[StoredHeader], ours: frozenset[MessageId]) -> Self:
        listed = tuple(headers)
        ids = frozenset(header.message_id for header in listed if header.message_id is not None)
        return cls(ids, tuple(header for header in listed if header.message_id not in ours))

    def continuing(self, stored: StoredDraft, *, undated: bool) -> bool:
        """Whether a mail that continues the draft's conversation came in after the draft was placed.

        `undated` says whether a mail without a time counts as later.
        """
        return any(
            continues(header, stored.draft) and _after(header, stored, undated=undated) for header in self.others
        )


def _outcome(stored: StoredDraft, waiting: _Shelf, sent: _Shelf, *, touched: bool) -> DraftState:
    name = stored.draft.message_id
    if name in sent.ids:
        return DraftState.SENT
    if name in waiting.ids:
        return DraftState.EDITED if touched or stored.state is DraftState.EDITED else DraftState.PLACED
    # Sent holds earlier answers in the same thread, the promise itself among them; Drafts held none when we placed.
    if waiting.continuing(stored, undated=True):
        return DraftState.EDITED
    return DraftState.SENT if sent.continuing(stored, undated=False) else DraftState.DISCARDED


def _same_subject(one: str, other: str) -> bool:
    """Whether two subjects name the same conversation; a text that is empty (or was erased from the ledger) names none."""
    bare, its = (bare_subject(subject)[:COMPARED].casefold() for subject in (one, other))
    return bare == its != ""


def _after(header: StoredHeader, stored: StoredDraft, *, undated: bool) -> bool:
    if header.stored_at is None:
        return undated
    return header.stored_at >= (stored.placed_at or stored.created_at) - CLOCK_SKEW
