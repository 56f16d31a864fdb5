"""Whatever crashes and whatever the owner does with a draft: never two drafts for one lapse."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crmlink.mailbox.memory import AppendFault, StoredMail
from crmlink.model.draft import Draft, DraftState
from crmlink.model.ids import MessageId
from crmlink.model.mail import Role
from crmlink.outcomes.match import continues
from crmlink.writer.headers import stored_header
from tests.ledger_examples import ME, draft
from tests.outbox_world import Lag, Steps, World

DRAFTS, SENT, TRASH = "Concepten", "Verzonden", "Prullenbak"
LAPSES = (
    draft("een"),
    draft("twee", in_reply_to=MessageId("<ander@bakker.example>"), subject="Re: Offerte"),
    draft("los", in_reply_to=None, subject="Intake"),
)
A_LAPSE = st.sampled_from(LAPSES)
KEPT = st.sampled_from(["name", "thread", "neither"])  # what a client leaves of a draft it writes anew


class Mailbox(RuleBasedStateMachine):
    """Passes that may be killed, servers that lose answers and show things late, and an owner who handles drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Lag(looks=1))
        self.edits = 0
        self.decided: set[MessageId] = set()

    # What the program and the server do.

    @rule(kill_at=st.integers(0, 40))
    def killed_pass(self, kill_at: int) -> None:
        self.a_pass(Steps(kill_at))

    @rule()
    def whole_pass(self) -> None:
        self.a_pass(Steps())

    def a_pass(self, steps: Steps) -> None:
        self.world.one_pass(*LAPSES, steps=steps, wanted=self.unanswered)
        if steps.kill_at is None or steps.taken <= steps.kill_at:
            self.world.follow_up().settle(())

    @rule(fault=st.sampled_from(AppendFault))
    def next_append_fails(self, fault: AppendFault) -> None:
        self.world.mailbox.append_faults.append(fault)

    @rule(seconds=st.sampled_from([1, 60, 121, 3600]))
    def time_goes_by(self, seconds: int) -> None:
        self.world.later(timedelta(seconds=seconds))

    @rule(folder=st.sampled_from([DRAFTS, SENT]))
    def new_uidvalidity(self, folder: str) -> None:
        self.world.mailbox.folders[folder].renumber()

    # What the owner does.

    @rule(lapse=A_LAPSE)
    def deletes(self, lapse: Draft) -> None:
        self.take(lapse, to=TRASH)

    @rule(lapse=A_LAPSE)
    def sends(self, lapse: Draft) -> None:
        self.take(lapse, to=SENT)

    @rule(lapse=A_LAPSE)
    def deletes_for_good(self, lapse: Draft) -> None:
        """Once the ledger knows it was placed: what nobody ever saw again cannot be told from what was lost."""
        if self.world.state(lapse) not in {DraftState.UNKNOWN, DraftState.INTENT}:
            self.take(lapse, to=None)

    @precondition(lambda self: any(self.world.mailbox.mails(TRASH)))
    @rule()
    def empties_trash(self) -> None:
        on_their_way = {DraftState.UNKNOWN, DraftState.INTENT}
        if not any(self.world.state(lapse) in on_their_way for lapse in LAPSES):
            for mail in self.world.mailbox.mails(TRASH):
                self.world.mailbox.remove(TRASH, mail.uid)

    @rule(lapse=A_LAPSE, kept=KEPT, sends=st.booleans())
    def edits_draft(self, lapse: Draft, *, kept: str, sends: bool) -> None:
        mail = self.find(lapse)
        if mail is None:
            return
        self.edits += 1
        self.world.mailbox.remove(DRAFTS, mail.uid)
        raw = mail.raw + b"Groet\r\n"
        if kept != "name":
            raw = raw.replace(str(lapse.message_id).encode(), f"<edit-{self.edits}@client.example>".encode())
        if kept == "neither":
            raw = re.sub(rb"(In-Reply-To|References): .*\r\n", b"", raw)
        self.world.mailbox.deliver(raw, folder=SENT if sends else DRAFTS, received_at=self.world.now)
        self.decided.add(lapse.message_id)

    # What the owner sees.

    @invariant()
    def never_two(self) -> None:
        for lapse in LAPSES:
            copies = [where for where in self.all_mails() if self.is_about(where, lapse)]
            assert len(copies) <= 1, f"{lapse.message_id}: {len(copies)}"

    @invariant()
    def what_the_owner_decided_stays(self) -> None:
        for lapse in LAPSES:
            if lapse.message_id in self.decided:
                assert self.find_untouched(lapse) is None

    def teardown(self) -> None:
        self.world.mailbox.append_faults.clear()
        for pause in (6 * 3600, 121, 121, 121, 121):  # a server that said no often is left alone for hours
            self.time_goes_by(pause)
            self.whole_pass()
        self.never_two()
        self.what_the_owner_decided_stays()
        for stored in self.world.ledger.drafts.all(ME):
            assert stored.state is not DraftState.UNKNOWN
        self.world.ledger.close()

    # How it is told.

    def take(self, lapse: Draft, *, to: str | None) -> None:
        mail = self.find(lapse)
        if mail is None:
            return
        self.decided.add(lapse.message_id)
        if to is None:
            self.world.mailbox.remove(DRAFTS, mail.uid)
        else:
            self.world.mailbox.move(DRAFTS, mail.uid, to)

    def find(self, lapse: Draft) -> StoredMail | None:
        return next((mail for mail in self.world.mailbox.mails(DRAFTS) if self.is_about(mail, lapse)), None)

    def find_untouched(self, lapse: Draft) -> StoredMail | None:
        return next((mail for mail in self.world.mailbox.mails(DRAFTS) if mail.raw == lapse.raw), None)

    def all_mails(self) -> list[StoredMail]:
        return [mail for folder in (DRAFTS, SENT, TRASH) for mail in self.world.mailbox.mails(folder)]

    def is_about(self, mail: StoredMail, lapse: Draft) -> bool:
        header = stored_header("", mail.raw, size=0)
        return header.message_id == lapse.message_id or continues(header, lapse)

    def unanswered(self, lapse: Draft) -> bool:
        sent = self.world.outbox().writer.headers(Role.SENT)
        return not any(continues(header, lapse) for header in sent)


Mailbox.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestMailbox = Mailbox.TestCase
