"""Requests to the owner: open, answered from anywhere, withdrawn, or not mine to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.picture import Picture
from crmlink.agreements.requests import requests
from crmlink.model.agreement import Agreement, State
from crmlink.model.contact import Address
from crmlink.model.mail import Automatic, Role
from tests.picture_of import GIJS, ME, OMAR, asking, event, mail, march, mine, picture

ASK = mail("ask", march(2))
COLLEAGUE = Address("Els", "els@example.nl")
MANY = tuple(Address("", f"x{number}@many.example") for number in range(11))

ANSWERED = {
    "an answer of mine in the thread": mine("a", march(3), answers="ask"),
    "an answer from my other address": mail(
        "a", march(3), sender=Address("", "info@example.nl"), to=(GIJS,), answers="ask"
    ),
    "an answer that lies in an archive folder": replace(mine("a", march(3), answers="ask"), role=Role.ARCHIVE),
    "an answer in a new thread on the same subject": mine("a", march(3), subject="Offerte"),
    "an answer by a colleague": mail("a", march(3), sender=COLLEAGUE, to=(GIJS,), answers="ask"),
}
NOT_ANSWERED = {
    "my automatic reply": replace(mine("a", march(3), answers="ask"), automatic=Automatic.AUTO_REPLY),
    "my own draft": replace(mine("a", march(3), answers="ask"), role=Role.DRAFTS),
    "my mail to somebody else in the thread": mine("a", march(3), to=(OMAR,), answers="ask"),
    "my mail on another subject": mine("a", march(3), subject="Parkeren"),
    "my mail from before the question": mine("a", march(1), subject="Offerte"),
    "a reply by another stranger": mail("a", march(3), sender=OMAR, to=(GIJS,), answers="ask"),
}
NOT_MINE = {
    "with me in Cc only": replace(ASK, to=(OMAR,), cc=(ME.mailbox,)),
    "to more than ten people": replace(ASK, to=(ME.mailbox, *MANY)),
    "in a mailing list": replace(ASK, automatic=Automatic.LIST),
    "from an address nobody reads": replace(ASK, sender=Address("", "no-reply@shop.example")),
    "from a sender that cannot be trusted": replace(ASK, sender=None),
    "in the trash": replace(ASK, role=Role.TRASH),
    "by me": replace(ASK, sender=ME.mailbox, from_me=True),
}


def _one(view: Picture) -> Agreement:
    (agreement,) = requests(view)
    return agreement


def test_an_unanswered_question_is_open_and_quotes_its_words() -> None:
    agreement = _one(picture([ASK], now=march(4), readings={"ask": asking(due=march(6))}))
    assert agreement.state is State.OPEN
    assert agreement.quote == "Kun je me de offerte sturen?"
    assert agreement.due == march(6)
    assert agreement.contact.company == "bakker.example"
    assert agreement.anchor == ASK


@pytest.mark.parametrize("answer", ANSWERED.values(), ids=ANSWERED)
def test_it_is_kept_by(answer: object) -> None:
    agreement = _one(picture([ASK, answer], now=march(4), readings={"ask": asking()}))  # type: ignore[list-item]  # a Message
    assert agreement.state is State.KEPT
    assert agreement.evidence[-1].ref == "<a@test>"


@pytest.mark.parametrize("other", NOT_ANSWERED.values(), ids=NOT_ANSWERED)
def test_it_is_not_answered_by(other: object) -> None:
    assert _one(picture([ASK, other], now=march(4), readings={"ask": asking()})).state is State.OPEN  # type: ignore[list-item]  # a Message


@pytest.mark.parametrize("message", NOT_MINE.values(), ids=NOT_MINE)
def test_a_question_is_not_mine_to_answer(message: object) -> None:
    assert requests(picture([message], now=march(4), readings={"ask": asking()})) == ()  # type: ignore[list-item]  # a Message


def test_a_question_to_somebody_else_in_the_mail_is_not_mine() -> None:
    assert requests(picture([ASK], now=march(4), readings={"ask": asking(to_me=False)})) == ()


def test_who_asked_may_let_go_of_it() -> None:
    done = mail("done", march(3), text="Laat maar, al gevonden!", answers="ask")
    assert _one(picture([ASK, done], now=march(4), readings={"ask": asking()})).state is State.WITHDRAWN


def test_a_reminder_does_not_make_a_second_agreement() -> None:
    reminder = mail("reminder", march(5), answers="ask")
    view = picture([ASK, reminder], now=march(6), readings={"ask": asking(), "reminder": asking("Heb je al gekeken?")})
    agreement = _one(view)
    assert agreement.made_at == march(2)
    assert agreement.anchor == reminder
    assert [one.quote for one in agreement.evidence] == ["Kun je me de offerte sturen?", "Heb je al gekeken?"]


def test_a_new_question_after_an_answer_is_a_second_agreement() -> None:
    mails = [ASK, mine("a", march(3), answers="ask"), mail("again", march(4), answers="a")]
    found = requests(picture(mails, now=march(5), readings={"ask": asking(), "again": asking("En de planning?")}))
    assert [one.state for one in found] == [State.KEPT, State.OPEN]


def test_a_meeting_made_with_the_asker_since_answers_it() -> None:
    made = event(created=march(3))
    assert _one(picture([ASK], now=march(4), readings={"ask": asking()}, events=[made])).state is State.KEPT


def test_the_identity_does_not_depend_on_order_or_copies() -> None:
    reminder = mail("reminder", march(5), answers="ask")
    readings = {"ask": asking(), "reminder": asking("Heb je al gekeken?")}
    one = requests(picture([ASK, reminder], now=march(6), readings=readings))
    two = requests(picture([reminder, replace(ASK, role=Role.ALL), ASK], now=march(6), readings=readings))
    assert [each.id for each in one] == [each.id for each in two]
