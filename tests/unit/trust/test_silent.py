"""Who gets a thought because they fell silent, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId, LapseId
from crmlink.model.lapse import Decision, Fault, Lapse, LapseKind
from crmlink.model.mail import Automatic, Message
from crmlink.model.meeting import Event
from crmlink.model.policy import Attention
from crmlink.model.reading import MeetingAct, Reading
from crmlink.trust.people import people
from crmlink.trust.relation import Relation, relations
from crmlink.trust.silent import Told, silent_lapses
from tests.picture_of import GIJS, OMAR, POLICY, event, mail, march, mine, picture, talking

WEEKLY = tuple(date(2026, 3, 6) - timedelta(days=7 * number) for number in range(6))
NOW = march(29)
LAST = mail("laatste", march(6), text="Tot gauw!")
NOTHING_TOLD = Told()


def _relations(
    days: tuple[date, ...] = WEEKLY, *, who: Address = GIJS, owed: tuple[PastAgreement, ...] = ()
) -> tuple[Relation, ...]:
    counted = [ContactDay(who.address, day, mails_in=1, name=who.name) for day in sorted(days)]
    return relations(people({who.address: [who.name]}), owed, counted, NOW)


def _view(
    *mails: Message, events: tuple[Event, ...] = (), said: dict[str, Reading] | None = None, complete: bool = True
) -> Picture:
    policy = replace(POLICY, attention=Attention.DRAFT)
    return picture(
        mails or (LAST,), now=NOW, readings=said, events=events, policy=policy, mail_complete=complete
    )  # fmt: skip


def _lapses(view: Picture, told: Told = NOTHING_TOLD) -> tuple[Lapse, ...]:
    return silent_lapses(_relations(), view, told)


def test_who_wrote_weekly_and_is_silent_for_three_weeks_is_missed() -> None:
    (lapse,) = _lapses(_view())
    assert (lapse.kind, lapse.fault, lapse.agreement.contact.address) == (LapseKind.SILENT, Fault.NOBODY, GIJS.address)
    assert lapse.evidence[0].quote == "silent for 23 days; usually 7, at most 7"
    (verdict,) = decide([lapse], _view(), Past())
    assert verdict.decision is Decision.DRAFT


ALONE = {
    "who writes once a month": _relations(tuple(date(2026, 3, 6) - timedelta(days=28 * n) for n in range(6))),
    "who wrote too little for a rhythm": _relations(WEEKLY[:4]),
    "an office": _relations(who=Address("Verkoop", "info@bakker.example")),
    "whom I owe something": _relations(
        owed=(
            PastAgreement(
                AgreementId("x"), GIJS.address, "", AgreementKind.REQUEST, State.OPEN, Fault.UNKNOWN, march(6), "<x@y>"
            ),
        )
    ),
}


@pytest.mark.parametrize("known", ALONE.values(), ids=ALONE)
def test_left_alone_is(known: tuple[Relation, ...]) -> None:
    assert silent_lapses(known, _view(), NOTHING_TOLD) == ()


NOT_NOW = {
    "while not all mail was read": _view(complete=False),
    "without a mail in sight to tell the tone": _view(mail("x", march(6), sender=OMAR)),
    "when I wrote of late": _view(LAST, mine("ik", march(20), subject="Vraagje")),
    "when they wrote just now": _view(LAST, mail("nu", march(29, 9), subject="Hoi")),
    "before a meeting": _view(events=(event(start=march(31)),)),
    "while they are away": _view(LAST, mail("weg", march(24), subject="Afwezig", automatic=Automatic.AUTO_REPLY)),
    "after a no": _view(LAST, said={"laatste": talking(MeetingAct.DECLINE)}),
}


@pytest.mark.parametrize("view", NOT_NOW.values(), ids=NOT_NOW)
def test_nobody_is_written_to(view: Picture) -> None:
    assert _lapses(view) == ()


def test_who_stands_in_another_lapse_is_left_to_that() -> None:
    assert _lapses(_view(), Told(in_lapses={GIJS.address})) == ()


def test_a_no_is_for_ever_and_its_own_lapse_says_so() -> None:
    (lapse,) = _lapses(_view())
    earlier = LapseId("eerder")
    assert _lapses(_view(), Told(refused={(earlier, GIJS.address)})) == ()
    assert _lapses(_view(), Told(drafted={lapse.id}, refused={(lapse.id, GIJS.address)})) == (lapse,)


def test_a_draft_that_lies_there_stands_when_the_mail_is_out_of_sight() -> None:
    (lapse,) = _lapses(_view())
    assert _lapses(_view(mail("x", march(6), sender=OMAR)), Told(drafted={lapse.id})) == (lapse,)


def test_one_letter_a_week_and_one_for_each_in_half_a_year() -> None:
    view = _view(LAST, replace(LAST, id=mail("o", march(6)).id, sender=OMAR))
    both = silent_lapses((*_relations(), *_relations(who=OMAR)), view, NOTHING_TOLD)
    assert [one.decision for one in decide(both, view, Past())] == [Decision.DRAFT, Decision.HOLD]
    assert {one.decision for one in decide(both, view, Past(greeted_lately=True))} == {Decision.HOLD}
    greeted = decide(_lapses(_view()), view, Past(greeted=frozenset({GIJS.address})))
    assert [one.decision for one in greeted] == [Decision.HOLD]
