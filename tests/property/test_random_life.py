"""A random life of one owner, with the whole program: whatever happens in whatever order, crmlink behaves.

Never two drafts for one agreement, and none lost. What the owner edited, flagged or wrote is never touched. What nobody
needs any more is gone after the next pass. Nothing that is only read ever changes, and without news nothing is written.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crmlink.app.outbox import MOST_HAND_OVERS
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
MOMENTS = (
    "before append",
    "after append, before its answer",
    "before discard",
    "after discard, before its answer",
    "before reading a draft",
)
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
        self.blank = False  # the ledger is new, and no pass has told it yet what stands in the calendar
        for who in GUESTS:
            self.world.books(who)
        self.whole_pass()

    # The program.

    @rule()
    def whole_pass(self) -> None:
        self.a_pass(Steps())
        self.blank = False
        for who in self.mended - self.strange - self.forgiven:
            assert not self.world.untouched(who), f"an overtaken draft to {who} was left"

    @rule(steps=st.one_of(st.builds(Steps, kill_on=st.sampled_from(MOMENTS)), st.builds(Steps, st.integers(0, 60))))
    def killed_pass(self, steps: Steps) -> None:
        self.a_pass(steps)

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
    @rule(data=st.data(), copied=st.booleans())
    def something_breaks(self, data: st.DataObject, *, copied: bool) -> None:
        self.breaks(data.draw(st.sampled_from(self.whole())))
        if copied:  # a rule of the owner's files mail in two folders
            for mail in self.world.mailbox.mails(INBOX):
                self.world.mailbox.deliver(mail.raw, received_at=mail.received_at, folder=ARCHIVE)

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
            if self.blank:  # nobody can know that it stood elsewhere before
                self.strange.add(who)
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
    @rule(data=st.data(), act=st.sampled_from(["edits", "flags", "sends", "deletes", "deletes for good"]))
    def the_owner_takes_a_draft(self, data: st.DataObject, act: str) -> None:
        who = data.draw(st.sampled_from(sorted(self.in_drafts())))
        if act == "deletes for good" and who not in self.arrived():
            return  # what nobody ever saw again cannot be told from what was lost
        draft = self.world.draft_for(who)
        assert draft is not None
        self.handled.add(who)
        self.world.mailbox.remove(DRAFTS, draft.uid)
        match act:
            case "edits":
                self.kept[who] = self.renamed(who, draft.raw, data) + b"PS: tot gauw!\r\n"
                flags = data.draw(st.sampled_from([UNTOUCHED, frozenset({"\\seen"})]))
                self.world.mailbox.deliver(self.kept[who], folder=DRAFTS, flags=flags, received_at=self.world.now)
            case "flags":
                self.kept[who] = draft.raw
                flags = data.draw(st.sampled_from([UNTOUCHED | {"\\flagged"}, frozenset({"\\seen"})]))
                self.world.mailbox.deliver(draft.raw, folder=DRAFTS, flags=flags, received_at=self.world.now)
            case "sends":
                sent = self.renamed(who, draft.raw, data)
                self.world.mailbox.deliver(sent, folder=SENT, flags=("\\seen",), received_at=self.world.now)
            case "deletes":
                self.world.mailbox.deliver(draft.raw, folder=TRASH)

    # The machine.

    @rule(folder=st.sampled_from([INBOX, DRAFTS, SENT, ARCHIVE]), cached=st.booleans())
    def a_folder_is_renumbered(self, folder: str, *, cached: bool) -> None:
        self.world.mailbox.folders[folder].renumber()
        if not cached:
            self.world.lose_cache()

    @rule()
    def the_ledger_is_backed_up(self) -> None:
        self.backup = self.world.backup()

    @rule(from_backup=st.booleans())
    def the_ledger_is_lost(self, *, from_backup: bool) -> None:
        self.world.restore(self.backup if from_backup else None)
        self.blank = True
        self.strange |= {who for who in PEOPLE if self.world.placed_for(who)}
        self.forgiven |= {who for who in PEOPLE if not self.world.is_recognised(who)}

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
        for who in self.broke - self.mended - self.own - self.given_up():
            assert self.world.placed_for(who), f"the draft to {who} was lost"
        self.whole_pass()
        rows, placed, drafts = self.world.rows_written(), len(self.world.placed), self.world.mailbox.mails(DRAFTS)
        self.whole_pass()
        assert self.world.rows_written() == rows
        assert (len(self.world.placed), self.world.mailbox.mails(DRAFTS)) == (placed, drafts)
        self.world.__exit__()

    # How it is told.

    def given_up(self) -> set[str]:
        """Whose draft vanished twice on its way, as when a pass dies twice in that moment: `check` shows it then."""
        vanished = [one for one in self.world.ledger.drafts.all(ACCOUNT) if one.state is DraftState.PARKED]
        assert all(one.attempts - one.refusals >= MOST_HAND_OVERS for one in vanished)
        return {person.address for one in vanished for person in one.draft.to}

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

    def renamed(self, who: str, raw: bytes, data: st.DataObject) -> bytes:
        """The mail, perhaps under a new Message-ID; every known client keeps the name or the thread."""
        header = self.world.placed_for(who)[-1]
        if header.in_reply_to is None or data.draw(st.booleans()):
            return raw
        return raw.replace(str(header.message_id).encode(), f"<nieuw-{who}>".encode())


Life.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLife = Life.TestCase
