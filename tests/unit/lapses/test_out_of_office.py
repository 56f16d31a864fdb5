"""When somebody returns, by their automatic reply."""

from __future__ import annotations

import pytest

from crmlink.agreements.picture import Picture
from crmlink.lapses.out_of_office import back_at, named_return
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import DateMention, Grain, Reading
from tests.picture_of import GIJS, mail, march, picture

AWAY = mail("weg", march(9), automatic=Automatic.AUTO_REPLY)
BACK = DateMention("maandag 23 maart", march(23, 0), None, Grain.DAY, 0, march(23, 17))


def _seen(*mails: Message, dates: tuple[DateMention, ...] = (BACK,), day: int = 10) -> Picture:
    return picture(mails, now=march(day), readings={"weg": Reading("nl", dates=dates)})


def test_the_named_day_is_the_return() -> None:
    assert named_return(GIJS.address, _seen(AWAY)) == back_at(GIJS.address, _seen(AWAY)) == march(23, 17)


def test_who_names_no_day_is_away_for_a_while_but_nobody_plans_by_that() -> None:
    view = _seen(AWAY, dates=())
    assert back_at(GIJS.address, view) == march(23)
    assert named_return(GIJS.address, view) is None


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(_seen(), id="no reply at all"),
        pytest.param(_seen(AWAY, mail("weer", march(10, 9))), id="they wrote in person since"),
        pytest.param(_seen(AWAY, day=24), id="the day is over"),
    ],
)
def test_who_is_there_has_no_return(view: Picture) -> None:
    assert named_return(GIJS.address, view) is None
    assert back_at(GIJS.address, view) is None
