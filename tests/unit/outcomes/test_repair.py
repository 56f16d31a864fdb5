"""Which lapses were made good, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Contact
from crmlink.model.draft import Acceptance, DraftState, Option, Position, StoredDraft
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, LapseId, MessageId
from crmlink.model.lapse import LapseKind
from crmlink.outcomes.answers import SentLetter
from crmlink.outcomes.repair import PastLapse, repairs, undone
from tests.ledger_examples import draft
from tests.picture_of import GIJS, OMAR, march, mine

HAPPENED = march(10)
LETTER = mine("letter", march(12))


def lapse(kind: LapseKind = LapseKind.MISSED) -> PastLapse:
    return PastLapse(LapseId("een"), kind, AgreementId("broken"), GIJS.address, HAPPENED, frozenset({"old@test"}))


def meeting(
    due: datetime, *, made: datetime | None = None, state: State = State.KEPT, ref: str = "new@test", who: str = ""
) -> Agreement:
    return Agreement(
        id=AgreementId("new"),
        kind=AgreementKind.MEETING,
        state=state,
        contact=Contact("", who or GIJS.address),
        subject="Koffie",
        made_at=made or march(12),
        ref=ref,
        due=due,
    )


def words(
    kind: AgreementKind, name: str, state: State, *, ref: str = "<ask@test>", by: str = "<later@test>"
) -> Agreement:
    return Agreement(
        id=AgreementId(name),
        kind=kind,
        state=state,
        contact=Contact("", GIJS.address),
        subject="Offerte",
        made_at=march(5),
        ref=ref,
        changed_at=march(14),
        evidence=(Evidence("request.answered-by-me", EvidenceSource.MAIL, by, "Hierbij."),),
    )


def letter(kind: LapseKind, accepted_for: datetime | None = None) -> SentLetter:
    option = Option(accepted_for, accepted_for + timedelta(hours=1)) if accepted_for else None
    acceptance = Acceptance(option, MessageId("<pick@test>"), "Dinsdag past.", march(13)) if option else None
    stored = StoredDraft(draft("een"), AgreementId("broken"), kind, Position(""), DraftState.SENT, created_at=march(11))
    return SentLetter(replace(stored, acceptance=acceptance), LETTER)


@pytest.mark.parametrize("kind", [LapseKind.MISSED, LapseKind.CANCELLED, LapseKind.CLASH])
def test_a_meeting_made_since_that_took_place_makes_it_good(kind: LapseKind) -> None:
    assert repairs([lapse(kind)], [meeting(march(20))], []) == {"een": march(20)}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(meeting(march(20), state=State.MOVED), id="it is still to come"),
        pytest.param(meeting(march(20), state=State.MISSED), id="it was missed again"),
        pytest.param(meeting(march(20), state=State.CANCELLED), id="it was called off again"),
        pytest.param(meeting(march(20), made=march(1)), id="it stood there before"),
        pytest.param(meeting(march(9)), id="it was before it broke"),
        pytest.param(meeting(march(20), who=OMAR.address), id="it was with somebody else"),
        pytest.param(replace(meeting(march(20)), id=AgreementId("broken")), id="it is the one that broke"),
    ],
)
def test_any_other_meeting_makes_nothing_good(other: Agreement) -> None:
    assert repairs([lapse()], [other], []) == {}


def test_the_same_entry_at_another_time_makes_it_good() -> None:
    assert repairs([lapse()], [meeting(march(20), made=march(1), ref="old@test")], []) == {"een": march(20)}


def test_the_first_of_several_counts() -> None:
    assert repairs([lapse()], [meeting(march(22)), meeting(march(20))], []) == {"een": march(20)}


@pytest.mark.parametrize("kind", [LapseKind.PROMISE, LapseKind.UNANSWERED])
def test_words_that_were_kept_after_all_are_made_good(kind: LapseKind) -> None:
    about = AgreementKind.PROMISE if kind is LapseKind.PROMISE else AgreementKind.REQUEST
    kept = words(about, "broken", State.KEPT)
    assert repairs([lapse(kind)], [kept], []) == {"een": march(14)}
    assert repairs([lapse(kind)], [replace(kept, state=State.OPEN)], []) == {}


def test_a_letter_that_promises_an_answer_is_none_until_that_was_kept() -> None:
    closed = words(AgreementKind.REQUEST, "broken", State.KEPT, by=LETTER.id)
    promised = words(AgreementKind.PROMISE, "anew", State.OPEN, ref=LETTER.id)
    unanswered, sent = lapse(LapseKind.UNANSWERED), letter(LapseKind.UNANSWERED)
    assert repairs([unanswered], [closed, promised], [sent]) == {}
    assert repairs([unanswered], [closed, replace(promised, state=State.KEPT)], [sent]) == {"een": march(14)}
    assert repairs([unanswered], [closed], [sent]) == {"een": march(14)}


def test_a_talk_that_was_accepted_and_took_place_makes_words_good_and_another_does_not() -> None:
    promise = lapse(LapseKind.PROMISE)
    assert repairs([promise], [meeting(march(20))], [letter(LapseKind.PROMISE, march(20))]) == {"een": march(20)}
    assert repairs([promise], [meeting(march(21))], [letter(LapseKind.PROMISE, march(20))]) == {}
    assert repairs([promise], [meeting(march(20))], [letter(LapseKind.PROMISE)]) == {}


def test_what_was_made_good_is_not_when_they_say_later_that_nobody_was_there() -> None:
    good = replace(lapse(), repaired_at=march(20))
    assert undone([good], [meeting(march(20), state=State.MISSED)]) == {"een"}
    assert repairs([good], [meeting(march(20))], []) == {}
    for other in (
        meeting(march(20)),
        meeting(march(21), state=State.MISSED),
        meeting(march(20), state=State.MISSED, who=OMAR.address),
    ):
        assert undone([good], [other]) == frozenset()
    assert undone([lapse()], [meeting(march(20), state=State.MISSED)]) == frozenset()
