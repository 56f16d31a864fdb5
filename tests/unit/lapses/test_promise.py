"""Broken promises: from when on, and how long a letter waits while the other side is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.lapses.find import find_lapses
from crmlink.model.lapse import Fault, Lapse, LapseKind
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import DateMention, Grain, Reading
from tests.picture_of import ZONE, asking, mail, march, mine, picture, promising

MADE = mine("made", march(3), subject="Kast")
DUE = march(6, 17)
SEND = "Ik stuur je vrijdag de offerte."


def _lapses(view: Picture) -> tuple[Lapse, ...]:
    return find_lapses(agreements(view), view).standing


@pytest.mark.parametrize(
    ("due", "now", "broken"),
    [
        pytest.param(DUE, march(7, 17), False, id="within a day of grace there is still time"),
        pytest.param(DUE, march(7, 17, 1), True, id="after the grace it is broken"),
        pytest.param(None, march(10), False, id="without a day five working days are not over"),
        pytest.param(None, march(10, 10, 1), True, id="without a day five working days are over"),
        pytest.param(DUE, datetime(2026, 4, 20, 10, tzinfo=ZONE), False, id="before the look-back it is left alone"),
    ],
)
def test_a_promise_breaks(due: datetime | None, now: datetime, broken: bool) -> None:  # noqa: FBT001 -- a table
    found = _lapses(picture([MADE], now=now, readings={"made": promising(SEND, due=due)}))
    assert [(one.kind, one.fault) for one in found] == ([(LapseKind.PROMISE, Fault.ME)] if broken else [])
    assert all(one.happened_at == (due or march(10)) for one in found)


AWAY = replace(mail("away", march(3, 11), subject="Automatisch antwoord"), automatic=Automatic.AUTO_REPLY)
BACK = DateMention("vanaf 16 maart", march(16, 0), None, Grain.DAY, 0, march(16, 17))
NAMES_A_DAY = Reading("nl", dates=(BACK,))


def _waits(now: datetime, *more: Message, said: Reading) -> bool:
    readings = {"made": promising(SEND, due=DUE), "away": said}
    (lapse,) = _lapses(picture([MADE, AWAY, *more], now=now, readings=readings))
    return bool(lapse.agreement.doubts)


def test_it_waits_until_they_are_back() -> None:
    assert _waits(march(10), said=NAMES_A_DAY)
    assert not _waits(march(17), said=NAMES_A_DAY)


def test_without_a_day_of_return_it_waits_two_weeks() -> None:
    assert _waits(march(16), said=Reading("nl"))
    assert not _waits(march(18), said=Reading("nl"))


def test_who_writes_in_person_is_there() -> None:
    assert not _waits(march(10), mail("here", march(9), subject="Iets anders"), said=NAMES_A_DAY)


def test_a_question_waits_too() -> None:
    ask = mail("ask", march(2))
    view = picture([ask, AWAY], now=march(10), readings={"ask": asking(), "away": NAMES_A_DAY})
    (lapse,) = _lapses(view)
    assert "back on 2026-03-16" in lapse.agreement.doubts[0]


def test_with_mail_unread_it_is_not_sure_enough() -> None:
    view = picture([MADE], now=march(10), readings={"made": promising(SEND, due=DUE)}, mail_complete=False)
    (lapse,) = _lapses(view)
    assert "not all of your mail" in lapse.agreement.doubts[0]


def test_a_reminder_of_the_promise_makes_no_second_letter() -> None:
    reminder = mail("ask", march(4), subject="Re: Kast", answers="made")
    readings = {"made": promising(SEND, due=DUE), "ask": asking("Komt de offerte nog?")}
    (lapse,) = _lapses(picture([MADE, reminder], now=march(16), readings=readings))
    assert (lapse.kind, lapse.agreement.anchor) == (LapseKind.PROMISE, reminder)
