from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crmlink.app.outbox import Outbox, problems
from crmlink.drafts.compose import draft_message_id
from crmlink.ledger.open import open_ledger
from crmlink.mailbox.memory import AppendFault, MemoryMailbox
from crmlink.model.draft import Draft, DraftState
from crmlink.model.errors import LedgerError
from crmlink.model.ids import LapseId
from crmlink.model.mail import Role
from crmlink.writer.memory import MemoryDraftWriter
from tests.ledger_examples import ANCHOR, GIJS, ME, draft, verdict
from tests.outbox_world import Lag, Steps, World

DRAFTS, SENT, TRASH = "Concepten", "Verzonden", "Prullenbak"
MINUTE = timedelta(minutes=1)

SLOW_SERVERS = {
    "at once": Lag(),
    "from the second look on": Lag(looks=1),
    "after two minutes": Lag(time=timedelta(seconds=119)),
}


def steps_of_a_pass() -> list[str]:
    steps = Steps()
    World().one_pass(draft(), steps=steps)
    return steps.names


STEPS = steps_of_a_pass()


def test_a_draft_is_placed_with_its_own_bytes() -> None:
    world = World()

    assert world.one_pass(draft()) == [DraftState.PLACED]

    (mail,) = world.mailbox.mails(DRAFTS)
    assert mail.raw == draft().raw
    assert mail.flags == {"\\draft", "\\seen"}
    stored = world.stored()
    assert stored is not None
    assert (stored.state, stored.attempts, stored.placed_at) == (DraftState.PLACED, 1, world.now)


def test_a_second_pass_writes_nothing() -> None:
    world = World()
    world.one_pass(draft())
    steps = Steps()
    world.later(MINUTE)

    assert world.one_pass(draft(), steps=steps) == [DraftState.PLACED]
    assert steps.names == []


@pytest.mark.parametrize("lag", [pytest.param(lag, id=f"shown {name}") for name, lag in SLOW_SERVERS.items()])
@pytest.mark.parametrize("kill_at", [pytest.param(at, id=f"killed {name} ({at})") for at, name in enumerate(STEPS)])
def test_one_draft_wherever_the_first_pass_is_killed(kill_at: int, lag: Lag) -> None:
    world = World(lag)
    world.one_pass(draft(), steps=Steps(kill_at))

    for pause in (0, 5, 121, 121, 1000):
        world.later(timedelta(seconds=pause))
        world.one_pass(draft())
        assert len(world.everywhere(draft())) <= 1

    assert world.everywhere(draft()) == [DRAFTS]
    assert world.state() is DraftState.PLACED


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(STEPS.index("before append") - 3, id="after the intent"),
        pytest.param(STEPS.index("before append"), id="before the append"),
        pytest.param(STEPS.index("after append, before its answer"), id="before the answer"),
        pytest.param(len(STEPS) - 2, id="before it is noted as placed"),
    ],
)
def test_one_draft_or_a_report_when_two_repairs_are_killed_as_well(first: int) -> None:
    for second in range(30):
        world = World(SLOW_SERVERS["from the second look on"])
        world.one_pass(draft(), steps=Steps(first))
        repairs = Steps(second), Steps(second)
        for pause, steps in zip((5, 121), repairs, strict=True):
            world.later(timedelta(seconds=pause))
            world.one_pass(draft(), steps=steps)
        world.until_settled(draft())

        arrived = {DraftState.PLACED: [DRAFTS], DraftState.PARKED: []}
        assert world.everywhere(draft()) == arrived[world.state() or DraftState.DISCARDED], f"killed at {second}"
        if all(steps.taken <= second for steps in repairs):
            break


@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.LOST_BUT_STORED])
def test_one_draft_when_the_answer_is_lost(fault: AppendFault) -> None:
    world = World()
    world.mailbox.append_faults.append(fault)

    assert world.one_pass(draft()) == [DraftState.UNKNOWN]
    (problem,) = problems(world.ledger.drafts.all(ME))
    assert problem.code == "draft.unknown"
    world.until_settled(draft())

    assert world.everywhere(draft()) == [DRAFTS]


def test_nothing_is_handed_over_again_before_two_looks_two_minutes_apart() -> None:
    world = World()
    world.mailbox.append_faults.append(AppendFault.LOST)
    world.one_pass(draft())
    world.later(60 * MINUTE)

    assert world.one_pass(draft()) == [DraftState.UNKNOWN]
    world.later(timedelta(seconds=119))
    assert world.one_pass(draft()) == [DraftState.UNKNOWN]
    world.later(timedelta(seconds=1))
    assert world.one_pass(draft()) == [DraftState.PLACED]


def test_a_draft_that_is_lost_twice_is_parked_and_left_to_a_person() -> None:
    world = World()
    world.mailbox.append_faults.extend([AppendFault.LOST, AppendFault.LOST])
    world.one_pass(draft())
    world.until_settled(draft())

    assert world.state() is DraftState.PARKED
    assert world.everywhere(draft()) == []
    (problem,) = problems(world.ledger.drafts.all(ME))
    assert (problem.code, "never seen in Drafts" in problem.message) == ("draft.parked", True)


def test_a_parked_draft_that_turns_up_late_is_known_as_placed() -> None:
    world = World()
    world.mailbox.append_faults.extend([AppendFault.LOST, AppendFault.LOST])
    world.one_pass(draft())
    world.until_settled(draft())
    world.mailbox.deliver(draft().raw, folder=DRAFTS)

    world.one_pass(draft())

    assert world.state() is DraftState.PLACED


def test_a_server_that_hides_a_draft_for_ever_gets_two_at_most() -> None:
    world = World(Lag(looks=10**6))
    world.one_pass(draft())
    world.until_settled(draft())
    world.until_settled(draft())

    assert len(world.everywhere(draft())) == 2
    assert world.state() is DraftState.PARKED


def test_a_refused_draft_waits_longer_each_time_and_arrives_once() -> None:
    world = World()
    world.mailbox.append_faults.extend([AppendFault.REFUSED] * 3)
    assert world.one_pass(draft()) == [DraftState.INTENT]
    tried = []
    for minute in range(1, 60):
        world.later(MINUTE)
        left = len(world.mailbox.append_faults)
        if world.one_pass(draft()) == [DraftState.PLACED] or len(world.mailbox.append_faults) < left:
            tried.append(minute)
        if world.state() is DraftState.PLACED:
            break

    assert tried == [5, 15, 35]
    assert world.everywhere(draft()) == [DRAFTS]


def test_a_clear_no_does_not_count_as_a_lost_hand_over() -> None:
    world = World()
    world.mailbox.append_faults.extend([AppendFault.REFUSED, AppendFault.REFUSED, AppendFault.LOST])
    world.one_pass(draft())
    for _ in range(10):
        world.later(10 * MINUTE)
        world.one_pass(draft())

    assert world.state() is DraftState.PLACED
    assert world.everywhere(draft()) == [DRAFTS]


def test_a_refusal_is_reported_with_its_reason() -> None:
    world = World()
    world.mailbox.append_faults.append(AppendFault.REFUSED)
    world.one_pass(draft())

    (problem,) = problems(world.ledger.drafts.all(ME))
    assert (problem.code, "over quota" in problem.message) == ("draft.refused", True)


def test_without_a_drafts_folder_the_draft_is_parked_and_no_folder_is_made() -> None:
    world = World()
    world.mailbox = MemoryMailbox({"INBOX": Role.INBOX})

    assert world.one_pass(draft()) == [DraftState.PARKED]

    assert list(world.mailbox.folders) == ["INBOX"]
    (problem,) = problems(world.ledger.drafts.all(ME))
    assert "no folder for drafts" in problem.message


def test_a_draft_parked_for_want_of_a_folder_arrives_once_there_is_one() -> None:
    world = World()
    mailbox, world.mailbox = world.mailbox, MemoryMailbox({"INBOX": Role.INBOX})
    world.one_pass(draft())
    world.one_pass(draft())
    world.mailbox = mailbox

    world.until_settled(draft())

    assert world.everywhere(draft()) == [DRAFTS]
    assert world.state() is DraftState.PLACED


def test_a_draft_no_longer_wanted_directly_before_the_hand_over_leaves_no_trace() -> None:
    world = World()

    assert world.one_pass(draft(), wanted=lambda _: False) == [DraftState.OVERTAKEN]

    assert world.everywhere(draft()) == []
    assert world.stored() is None
    assert world.one_pass(draft()) == [DraftState.PLACED]


def test_a_refused_draft_no_longer_wanted_is_forgotten() -> None:
    world = World()
    world.mailbox.append_faults.append(AppendFault.REFUSED)
    world.one_pass(draft())
    world.later(60 * MINUTE)

    world.outbox().recover(lambda _: False)

    assert world.stored() is None


def test_an_unknown_draft_no_longer_wanted_is_not_handed_over_again() -> None:
    world = World()
    world.mailbox.append_faults.append(AppendFault.LOST)
    world.one_pass(draft())
    for _ in range(3):
        world.later(3 * MINUTE)
        world.outbox().recover(lambda _: False)

    assert world.state() is DraftState.OVERTAKEN
    assert world.everywhere(draft()) == []


@pytest.mark.parametrize(
    ("folder", "expected"),
    [(DRAFTS, DraftState.PLACED), (SENT, DraftState.SENT), (TRASH, DraftState.DISCARDED), ("Alles", DraftState.PLACED)],
)
def test_a_lost_ledger_adopts_what_the_mailbox_holds(folder: str, expected: DraftState) -> None:
    world = World()
    world.mailbox.deliver(draft().raw, folder=folder)

    assert world.one_pass(draft()) == [expected]
    world.until_settled(draft())

    assert world.everywhere(draft()) == [folder]
    assert world.state() is expected


@pytest.mark.parametrize("lost", ["intent", "unknown"])
def test_a_ledger_from_yesterday_finds_the_draft_it_was_about_to_place(lost: str) -> None:
    world = World()
    at = STEPS.index("before append") - (2 if lost == "intent" else 0)
    world.one_pass(draft(), steps=Steps(at))
    assert world.state() is DraftState(lost)
    world.mailbox.deliver(draft().raw, folder=DRAFTS)

    world.later(timedelta(days=1))
    world.until_settled(draft())

    assert world.everywhere(draft()) == [DRAFTS]
    assert world.state() is DraftState.PLACED


def test_the_owners_own_draft_in_the_thread_is_enough() -> None:
    world = World()
    own = f"To: {GIJS.address}\r\nMessage-ID: <own@veen.example>\r\nIn-Reply-To: {ANCHOR}\r\n\r\nGijs, sorry"
    world.mailbox.deliver(own.encode(), folder=DRAFTS)

    assert world.one_pass(draft()) == [DraftState.EDITED]
    assert world.everywhere(draft()) == []


def test_another_draft_of_crmlink_in_the_same_thread_is_not_the_owners() -> None:
    world = World()

    assert world.one_pass(draft("een"), draft("twee")) == [DraftState.PLACED, DraftState.PLACED]


@pytest.mark.parametrize("kill_at", [STEPS.index("before append"), STEPS.index("after append, before its answer")])
def test_a_new_uidvalidity_of_drafts_makes_no_second_draft(kill_at: int) -> None:
    world = World()
    world.one_pass(draft(), steps=Steps(kill_at))
    world.mailbox.folders[DRAFTS].renumber()

    world.until_settled(draft())

    assert world.everywhere(draft()) == [DRAFTS]


@pytest.mark.parametrize(("folder", "expected"), [(SENT, DraftState.SENT), (TRASH, DraftState.DISCARDED)])
def test_a_draft_edited_and_put_away_before_anybody_saw_it_is_not_made_again(folder: str, expected: DraftState) -> None:
    world = World()
    world.mailbox.append_faults.append(AppendFault.LOST_BUT_STORED)
    world.one_pass(draft())
    world.later(MINUTE)
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.remove(DRAFTS, mail.uid)
    edited = mail.raw.replace(str(draft().message_id).encode(), b"<edited@client.example>")
    world.mailbox.deliver(edited, folder=folder, received_at=world.now)

    world.until_settled(draft())

    assert world.state() is expected
    assert world.everywhere(draft()) == []


def test_older_mail_in_the_thread_does_not_stand_for_a_lost_draft() -> None:
    world = World()
    earlier = draft().raw.replace(str(draft().message_id).encode(), b"<promise@client.example>")
    for folder in (SENT, TRASH):
        world.mailbox.deliver(earlier, folder=folder, received_at=world.now - timedelta(days=1))
    world.mailbox.append_faults.append(AppendFault.LOST)
    world.one_pass(draft())
    world.until_settled(draft())

    assert world.state() is DraftState.PLACED


def owner_deletes(world: World) -> None:
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.move(DRAFTS, mail.uid, TRASH)


def owner_deletes_for_good(world: World) -> None:
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.remove(DRAFTS, mail.uid)


def owner_sends(world: World) -> None:
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.move(DRAFTS, mail.uid, SENT)


def owner_edits(world: World) -> None:
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.remove(DRAFTS, mail.uid)
    world.mailbox.deliver(mail.raw.replace(b".draft@", b".edited@") + b"Groet", folder=DRAFTS)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(owner_deletes, DraftState.DISCARDED, id="deleted"),
        pytest.param(owner_deletes_for_good, DraftState.DISCARDED, id="deleted for good"),
        pytest.param(owner_sends, DraftState.SENT, id="sent"),
        pytest.param(owner_edits, DraftState.EDITED, id="edited under a new Message-ID"),
    ],
)
def test_what_the_owner_did_with_a_draft_is_final(act: Callable[[World], None], expected: DraftState) -> None:
    world = World()
    world.one_pass(draft())
    act(world)
    mails = {folder: world.mailbox.mails(folder) for folder in world.mailbox.folders}

    world.follow_up().settle(())
    world.until_settled(draft())
    world.mailbox.folders[DRAFTS].renumber()
    world.until_settled(draft())

    assert world.state() is expected
    assert {folder: len(world.mailbox.mails(folder)) for folder in mails} == {f: len(m) for f, m in mails.items()}


def test_a_ledger_that_cannot_be_written_lets_no_draft_out() -> None:
    world = World()
    world.ledger.lapses.record(ME, [verdict()], world.now)
    _make_read_only(world)

    with pytest.raises(LedgerError):
        world.outbox().place(draft(), lambda _: True)

    assert world.everywhere(draft()) == []


def test_a_ledger_that_fails_after_the_hand_over_finds_the_draft_later() -> None:
    world = World()
    world.ledger.lapses.record(ME, [verdict()], world.now)
    outbox = Outbox(world.ledger.drafts, _FillsTheDisk(world), ME, world.clock)

    with pytest.raises(LedgerError):
        outbox.place(draft(), lambda _: True)
    assert world.state() is DraftState.UNKNOWN
    _make_read_only(world, on=False)
    world.until_settled(draft())

    assert world.everywhere(draft()) == [DRAFTS]
    assert world.state() is DraftState.PLACED


class _FillsTheDisk(MemoryDraftWriter):
    """The ledger can no longer be written once the draft is stored."""

    def __init__(self, world: World) -> None:
        super().__init__(world.mailbox)
        self._world = world

    def append(self, raw: bytes) -> None:
        super().append(raw)
        _make_read_only(self._world)


def _make_read_only(world: World, *, on: bool = True) -> None:
    with world.ledger.drafts.database.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if on else 'OFF'}")


def test_two_accounts_with_the_same_lapse_have_a_draft_each() -> None:
    ledger = open_ledger("sqlite://", read_only=False)
    worlds = World(ledger=ledger), World(ledger=ledger)
    for world, account in zip(worlds, (ME, "omar@veen.example"), strict=True):
        ledger.lapses.record(account, [verdict()], world.now)
        box = Outbox(ledger.drafts, MemoryDraftWriter(world.mailbox), account, world.clock)
        assert box.place(draft(), lambda _: True) is DraftState.PLACED


def test_a_draft_without_a_thread_is_known_by_its_message_id_alone() -> None:
    world = World()
    alone = draft(in_reply_to=None)
    world.mailbox.deliver(f"To: {GIJS.address}\r\nMessage-ID: <x@y>\r\n\r\n".encode(), folder=DRAFTS)

    assert world.one_pass(alone) == [DraftState.PLACED]
    assert world.everywhere(alone) == [DRAFTS]


# ------------------------------------------------------------------ editions: wanted after all


def edition(number: int) -> Draft:
    """The same letter under the name of one of its editions."""
    name = draft_message_id(ME, LapseId("een"), "veen.example", edition=number)
    first = draft(in_reply_to=None)
    return replace(first, message_id=name, raw=first.raw.replace(str(first.message_id).encode(), name.encode()))


def world_with(number: int, folder: str) -> World:
    """A mailbox that holds one edition, and a ledger that knows nothing of it."""
    world = World()
    world.mailbox.deliver(edition(number).raw, folder=folder)
    return world


def test_a_new_edition_is_placed_though_the_first_lies_in_trash() -> None:
    world = world_with(0, TRASH)
    assert world.one_pass(edition(1)) == [DraftState.PLACED]
    assert world.one_pass(edition(1)) == [DraftState.PLACED]
    assert len(world.mailbox.mails(DRAFTS)) == 1


@pytest.mark.parametrize(
    ("folder", "state"), [(DRAFTS, DraftState.EDITED), (SENT, DraftState.SENT), (TRASH, DraftState.DISCARDED)]
)
def test_a_lost_ledger_finds_a_later_edition(folder: str, state: DraftState) -> None:
    world = world_with(3, folder)
    assert world.one_pass(edition(0)) == [state]
    assert world.everywhere(edition(0)) == []


@pytest.mark.parametrize(("folder", "state"), [(DRAFTS, DraftState.EDITED), (SENT, DraftState.SENT)])
def test_an_earlier_edition_that_was_taken_out_of_trash_is_the_one(folder: str, state: DraftState) -> None:
    world = world_with(0, folder)
    assert world.one_pass(edition(1)) == [state]
    assert world.everywhere(edition(1)) == []
