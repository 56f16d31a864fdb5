"""Telling a CRM at the end of a pass: in order, at least once, whatever breaks, and never at the cost of the pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from crmlink.app.crm import tell_crm
from crmlink.app.scan import ScanResult
from crmlink.crm.port import CrmRefusedError, CrmUnreachableError
from crmlink.crm.webhook import Webhook
from crmlink.model.crm_event import CrmEvent
from crmlink.model.errors import SettingsError
from tests.crm_examples import NotingConnector, access, told
from tests.life_world import ASKERS, LifeWorld
from tests.outbox_world import KilledError, Steps
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

GIJS, OMAR = ASKERS
ME = "marleen@veen.example"
TAKEN, BROKEN = {"POST /": Reply(200)}, {"POST /": Reply(500)}


@pytest.fixture
def world() -> Iterator[LifeWorld]:
    """Gijs asked something."""
    with LifeWorld() as life:
        life.asks(GIJS)
        yield life


@pytest.fixture
def server(world: LifeWorld) -> Iterator[ScriptedServer]:
    """A CRM that takes everything."""
    with scripted() as running:
        running.replies = TAKEN
        world.crm = lambda: Webhook(access(f"{running.url}/", now=lambda: world.now))
        yield running


def passed(world: LifeWorld) -> ScanResult:
    result = world.one_pass()
    assert result is not None
    return result


def codes(world: LifeWorld) -> list[str]:
    return [one.code for one in passed(world).problems]


def names(events: list[CrmEvent]) -> list[str]:
    return [one.outcome or one.type.value for one in events]


def test_what_happens_is_told_in_order_and_once(world: LifeWorld, server: ScriptedServer) -> None:
    assert codes(world) == []
    world.now += timedelta(hours=1)
    world.answers(GIJS)
    world.asks(OMAR)
    assert codes(world) == []
    assert codes(world) == []
    events = [told(one) for one in server.asked]
    assert [(one["type"], one["data"]["lapse"]["contact"]["address"], one["data"]["outcome"]) for one in events] == [
        ("lapse.found", GIJS, None),
        ("draft.placed", GIJS, None),
        ("draft.outcome", GIJS, "overtaken"),
        ("draft.outcome", GIJS, "repaired"),
        ("lapse.found", OMAR, None),
        ("draft.placed", OMAR, None),
    ]
    assert events[1]["data"]["draft"]["to"][0]["address"] == GIJS
    assert len({one["id"] for one in events}) == 6
    assert all(asked.headers["Webhook-Id"] == event["id"] for asked, event in zip(server.asked, events, strict=True))


def test_a_dry_run_and_a_world_without_a_crm_write_no_list(world: LifeWorld) -> None:
    assert codes(world) == []
    assert world.ledger.crm.waiting(ME) == ()


def test_a_crm_that_is_down_is_told_later_with_longer_waits(world: LifeWorld, server: ScriptedServer) -> None:
    server.replies = BROKEN
    assert codes(world) == ["crm.failed"]
    assert codes(world) == ["crm.waits"]
    assert len(server.asked) == 1
    for wait in (1, 2, 4):
        world.now += timedelta(minutes=wait, seconds=-1)
        assert codes(world) == ["crm.waits"]
        world.now += timedelta(seconds=1)
        assert codes(world) == ["crm.failed"]
    assert len(server.asked) == 4
    server.replies = TAKEN
    world.now += timedelta(minutes=8)
    assert codes(world) == []
    first = told(server.asked[0])["id"]
    assert [told(one)["id"] for one in server.asked[:5]] == [first] * 5
    assert [told(one)["type"] for one in server.asked[4:]] == ["lapse.found", "draft.placed"]


def test_after_a_week_it_is_given_up_and_shown(world: LifeWorld, server: ScriptedServer) -> None:
    server.replies = BROKEN
    codes(world)
    world.now += timedelta(days=6, hours=23)
    assert codes(world) == ["crm.failed"]
    world.now += timedelta(days=1)
    (problem,) = passed(world).problems
    assert (problem.code, problem.message[:29]) == ("crm.given-up", "2 event(s) were given up: The")
    assert codes(world) == []
    assert len(world.ledger.crm.given_up(ME)) == 2
    assert world.ledger.crm.waiting(ME) == ()


def test_what_waited_while_nobody_ran_is_still_tried_once(world: LifeWorld, server: ScriptedServer) -> None:
    server.replies = BROKEN
    codes(world)
    server.replies = TAKEN
    world.now += timedelta(days=20)
    assert codes(world) == []
    assert [told(one)["type"] for one in server.asked[1:3]] == ["lapse.found", "draft.placed"]


@pytest.fixture
def connector(world: LifeWorld) -> NotingConnector:
    """A connector of ours in the place of a CRM."""
    noting = NotingConnector()
    world.crm = lambda: noting
    return noting


def test_one_event_that_a_crm_refuses_does_not_hold_up_the_next(world: LifeWorld, connector: NotingConnector) -> None:
    connector.failure = lambda event: None if event.draft else CrmRefusedError("Never.")
    assert codes(world) == ["crm.given-up"]
    assert names(connector.events) == ["draft.placed"]
    assert [why for _, why in world.ledger.crm.given_up(ME)] == ["Never."]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(CrmUnreachableError("Not now."), "Not now.", id="as the port wants it"),
        pytest.param(RuntimeError("kanarie"), "The connector broke: RuntimeError.", id="any other way"),
        pytest.param(RecursionError(), "The connector broke: RecursionError.", id="without end"),
    ],
)
def test_a_connector_that_raises_breaks_no_pass_and_loses_nothing(
    world: LifeWorld, connector: NotingConnector, error: Exception, said: str
) -> None:
    connector.failure = lambda _: error
    result = passed(world)
    assert [(one.code, one.message) for one in result.problems] == [("crm.failed", said)]
    assert world.untouched(GIJS)
    connector.failure = lambda _: None
    world.now += timedelta(minutes=1)
    assert codes(world) == []
    assert names(connector.events) == ["lapse.found", "draft.placed"]


def test_a_connector_that_cannot_be_made_is_a_problem_of_the_pass(world: LifeWorld) -> None:
    def connect() -> NotingConnector:
        raise SettingsError(("CRMLINK_CRM_KEY: is missing",), hint="set it")

    world.crm = connect
    (problem,) = passed(world).problems
    assert (problem.code, problem.message, problem.hint) == ("crm.failed", "CRMLINK_CRM_KEY: is missing", "set it")
    assert world.untouched(GIJS)


def test_a_connector_that_hangs_is_cut_off(
    world: LifeWorld, connector: NotingConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading  # noqa: PLC0415

    monkeypatch.setattr(tell_crm, "ONE_EVENT", 0.1)

    def hang() -> None:
        threading.Event().wait(600)

    connector.before = hang
    (problem,) = passed(world).problems
    assert problem.message == "The connector took too long and was stopped."


def test_a_slow_crm_gets_only_so_many_in_one_pass(
    world: LifeWorld, connector: NotingConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell_crm, "START_WITHIN", 0.0)
    seen = []
    for _ in range(3):
        codes(world)
        seen.append(names(connector.events))
    assert seen[0] in ([], ["lapse.found"])
    assert seen[-1] in ([], ["lapse.found"], ["lapse.found", "draft.placed"])


def _steps(world: LifeWorld) -> list[str]:
    steps = Steps()
    world.one_pass(steps)
    return steps.names


def test_killed_anywhere_nothing_is_lost_and_what_comes_twice_has_the_same_name() -> None:
    def begun() -> tuple[LifeWorld, NotingConnector]:
        life, noting = LifeWorld(), NotingConnector()
        life.asks(GIJS)
        life.crm = lambda: noting
        return life, noting

    with begun()[0] as life:
        count = len(_steps(life))
    assert count > 10
    # Before and after each commit of the list: what is new, and each event that is told. And long before.
    for kill_at in (count // 2, *range(count - 6, count)):
        life, noting = begun()
        with life:
            assert life.one_pass(Steps(kill_at)) is None
            life.until_settled()
            once = list(dict.fromkeys(one.id for one in noting.events))
            last = {one.id: one for one in noting.events}
            assert names([last[name] for name in once]) == ["lapse.found", "draft.placed"], kill_at
            assert len(noting.events) - len(once) <= 1, kill_at


@pytest.mark.parametrize("at", ["before", "after"])
def test_killed_while_it_tells(world: LifeWorld, connector: NotingConnector, at: str) -> None:
    def die() -> None:
        raise KilledError(at)

    _set(connector, at, die)
    assert world.one_pass() is None
    _set(connector, at, lambda: None)
    assert codes(world) == []
    told_ones = [one.id for one in connector.events]
    assert len(set(told_ones)) == 2
    assert len(told_ones) == (2 if at == "before" else 3)


def _set(connector: NotingConnector, at: str, hook: Callable[[], None]) -> None:
    if at == "before":
        connector.before = hook
    else:
        connector.after = hook


def test_a_forgotten_contact_is_told_of_no_more(world: LifeWorld, connector: NotingConnector) -> None:
    connector.failure = lambda _: CrmUnreachableError("Not now.")
    codes(world)
    assert len(world.ledger.crm.waiting(ME)) == 2
    world.ledger.privacy.forget(ME, GIJS)
    assert world.ledger.crm.waiting(ME) == ()
    connector.failure = lambda _: None
    world.now += timedelta(hours=1)
    codes(world)
    assert connector.events == []
    assert not any("crm_events" in line and "INSERT" in line for line in world.dump())
