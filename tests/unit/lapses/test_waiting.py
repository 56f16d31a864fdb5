"""When a question of the owner's has waited long enough for a nudge, and what is done about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.my_questions import my_questions
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.draft import DraftState
from crmlink.model.ids import MessageId
from crmlink.model.lapse import Decision, Fault, LapseKind, Verdict
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import DateMention, Grain, Reading
from tests.picture_of import GIJS, OMAR, POLICY, asking, mail, march, mine, picture

ASK = mine("ask", march(3), subject="Serre")
ASKED = asking("Kun je me de tekeningen sturen?", to_me=False)
AWAY = mail("weg", march(4), subject="Afwezig", automatic=Automatic.AUTO_REPLY)
NOBODY_YET = Past()


def _back(day: int) -> Reading:
    return Reading("nl", dates=(DateMention("dan", march(day, 0), None, Grain.DAY, 0, march(day, 17)),))


def _view(
    *mails: Message, day: int = 18, said: dict[str, Reading] | None = None, complete: bool = True, **policy: object
) -> Picture:
    return picture(
        mails,
        now=march(day, 12),
        readings={"ask": ASKED, "two": ASKED, **(said or {})},
        policy=replace(POLICY, **policy),  # type: ignore[arg-type]  # fields of the policy
        mail_complete=complete,
    )


def _verdicts(view: Picture, past: Past = NOBODY_YET) -> tuple[Verdict, ...]:
    lapses = find_lapses((*agreements(view), *my_questions(view)), view).standing
    return decide(lapses, view, past)


def _one(view: Picture, past: Past = NOBODY_YET) -> tuple[Decision, str]:
    (verdict,) = _verdicts(view, past)
    return verdict.decision, verdict.reason


def test_after_ten_working_days_one_nudge() -> None:
    assert _verdicts(_view(ASK, day=16)) == ()
    (verdict,) = _verdicts(_view(ASK, day=17))
    lapse = verdict.lapse
    assert (lapse.kind, lapse.fault, verdict.decision) == (LapseKind.WAITING, Fault.THEM, Decision.DRAFT)
    assert lapse.happened_at == march(17)


@pytest.mark.parametrize(("days", "first"), [(1, 4), (5, 10), (15, 24)])
def test_the_patience_is_set_in_working_days(days: int, first: int) -> None:
    assert _verdicts(_view(ASK, day=first - 1, nudge_after_working_days=days)) == ()
    assert _one(_view(ASK, day=first, nudge_after_working_days=days))[0] is Decision.DRAFT


def test_the_patience_begins_with_the_last_mail_of_one_breath() -> None:
    more = mine("more", march(3, 13), subject="Serre", answers="ask")
    assert _verdicts(_view(ASK, more, day=17)) == ()
    assert _one(_view(ASK, more, day=18))[0] is Decision.DRAFT


@pytest.mark.parametrize(
    ("day", "decision"), [(17, Decision.HOLD), (19, Decision.HOLD), (25, Decision.HOLD), (26, Decision.DRAFT)]
)
def test_who_is_away_or_just_back_is_left_in_peace(day: int, decision: Decision) -> None:
    assert _one(_view(ASK, AWAY, day=day, said={"weg": _back(20)}))[0] is decision


def test_who_wrote_since_is_back() -> None:
    other = mail("hoi", march(6), subject="Parkeren", text="Past donderdag?")
    assert _one(_view(ASK, AWAY, other, said={"weg": _back(17)}))[0] is Decision.DRAFT
    assert _one(_view(ASK, AWAY, said={"weg": _back(17)}))[0] is Decision.HOLD


def test_one_of_two_who_is_away_keeps_the_nudge_back() -> None:
    both = replace(ASK, to=(OMAR, GIJS))
    assert _one(_view(both, AWAY, said={"weg": _back(20)}))[0] is Decision.HOLD


def test_what_i_owe_them_comes_first() -> None:
    theirs = mail("hun", march(9), subject="Factuur")
    verdicts = _verdicts(_view(ASK, theirs, said={"hun": asking()}))
    assert [(one.lapse.kind, one.decision) for one in verdicts] == [
        (LapseKind.UNANSWERED, Decision.DRAFT),
        (LapseKind.WAITING, Decision.HOLD),
    ]
    assert "you owe them something yourself" in verdicts[1].reason


def test_what_i_owe_others_is_more_urgent() -> None:
    theirs = mail("hun", march(12), sender=OMAR, subject="Factuur")
    verdicts = _verdicts(_view(ASK, theirs, said={"hun": asking()}, max_drafts_per_day=1))
    assert [(one.lapse.kind, one.decision) for one in verdicts] == [
        (LapseKind.UNANSWERED, Decision.DRAFT),
        (LapseKind.WAITING, Decision.HOLD),
    ]


TWO = mine("two", march(4), subject="Vergunning")


def test_one_nudge_for_one_person_in_a_month() -> None:
    decisions = [one.decision for one in _verdicts(_view(ASK, TWO, day=19))]
    assert decisions == [Decision.DRAFT, Decision.HOLD]
    other = replace(TWO, to=(OMAR,))
    assert [one.decision for one in _verdicts(_view(ASK, other, day=19))] == [Decision.DRAFT] * 2
    assert _one(_view(ASK), Past(nudged=frozenset({GIJS.address})))[0] is Decision.HOLD
    assert _one(_view(ASK), Past(nudged=frozenset({OMAR.address})))[0] is Decision.DRAFT


NO_NUDGE: dict[str, tuple[Picture, Past, Decision]] = {
    "while not all mail was read": (_view(ASK, complete=False), NOBODY_YET, Decision.HOLD),
    "while I write in the conversation": (
        _view(ASK),
        Past(own_drafts=frozenset({MessageId("<ask@test>")})),
        Decision.HOLD,
    ),
    "to whom I ignore": (_view(ASK, ignore=frozenset({"bakker.example"})), NOBODY_YET, Decision.SKIP),
    "after today's drafts": (_view(ASK), Past(placed_today=5), Decision.HOLD),
}


@pytest.mark.parametrize(("view", "past", "decision"), NO_NUDGE.values(), ids=NO_NUDGE)
def test_no_nudge(view: Picture, past: Past, decision: Decision) -> None:
    assert _one(view, past)[0] is decision


def test_once_for_ever() -> None:
    (verdict,) = _verdicts(_view(ASK))
    lapse = verdict.lapse.id
    assert _one(_view(ASK), Past(drafts={lapse: DraftState.DISCARDED}))[0] is Decision.SKIP
    assert _verdicts(_view(ASK), Past(drafts={lapse: DraftState.SENT})) == ()
