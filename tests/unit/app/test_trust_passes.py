"""Real passes fill the ledger's memory once, whatever is seen again, and a lost ledger is filled anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crmlink.app.people.trust import trust_in
from crmlink.model.agreement import AgreementKind
from crmlink.model.contact import Owner
from crmlink.trust.relation import Ending
from tests.life_world import ASKERS, BEGIN, GUESTS, WAITING, LifeWorld

ACCOUNT = "marleen@veen.example"
OWNER = Owner("Marleen van der Veen", (ACCOUNT,))


@pytest.fixture
def world() -> Iterator[LifeWorld]:
    with LifeWorld() as made:
        yield made


def counts(world: LifeWorld) -> dict[str, dict[str, int]]:
    trust = trust_in(world.ledger, OWNER, world.now)
    return {
        one.person.address: {ending.value: one.count(ending) for ending in Ending if one.count(ending)}
        for one in trust.relations
    }


def history(world: LifeWorld) -> tuple[object, object]:
    return world.ledger.history.agreements(ACCOUNT), world.ledger.history.days(ACCOUNT)


def _live(world: LifeWorld) -> None:
    world.asks(ASKERS[0])
    world.asks(ASKERS[1], days_ago=2)
    world.promises(WAITING)
    world.books(GUESTS[0])


def test_passes_over_the_same_mail_count_it_once(world: LifeWorld) -> None:
    _live(world)
    world.one_pass()
    first = history(world)
    assert counts(world) == {
        ASKERS[0]: {"broken": 1},
        ASKERS[1]: {"open": 1},
        WAITING: {"broken": 1},
        GUESTS[0]: {"open": 1},
    }
    rows = world.rows_written()
    for _ in range(3):
        world.now += timedelta(minutes=5)
        world.one_pass()
    assert history(world) == first
    world.lose_cache()
    world.one_pass()
    assert history(world) == first
    assert world.rows_written() - rows < 20  # the pass itself, nothing of what was seen


def test_what_was_broken_is_repaired_when_it_is_kept_after_all(world: LifeWorld) -> None:
    _live(world)
    world.one_pass()
    world.answers(ASKERS[0])
    world.answers(ASKERS[1])
    world.delivers(WAITING)
    world.now = BEGIN + timedelta(days=4)
    world.one_pass()
    assert counts(world) == {
        ASKERS[0]: {"repaired": 1},
        ASKERS[1]: {"kept": 1},
        WAITING: {"repaired": 1},
        GUESTS[0]: {"kept": 1},
    }


def test_months_later_the_counts_are_still_there_though_the_mail_is_not_read_any_more(world: LifeWorld) -> None:
    _live(world)
    world.one_pass()
    world.answers(ASKERS[0])
    world.now = BEGIN + timedelta(days=4)
    world.one_pass()
    before = counts(world)
    for weeks in (3, 6, 12):
        world.now = BEGIN + timedelta(weeks=weeks)
        world.one_pass()
    after = counts(world)
    assert after[ASKERS[0]] == before[ASKERS[0]] == {"repaired": 1}
    assert after[WAITING] == {"broken": 1}


def test_a_reminder_stays_one_question_when_the_first_mail_has_left_the_window(world: LifeWorld) -> None:
    who = ASKERS[0]
    world.asks(who, days_ago=28)
    text = "Hoi Marleen,\n\nEen herinnering: kun je me laten weten of de levertijd nog klopt?\n\nGroet"
    world._mail(
        "INBOX", who, "Marleen <marleen@veen.example>", text, "<weer>", "Re: Levertijd", answers=f"<vraag-{who}>"
    )
    world.one_pass()
    (one,) = world.ledger.history.agreements(ACCOUNT)
    world.now += timedelta(days=8)
    world.one_pass()
    (same,) = world.ledger.history.agreements(ACCOUNT)
    assert (same.id, same.made_at, same.kind) == (one.id, one.made_at, AgreementKind.REQUEST)


def test_a_lost_ledger_is_filled_anew_as_far_as_mail_reaches(world: LifeWorld) -> None:
    _live(world)
    world.one_pass()
    first = history(world)
    world.restore(None)
    world.lose_cache()
    world.one_pass()
    assert history(world) == first


def test_an_open_meeting_that_left_the_calendar_is_not_open_for_ever(world: LifeWorld) -> None:
    world.books(GUESTS[0], in_days=6)
    world.one_pass()
    assert counts(world)[GUESTS[0]] == {"open": 1}
    world.books(GUESTS[0], in_days=8)
    world.now += timedelta(hours=2)
    world.one_pass()
    assert counts(world)[GUESTS[0]]["open"] == 1


def test_who_was_forgotten_is_not_counted_again(world: LifeWorld) -> None:
    _live(world)
    world.one_pass()
    world.ledger.privacy.forget(ACCOUNT, ASKERS[0])
    assert not any(ASKERS[0] in line for line in world.dump())
    world.one_pass()
    assert ASKERS[0] not in counts(world)
    assert not any(one.address == ASKERS[0] for one in world.ledger.history.days(ACCOUNT))
