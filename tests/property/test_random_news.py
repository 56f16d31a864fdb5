"""A random life with a CRM that comes and goes: in the end it knows how everything stands, in the right order.

Passes are killed at any step, the CRM is down at any time, the owner does what owners do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlink.crm.port import CrmUnreachableError
from crmlink.model.crm_event import REPAIRED, CrmEvent, CrmEventType
from crmlink.model.draft import DraftState
from crmlink.model.lapse import Decision
from tests.crm_examples import NotingConnector
from tests.life_world import ASKERS, DRAFTS, SENT, LifeWorld
from tests.outbox_world import Steps

ME = "marleen@veen.example"
TOLD_OF = frozenset(DraftState) - {DraftState.INTENT, DraftState.UNKNOWN, DraftState.PARKED}
ACTS = ("asks", "answers", "sends", "deletes", "time goes by", "crm is down", "crm is back", "a pass")
Act = tuple[str, str, int]
BEGINNING: list[Act] = [("asks", ASKERS[0], 0), ("a pass", "", 0)]
LIVES = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(ASKERS), st.integers(0, 45)), max_size=9)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(LIVES)
def test_in_the_end_the_crm_knows_how_everything_stands(life: list[Act]) -> None:
    crm = NotingConnector()
    with LifeWorld() as world:
        world.crm = lambda: crm
        for act in (*BEGINNING, *life):
            _live(world, crm, act)
        crm.failure = lambda _: None
        world.now += timedelta(hours=7)  # no wait is longer
        world.until_settled()
        _compare(world, list({one.id: one for one in crm.events}.values()))
        assert world.ledger.crm.waiting(ME) == ()
        assert world.ledger.crm.given_up(ME) == ()


def _live(world: LifeWorld, crm: NotingConnector, act: Act) -> None:
    what, who, number = act
    draft = world.draft_for(who) if who else None
    match what:
        case "asks" if not any(
            world.is_to(mail, ME) for mail in world.mailbox.mails("INBOX") if who.encode() in mail.raw
        ):
            world.asks(who)
        case "answers":
            world.answers(who, number)
        case "sends" if draft:
            world.mailbox.move(DRAFTS, draft.uid, SENT)
        case "deletes" if draft:
            world.mailbox.remove(DRAFTS, draft.uid)
        case "time goes by":
            world.now += timedelta(minutes=number)
        case "crm is down":
            crm.failure = lambda _: CrmUnreachableError("Not now.")
        case "crm is back":
            crm.failure = lambda _: None
        case "a pass":
            world.one_pass(Steps(number) if number % 2 else None)


def _compare(world: LifeWorld, told: list[CrmEvent]) -> None:
    """What the CRM was told, each once, against what the ledger holds."""
    lapses = [one for one in world.ledger.lapses.all(ME) if one.decision is not Decision.SKIP]
    assert {one.id for one in lapses} <= {one.lapse for one in told}
    for lapse in lapses:
        its = [one for one in told if one.lapse == lapse.id]
        assert its[0].type is CrmEventType.LAPSE_FOUND
        stored = world.ledger.drafts.for_lapse(ME, lapse.id)
        if stored and stored.placed_at and stored.state in TOLD_OF:
            said = list(_said(its))
            assert said[0] == DraftState.PLACED
            assert [one for one in said if one != REPAIRED][-1] == stored.state
            assert (REPAIRED in said) == (lapse.repaired_at is not None)


def _said(events: Iterable[CrmEvent]) -> Iterable[str]:
    return (one.outcome or DraftState.PLACED.value for one in events if one.draft)
