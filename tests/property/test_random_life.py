"""A random life of one owner, with the whole program: whatever happens in whatever order, crmlink behaves.

Never two drafts for one agreement, and none lost. What the owner edited, flagged or wrote is never touched. What nobody
needs any more is gone after the next pass. Nothing that is only read ever changes, and without news nothing is written.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmlink.model.draft import DraftState
from tests.life_world import (
    ARCHIVE,
    ASKERS,
    BEGIN,
    DRAFTS,
    GUESTS,
    INBOX,
    PEOPLE,
    SENT,
    TRASH,
    UNTOUCHED,
    LifeWorld,
)
from tests.outbox_world import Steps

ACCOUNT = "marleen@veen.example"
EVERYBODY = frozenset(PEOPLE)
LONGEST = timedelta(days=15)
ON_THEIR_WAY = {DraftState.INTENT, DraftState.UNKNOWN}


class Life(RuleBasedStateMachine):
    """Everybody's doings as rules; what the mailbox must look like as invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.world = LifeWorld()
        self.broke: set[str] = set()
        self.mended: set[str] = set()
        self.handled: set[str] = set()  # the owner did something with the draft
        self.kept: dict[str, bytes] = {}  # what the owner made of it, or wrote, and left in Drafts
        self.own: set[str] = set()  # the owner's own draft was there before any of ours
        self.forgiven: set[str] = set()  # no trace is left anywhere of an earlier draft: nobody could know
        self.strange: set[str] = set()  # the ledger that knew the draft's bytes is lost
        self.backup: bytes | None = None
        for who in GUESTS:
            self.world.books(who)
        self.whole_pass()

    # The program.

    @rule()
    def whole_pass(self) -> None:
        self.a_pass(Steps())
        for who in self.mended - self.strange - self.forgiven:
            assert not self.world.untouched(who), f"an overtaken draft to {who} was left"

    @rule(kill_at=st.integers(0, 60))
    def killed_pass(self, kill_at: int) -> None:
        self.a_pass(Steps(kill_at))

    def a_pass(self, steps: Steps) -> None:
        before = self.world.sources()
        self.world.one_pass(steps)
        assert self.world.sources() == before

    # The others, and time.

    @initialize(who=st.sets(st.sampled_from(PEOPLE)))
    def these_broke_already(self, who: set[str]) -> None:
        for each in sorted(who):
            self.breaks(each)

    @precondition(lambda self: self.whole())
    @rule(data=st.data())
    def something_breaks(self, data: st.DataObject) -> None:
        self.breaks(data.draw(st.sampled_from(self.whole())))

    @precondition(lambda self: self.broke & set(ASKERS))
    @rule(data=st.data())
    def the_question_lies_in_two_folders(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.broke & set(ASKERS))))
        question = next(mail for mail in self.world.mailbox.mails(INBOX) if f"<vraag-{who}>".encode() in mail.raw)
        self.world.mailbox.deliver(question.raw, received_at=question.received_at, folder=ARCHIVE)

    @precondition(lambda self: self.open() & set(ASKERS))
    @rule(data=st.data())
    def they_need_it_no_more(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.open() & set(ASKERS))))
        self.mended.add(who)
        self.world.never_minds(who)

    @precondition(lambda self: self.world.now < BEGIN + LONGEST)
    @rule(time=st.sampled_from([timedelta(seconds=61), timedelta(seconds=121), timedelta(hours=3), timedelta(days=1)]))
    def time_goes_by(self, time: timedelta) -> None:
        self.world.now += time

    # The owner.

    @precondition(lambda self: self.open())
    @rule(data=st.data())
    def the_owner_makes_it_good(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.open())))
        self.mended.add(who)
        if who in ASKERS:
            self.world.answers(who)
        elif who in GUESTS:
            self.world.books(who, in_days=4)
        else:
            self.world.delivers(who)

    @precondition(lambda self: (self.broke - set(self.kept)) & set(ASKERS))
    @rule(data=st.data())
    def the_owner_begins_a_draft(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted((self.broke - set(self.kept)) & set(ASKERS))))
        if not self.world.placed_for(who):
            self.own.add(who)
        self.handled.add(who)
        self.kept[who] = self.world.writes_own_draft(who)

    @precondition(lambda self: self.in_drafts())
    @rule(data=st.data(), keeps_name=st.booleans(), keeps_flag=st.booleans())
    def the_owner_edits(self, data: st.DataObject, *, keeps_name: bool, keeps_flag: bool) -> None:
        who, raw = self.take(data)
        self.kept[who] = self.renamed(who, raw, keeps_name=keeps_name) + b"PS: tot gauw!\r\n"
        flags = UNTOUCHED if keeps_flag else ("\\seen",)
        self.world.mailbox.deliver(self.kept[who], folder=DRAFTS, flags=flags, received_at=self.world.now)

    @precondition(lambda self: self.in_drafts())
    @rule(data=st.data(), flags=st.sampled_from([("\\draft", "\\flagged"), ("\\seen",), ("\\draft", "\\deleted")]))
    def the_owner_flags(self, data: st.DataObject, flags: tuple[str, ...]) -> None:
        who, self.kept[who] = self.take(data)
        self.world.mailbox.deliver(self.kept[who], folder=DRAFTS, flags=flags, received_at=self.world.now)

    @precondition(lambda self: self.in_drafts())
    @rule(data=st.data(), keeps_name=st.booleans())
    def the_owner_sends(self, data: st.DataObject, *, keeps_name: bool) -> None:
        who, raw = self.take(data)
        sent = self.renamed(who, raw, keeps_name=keeps_name)
        self.world.mailbox.deliver(sent, folder=SENT, flags=("\\seen",), received_at=self.world.now)

    @precondition(lambda self: self.in_drafts())
    @rule(data=st.data())
    def the_owner_deletes(self, data: st.DataObject) -> None:
        _, raw = self.take(data)
        self.world.mailbox.deliver(raw, folder=TRASH)

    @precondition(lambda self: self.in_drafts() & self.arrived())
    @rule(data=st.data())
    def the_owner_deletes_for_good(self, data: st.DataObject) -> None:
        """Once the ledger knows it was placed: what nobody ever saw again cannot be told from what was lost."""
        self.take(data, self.arrived())

    # The machine.

    @rule(folder=st.sampled_from([INBOX, DRAFTS, SENT, ARCHIVE]))
    def a_folder_is_renumbered(self, folder: str) -> None:
        self.world.mailbox.folders[folder].renumber()

    @rule()
    def the_ledger_is_backed_up(self) -> None:
        self.backup = self.world.backup()

    @rule(from_backup=st.booleans())
    def the_ledger_is_lost(self, *, from_backup: bool) -> None:
        self.world.restore(self.backup if from_backup else None)
        self.strange |= {who for who in PEOPLE if self.world.placed_for(who)}
        self.forgiven |= {who for who in PEOPLE if not self.world.is_recognised(who)}

    @rule()
    def the_cache_is_lost(self) -> None:
        self.world.lose_cache()

    # What must always hold.

    @invariant()
    def never_two(self) -> None:
        for who in set(PEOPLE) - self.forgiven:
            assert len(self.world.placed_for(who)) <= 1, who

    @invariant()
    def none_where_the_owner_writes(self) -> None:
        for who in self.own:
            assert self.world.placed_for(who) == [], who

    @invariant()
    def the_owners_drafts_stay(self) -> None:
        raws = [mail.raw for mail in self.world.mailbox.mails(DRAFTS)]
        for who, raw in self.kept.items():
            assert raw in raws, who

    def teardown(self) -> None:
        self.world.until_settled()
        self.never_two()
        self.the_owners_drafts_stay()
        for who in self.broke - self.mended - self.own:
            assert self.world.placed_for(who), f"the draft to {who} was lost"
        self.whole_pass()
        rows, placed, drafts = self.world.rows_written(), len(self.world.placed), self.world.mailbox.mails(DRAFTS)
        self.whole_pass()
        assert self.world.rows_written() == rows
        assert (len(self.world.placed), self.world.mailbox.mails(DRAFTS)) == (placed, drafts)
        self.world.__exit__()

    # How it is told.

    def whole(self) -> list[str]:
        """With whom nothing broke yet."""
        return sorted(set(PEOPLE) - self.broke)

    def open(self) -> set[str]:
        """With whom something is broken still."""
        return self.broke - self.mended

    def arrived(self) -> set[str]:
        """Whose draft the ledger knows to be in the mailbox, or to have been there."""
        stored = self.world.ledger.drafts.all(ACCOUNT)
        return {one.draft.to[0].address for one in stored if one.state not in ON_THEIR_WAY}

    def in_drafts(self) -> set[str]:
        """Whose draft lies in Drafts as crmlink wrote it, and the owner had no hand in it yet."""
        return {who for who in PEOPLE if self.world.draft_for(who)} - self.handled

    def breaks(self, who: str) -> None:
        self.broke.add(who)
        if who in ASKERS:
            self.world.asks(who)
        elif who in GUESTS:
            self.world.books(who, status="CANCELLED")
        else:
            self.world.promises(who)

    def take(self, data: st.DataObject, among: AbstractSet[str] = EVERYBODY) -> tuple[str, bytes]:
        """Take one of the drafts out of Drafts; whose it was, and its bytes."""
        who = data.draw(st.sampled_from(sorted(self.in_drafts() & among)))
        draft = self.world.draft_for(who)
        assert draft is not None
        self.handled.add(who)
        self.world.mailbox.remove(DRAFTS, draft.uid)
        return who, draft.raw

    def renamed(self, who: str, raw: bytes, *, keeps_name: bool) -> bytes:
        """The mail under a new Message-ID; every known client keeps the name or the thread."""
        (header,) = self.world.placed_for(who)[-1:]
        if keeps_name or header.in_reply_to is None:
            return raw
        return raw.replace(str(header.message_id).encode(), f"<nieuw-{who}>".encode())


Life.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLife = Life.TestCase
