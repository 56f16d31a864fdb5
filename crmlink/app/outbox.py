"""Exactly one draft, whatever crashes: the way of a draft from the ledger into the Drafts folder.

The order is always: look whether it is there already; write the intent down; note the hand-over; hand over; look
again; note that it is placed. Each note is on disk before the next step, so that a crash anywhere leaves a row that
says what may have happened:

* `intent`: certainly not on the server. It may be handed over (after a no from the server: later).
* `unknown`: handed over, no clear answer. It is looked for in every pass; only when two looks, at least two minutes
  apart, found nothing, the same bytes are handed over once more, and after that a person must look (`parked`).

It is looked for by reading headers, never by SEARCH and never by the UID an APPEND claims: both are known to be wrong
on some servers. A server that hides a stored message for more than two minutes can make two drafts of one; no more.
It never decides that a draft is wanted: the caller does, asked directly before each hand-over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crmlink.drafts.compose import editions_of
from crmlink.ledger.drafts import DraftStore
from crmlink.model.draft import Draft, DraftState, Position, StoredDraft
from crmlink.model.errors import FolderError, LedgerError, WriteRefusedError, WriteUnknownError
from crmlink.model.ids import MessageId
from crmlink.model.mail import Role
from crmlink.model.problem import Problem
from crmlink.outcomes.match import continues, is_sent_copy
from crmlink.writer.port import DraftWriter

LOOK_AGAIN_AFTER = timedelta(seconds=120)
"""How long a server may take to show what it stored."""

MOST_HAND_OVERS = 2
"""Without a clear answer: the first, and one more by itself."""

_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=6)

# Where a draft is looked for, in the order in which it can move on while we look, and what it means to find it there.
_FOUND_IN = (
    (Role.DRAFTS, DraftState.PLACED),
    (Role.SENT, DraftState.SENT),
    (Role.TRASH, DraftState.DISCARDED),
    (Role.ALL, DraftState.PLACED),
)
# Where it lies under another name when the owner edited it before we saw it.
_PASSED_ON = ((Role.SENT, DraftState.SENT), (Role.TRASH, DraftState.DISCARDED))
# Where an earlier edition may lie without standing in the way of a new one.
_PUT_AWAY = frozenset({Role.TRASH, Role.ALL})
# A parked draft is looked at as well: it may only have waited for a Drafts folder, or turn up late.
_ON_ITS_WAY = frozenset({DraftState.INTENT, DraftState.UNKNOWN, DraftState.PARKED})
_NOWHERE = Position(folder="")

_TROUBLE = {
    DraftState.INTENT: [("draft.refused", "The mailbox refused a draft", "It is tried again later; see the reason.")],
    DraftState.UNKNOWN: [("draft.unknown", "A draft may or may not have arrived", "The next passes look for it.")],
    DraftState.PARKED: [("draft.parked", "A draft could not be placed", "crmlink lapses show has its text.")],
}

Wanted = Callable[[Draft], bool]


@dataclass(frozen=True, slots=True)
class OutboxReport:
    """What became of the drafts that were on their way when a pass began."""

    states: tuple[tuple[MessageId, DraftState], ...]


@dataclass(frozen=True, slots=True)
class Outbox:
    """The drafts of one account on their way to its mailbox. `clock` gives aware times.

    Every method may raise what the writer raises when the mailbox cannot be read, and `LedgerError`; the next pass
    then goes on from what the ledger says.
    """

    drafts: DraftStore
    writer: DraftWriter
    account: str
    clock: Callable[[], datetime]

    def recover(self, still_wanted: Wanted) -> OutboxReport:
        """Finish what an earlier pass began. To be called before any `place` in a pass."""
        waiting = [stored for stored in self.drafts.all(self.account) if stored.state in _ON_ITS_WAY]
        return OutboxReport(tuple((stored.draft.message_id, self._resume(stored, still_wanted)) for stored in waiting))

    def place(self, draft: Draft, still_wanted: Wanted) -> DraftState:
        """Bring a draft into the Drafts folder, unless it is there already, or was.

        Returns:
            The state it has now. `overtaken`: not wanted any more, nothing was written. `edited`: the owner writes
            in this thread already. A draft that is on its way is only pushed on by `recover`.
        """
        known = self.drafts.for_lapse(self.account, draft.lapse)
        if known is not None:
            return known.state
        try:
            position = self.writer.position()
        except FolderError as error:
            return self._park(draft, str(error))
        found = self._look(draft, None)
        if found is not None:
            self.drafts.adopt(self.account, draft, position, found, self.clock())
            return found
        if not self.drafts.intend(self.account, draft, position, self.clock()):
            return self._state(draft.message_id)
        return self._hand_over(draft, position, still_wanted)

    def _park(self, draft: Draft, reason: str) -> DraftState:
        """Keep a draft that has nowhere to go; it is tried again in every pass."""
        now = self.clock()
        self.drafts.intend(self.account, draft, _NOWHERE, now)
        self.drafts.mark(self.account, draft.message_id, DraftState.PARKED, now, error=reason)
        return DraftState.PARKED

    def _resume(self, stored: StoredDraft, still_wanted: Wanted) -> DraftState:
        draft = stored.draft
        given_up = stored.state is DraftState.PARKED and stored.attempts > stored.refusals
        found = self._look(draft, stored.position, only_drafts=given_up)
        if found is not None:
            self.drafts.mark(self.account, draft.message_id, found, self.clock())
            return found
        if given_up:
            return DraftState.PARKED
        if stored.state is DraftState.UNKNOWN:
            return self._resume_unknown(stored, still_wanted)
        if stored.retry_at is not None and self.clock() < stored.retry_at:
            return stored.state
        try:
            position = self.writer.position()
        except FolderError as error:
            return self._park(draft, str(error))
        self.drafts.aim(self.account, draft.message_id, position)
        return self._hand_over(draft, position, still_wanted)

    def _resume_unknown(self, stored: StoredDraft, still_wanted: Wanted) -> DraftState:
        """A draft that may be on the server was just looked for and not found."""
        draft, now = stored.draft, self.clock()
        became = self._became(stored)
        if became is not None:
            return self._close(draft, became)
        if stored.missing_since is None:
            self.drafts.missing(self.account, draft.message_id, now)
            return DraftState.UNKNOWN
        if now - stored.missing_since < LOOK_AGAIN_AFTER:
            return DraftState.UNKNOWN
        if stored.attempts - stored.refusals >= MOST_HAND_OVERS:
            return self._close(draft, DraftState.PARKED, "handed over twice and never seen in Drafts")
        if not still_wanted(draft):
            return self._close(draft, DraftState.OVERTAKEN)
        return self._append(draft, stored.position)

    def _hand_over(self, draft: Draft, position: Position, still_wanted: Wanted) -> DraftState:
        """Hand over a draft that is certainly not on the server, unless things changed since it was decided on."""
        if still_wanted(draft):
            return self._append(draft, position)
        self.drafts.withdraw(self.account, draft.message_id)
        return DraftState.OVERTAKEN

    def _append(self, draft: Draft, position: Position) -> DraftState:
        name, now = draft.message_id, self.clock()
        if not self.drafts.hand_over(self.account, name, now):
            return self._state(name)
        try:
            self.writer.append(draft.raw)
        except (WriteRefusedError, FolderError) as error:
            self.drafts.refused(self.account, name, str(error), retry_at=now + self._pause(name))
            return DraftState.INTENT
        except WriteUnknownError as error:
            self.drafts.mark(self.account, name, DraftState.UNKNOWN, now, error=str(error))
            return DraftState.UNKNOWN
        if self._look(draft, position, only_drafts=True) is None:
            self.drafts.missing(self.account, name, self.clock())
            return DraftState.UNKNOWN
        return self._close(draft, DraftState.PLACED)

    def _look(self, draft: Draft, since: Position | None, *, only_drafts: bool = False) -> DraftState | None:
        """Where the draft is, by its Message-ID; or else a mail of the owner in Drafts that answers the same.

        Another edition of it counts as well: a lost ledger does not know that the owner wanted a new one, and an old
        one that was thrown away can be taken out of Trash again. Only where it lies in Trash is it out of the way.
        """
        waiting = self.writer.headers(Role.DRAFTS, since=since)
        ours = {stored.draft.message_id for stored in self.drafts.all(self.account)}
        earlier, later = editions_of(self.account, draft)
        for role, state in _FOUND_IN[: 1 if only_drafts else None]:
            listed = {one.message_id for one in (waiting if role is Role.DRAFTS else self.writer.headers(role))}
            if draft.message_id in listed:
                return state
            if not only_drafts and listed & (later if role in _PUT_AWAY else earlier | later):
                return DraftState.EDITED if role is Role.DRAFTS else state
        others = (header for header in waiting if header.message_id not in ours)
        return DraftState.EDITED if any(continues(header, draft) for header in others) else None

    def _became(self, stored: StoredDraft) -> DraftState | None:
        """What the owner made of a draft before anybody saw it arrive: edited under another name, then put away."""
        ours = {one.draft.message_id for one in self.drafts.all(self.account)}
        for role, state in _PASSED_ON:
            others = (header for header in self.writer.headers(role) if header.message_id not in ours)
            if any(is_sent_copy(header, stored) for header in others):
                return state
        return None

    def _pause(self, name: MessageId) -> timedelta:
        """How long to leave a server alone that said no: longer each time."""
        stored = self.drafts.get(self.account, name)
        refusals = 0 if stored is None else stored.refusals
        return min(_FIRST_RETRY * (1 << min(refusals, 10)), _LONGEST_RETRY)

    def _close(self, draft: Draft, state: DraftState, error: str = "") -> DraftState:
        self.drafts.mark(self.account, draft.message_id, state, self.clock(), error=error)
        return state

    def _state(self, name: MessageId) -> DraftState:
        stored = self.drafts.get(self.account, name)
        if stored is None:
            raise LedgerError(
                f"The draft {name} vanished from the ledger while it was handed over.", hint="Scan again."
            )
        return stored.state


def problems(drafts: Iterable[StoredDraft]) -> tuple[Problem, ...]:
    """What a person should know about drafts that did not arrive, one sentence each."""
    return tuple(
        Problem(code, stored.draft.message_id, f"{what}: {stored.error or 'no answer came'}.", hint)
        for stored in drafts
        for code, what, hint in _TROUBLE.get(stored.state, ())
        if stored.error or stored.state is not DraftState.INTENT
    )
