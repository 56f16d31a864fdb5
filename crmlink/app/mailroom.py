"""The mailroom of one pass: what became of earlier drafts, what is on its way, and the placing of new ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from crmlink.app.house import House
from crmlink.app.look import Look
from crmlink.app.outbox import Outbox
from crmlink.app.outcomes import FollowUp
from crmlink.drafts.compose import names_of_drafts
from crmlink.lapses.decide import GREETINGS_APART, ONE_GREETING_IN, ONE_NUDGE_IN, Past, about_draft
from crmlink.lapses.find import Found
from crmlink.model.agreement import State
from crmlink.model.draft import Draft, DraftState, Option, Position, StoredDraft, StoredHeader
from crmlink.model.ids import LapseId, MessageId
from crmlink.model.lapse import Decision, LapseKind, Verdict
from crmlink.model.mail import Role
from crmlink.model.policy import Attention
from crmlink.outcomes.match import continues, sent_header

# A draft in one of these states occupies the moments it offers.
OFFERING = frozenset({DraftState.INTENT, DraftState.UNKNOWN, DraftState.PLACED, DraftState.EDITED, DraftState.SENT})
UNTOUCHED = frozenset({DraftState.INTENT, DraftState.UNKNOWN, DraftState.PLACED})
CLOSED = frozenset({State.KEPT, State.MOVED, State.WITHDRAWN, State.OPEN})


@dataclass(frozen=True, slots=True)
class Mailroom:
    """The drafts of one account in one pass; `now` is aware. `sent_before` is where Sent stood when the pass began."""

    house: House
    now: datetime
    sent_before: Position

    def follow_up(self, seen: Look) -> frozenset[MessageId]:
        """Note what the owner did with the drafts of earlier passes. Gives those that are gone since the last one."""
        sent = (message for _, message in seen.picture.messages() if message.from_me and message.role is Role.SENT)
        now_are = self._follow.settle(sent_header(message) for message in sent)
        return frozenset(name for name, state in now_are.items() if state is DraftState.DISCARDED)

    def clear_away(self, seen: Look, found: Found, just_gone: Collection[MessageId]) -> None:
        """Move untouched drafts that nobody needs any more to Trash: the owner answered or dismissed it, a new date stands.

        One that is `just_gone` is no "no" then: an earlier pass may have ended between moving it and noting that.
        """
        done = {lapse.id for lapse in found.mended} | self._dismissed()
        broken = {lapse.agreement.id for lapse in found.standing}
        standing = {lapse.id for lapse in found.standing}
        known = (*seen.agreements, *seen.questions)
        closed = {agreement.id for agreement in known if agreement.state in CLOSED} - broken
        for stored in self._stored():
            heard = self._heard_again(stored, seen) and stored.draft.lapse not in standing
            if stored.draft.lapse not in done and stored.agreement not in closed and not heard:
                continue
            if stored.state is DraftState.PLACED:
                self._follow.overtake(stored.draft.message_id)
            elif stored.draft.message_id in just_gone:
                self._follow.note_overtaken(stored.draft.message_id)

    def recover(self, found: Found) -> None:
        """Finish what an earlier pass began and could not finish."""
        dismissed = self._dismissed()
        standing = {lapse.id: lapse.kind for lapse in found.standing if lapse.id not in dismissed}
        self._outbox.recover(
            lambda draft: draft.lapse in standing and self._still_wanted(draft, kind=standing[draft.lapse])
        )
        introductions_out(self.house).recover(lambda _: True)

    def past(self, found: Found) -> Past:
        """What the decider needs to know of earlier passes."""
        stored = self._stored()
        own = self._own_drafts(lapse.id for lapse in found.standing)
        today = self.now.astimezone(self.house.policy.zone).date()
        return Past(
            drafts={one.draft.lapse: one.state for one in stored},
            dismissed=self._dismissed(),
            placed_today=sum(one.created_at.astimezone(self.house.policy.zone).date() == today for one in stored),
            own_drafts=frozenset(name for header in own for name in _answers(header)),
            nudged=self._written_to(LapseKind.WAITING, ONE_NUDGE_IN),
            greeted=self._written_to(LapseKind.SILENT, ONE_GREETING_IN),
            greeted_lately=bool(self._written_to(LapseKind.SILENT, GREETINGS_APART)),
        )

    def reasons(self) -> Mapping[LapseId, str]:
        """What earlier passes said of the lapses whose drafts lie in Drafts as they were written, or are on their way."""
        known = {one.id: one.reason for one in self.house.ledger.lapses.all(self.house.account)}
        return {one.draft.lapse: known.get(one.draft.lapse, "") for one in self._stored() if one.state in UNTOUCHED}

    def taken(self) -> tuple[Option, ...]:
        """The moments that open drafts offer already, and those that were accepted."""
        accepted = (one.acceptance.option for one in self._stored() if one.acceptance)
        offered = (option for one in self._stored() if one.state in OFFERING for option in one.draft.options)
        return (*accepted, *offered)

    def in_hand(self, drafts: Mapping[LapseId, Draft]) -> frozenset[LapseId]:
        """The lapses about which the owner is writing already, in the thread or outside, given the letters about them."""
        own = self._own_drafts(drafts) if drafts else ()
        return frozenset(lapse for lapse, draft in drafts.items() if any(continues(header, draft) for header in own))

    def place(self, verdicts: Iterable[Verdict], drafts: Mapping[LapseId, Draft]) -> tuple[Verdict, ...]:
        """Bring the drafts into the Drafts folder, and say of each lapse what came of it."""
        placed: list[Verdict] = []
        for verdict in verdicts:
            draft = drafts.get(verdict.lapse.id)
            if verdict.decision is not Decision.DRAFT or draft is None:
                placed.append(verdict)
                continue
            state = self._outbox.place(draft, partial(self._still_wanted, kind=verdict.lapse.kind))
            if state is DraftState.PLACED:
                placed.append(verdict)
            elif (said := about_draft(state)) is not None:
                placed.append(Verdict(verdict.lapse, *said))
        return tuple(placed)

    def stored(self) -> Mapping[LapseId, StoredDraft]:
        """All drafts of the account by lapse."""
        return {one.draft.lapse: one for one in self._stored()}

    def _written_to(self, kind: LapseKind, lately: timedelta) -> frozenset[str]:
        """Who got a draft of that kind lately; one that was not needed in the end does not count."""
        return frozenset(
            address.address
            for one in self._stored()
            if one.kind is kind and one.state is not DraftState.OVERTAKEN and self.now - one.created_at < lately
            for address in one.draft.to
        )

    def _heard_again(self, stored: StoredDraft, seen: Look) -> bool:
        """Whether a draft to somebody silent would be known to be needless by now, if it is."""
        wished = self.house.policy.attention is Attention.DRAFT
        return stored.kind is LapseKind.SILENT and wished and seen.picture.mail_complete

    def _stored(self) -> tuple[StoredDraft, ...]:
        return tuple(one for one in self.house.ledger.drafts.all(self.house.account) if one.created_at <= self.now)

    def _dismissed(self) -> frozenset[LapseId]:
        return frozenset(one.id for one in self.house.ledger.lapses.all(self.house.account) if one.dismissed_at)

    def _own_drafts(self, lapses: Iterable[LapseId]) -> tuple[StoredHeader, ...]:
        """What the owner has in Drafts: not what the ledger knows, nor what a lost one knew about these lapses."""
        owner = self.house.owner
        ours = {one.draft.message_id for one in self._stored()}
        ours |= {one.draft.message_id for one in self.house.ledger.introductions.drafts.all(self.house.account)}
        ours |= {name for one in lapses for name in names_of_drafts(owner.address, one, owner.mailbox.domain)}
        return tuple(header for header in self.house.writer.headers(Role.DRAFTS) if header.message_id not in ours)

    def _still_wanted(self, draft: Draft, *, kind: LapseKind) -> bool:
        """Whether the owner has not written to these people since the pass began to read.

        Who has thrown an answer away has read it: that is in Trash, which is never read as evidence of anything broken.
        """
        if kind is LapseKind.WAITING and self._answered_and_deleted(draft):
            return False
        people = {one.address for one in draft.to}
        sent = self.house.writer.headers(Role.SENT, since=self.sent_before)
        known = (
            sent if self.sent_before.uid_next else [one for one in sent if one.stored_at and one.stored_at >= self.now]
        )
        return not any(people & set(header.to) for header in known)

    def _answered_and_deleted(self, draft: Draft) -> bool:
        """Whether a mail to the owner that answers the question lies in Trash."""
        me = set(self.house.owner.addresses)
        thrown_away = self.house.writer.headers(Role.TRASH)
        return any(draft.in_reply_to in _answers(header) and me & set(header.to) for header in thrown_away)

    @property
    def _outbox(self) -> Outbox:
        return Outbox(self.house.ledger.drafts, self.house.writer, self.house.account, self.house.clock)

    @property
    def _follow(self) -> FollowUp:
        return FollowUp(self.house.ledger.drafts, self.house.writer, self.house.account, self.house.clock)


def follow_introductions(house: House, new_in_sent: Iterable[StoredHeader] = ()) -> None:
    """Note what the owner did with the drafts that introduce people."""
    store = house.ledger.introductions.drafts
    FollowUp(store, house.writer, house.account, house.clock).settle(new_in_sent)


def introductions_out(house: House) -> Outbox:
    """The way of a draft that introduces people: the same as of any other."""
    return Outbox(house.ledger.introductions.drafts, house.writer, house.account, house.clock)


def _answers(header: StoredHeader) -> tuple[MessageId, ...]:
    return (*header.references, *((header.in_reply_to,) if header.in_reply_to else ()))
