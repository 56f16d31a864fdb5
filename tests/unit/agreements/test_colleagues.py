"""A colleague answered, and my mailbox does not know: what counts as an answer, and whom it may free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from crmlink.agreements.colleagues import answers_to_tell
from crmlink.agreements.picture import Picture
from crmlink.agreements.requests import requests
from crmlink.model.agreement import State
from crmlink.model.colleague import ColleagueAnswer, question_mark
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message
from tests.picture_of import GIJS, ME, OMAR, asking, mail, march, mine, picture

ELS = Address("Els de Boer", "els@example.nl")
QUESTION = mail("vraag", march(2), to=(ME.mailbox, ELS))
ANSWER = "Dag Gijs,\n\nDat heb ik zojuist aangepast; de factuur volgt morgen."


def _told(
    *, question: str = "<vraag@test>", asker: str = GIJS.address, by: str = ELS.address, day: int = 3
) -> ColleagueAnswer:
    mark = question_mark(MessageId(question), asker)
    return ColleagueAnswer(mark, MessageId("<van-els@example.nl>"), by, march(day))


def _picture(told: Iterable[ColleagueAnswer], *more: Message) -> Picture:
    readings = {one.id.strip("<>").removesuffix("@test"): asking() for one in (QUESTION, *more)}
    seen = picture([QUESTION, *more], readings=readings, now=march(10))
    return replace(seen, colleagues={one.mark: (one,) for one in told})


def test_an_answer_of_a_colleague_closes_the_question_and_is_named() -> None:
    (one,) = requests(_picture([_told()]))
    assert (one.state, one.changed_at) == (State.KEPT, march(3))
    shown = one.evidence[-1]
    assert (shown.rule, shown.ref, shown.quote) == ("colleague.answered", "<van-els@example.nl>", "els@example.nl")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(_told(question="<andere@test>"), id="an answer to another question"),
        pytest.param(_told(asker=OMAR.address), id="an answer to somebody else"),
        pytest.param(_told(by="els@elders.example"), id="somebody of another firm"),
        pytest.param(_told(day=1), id="an answer before the question"),
        pytest.param(_told(day=11), id="an answer after the moment of looking"),
    ],
)
def test_what_does_not_answer_it_leaves_it_open(told: ColleagueAnswer) -> None:
    assert [one.state for one in requests(_picture([told]))] == [State.OPEN]


def test_a_reminder_after_the_answer_opens_it_again() -> None:
    reminder = mail("nog eens", march(5), answers="vraag")
    assert [one.state for one in requests(_picture([_told()], reminder))] == [State.OPEN]
    later = _told(question="<nog eens@test>", day=6)
    assert [one.state for one in requests(_picture([_told(), later], reminder))] == [State.KEPT]


def test_inside_the_firm_nobody_answers_for_another() -> None:
    question = mail("intern", march(2), sender=ELS)
    told = _told(question="<intern@test>", asker=ELS.address, by="bo@example.nl")
    seen = picture([question], readings={"intern": asking()}, now=march(10))
    assert [one.state for one in requests(replace(seen, colleagues={told.mark: (told,)}))] == [State.OPEN]


def test_what_i_tell_is_exactly_what_frees_a_colleague() -> None:
    answer = mine("antwoord", march(3), text=ANSWER, answers="vraag")
    (told,) = answers_to_tell(picture([QUESTION, answer], now=march(10)))
    assert told == ColleagueAnswer(
        question_mark(QUESTION.id, GIJS.address), MessageId("<antwoord@test>"), ME.address, march(3)
    )


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(mine("a", march(3), text="Dag Gijs,\n\nDank voor je bericht!", answers="vraag"), id="mere thanks"),
        pytest.param(mine("a", march(3), text=ANSWER, answers="vraag", to=(ELS,)), id="to a colleague"),
        pytest.param(mine("a", march(3), text=ANSWER), id="not in a conversation"),
        pytest.param(mail("a", march(3), text=ANSWER, answers="vraag", sender=OMAR), id="not mine"),
    ],
)
def test_what_is_no_answer_is_not_told(answer: Message) -> None:
    assert answers_to_tell(picture([QUESTION, answer], now=march(10))) == ()


def test_of_several_answers_the_first_is_told_in_a_stable_order() -> None:
    first = mine("a", march(3), text=ANSWER, answers="vraag", to=(GIJS, OMAR))
    second = mine("b", march(4), text=ANSWER, answers="vraag")
    told = answers_to_tell(picture([QUESTION, first, second], now=march(10)))
    assert {one.message for one in told} == {MessageId("<a@test>")}
    assert {one.mark for one in told} == {question_mark(QUESTION.id, one.address) for one in (GIJS, OMAR)}
    assert told == answers_to_tell(picture([second, first, QUESTION], now=march(10)))
