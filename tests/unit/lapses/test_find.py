"""Lapses: which agreements broke, from when on, and which were mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.lapses.find import find_lapses
from crmlink.model.lapse import Fault, Lapse, LapseKind
from crmlink.model.meeting import EventStatus
from crmlink.model.reading import MeetingAct, Reading
from tests.picture_of import GIJS, asking, event, mail, march, mine, picture, talking

ASK = mail("ask", march(4))  # a Wednesday
CANCELLED = event(status=EventStatus.CANCELLED, modified=march(9))


def _lapses(view: Picture) -> tuple[Lapse, ...]:
    return find_lapses(agreements(view), view).standing


@pytest.mark.parametrize(
    ("now", "broken"),
    [
        pytest.param(march(6), False, id="two working days later there is still time"),
        pytest.param(march(8), False, id="a weekend does not count"),
        pytest.param(march(9, 9, 59), False, id="a minute before three working days are over"),
        pytest.param(march(9, 10, 1), True, id="a minute after"),
        pytest.param(
            datetime(2026, 4, 20, 10, tzinfo=march(1).tzinfo), False, id="what broke before the look-back is left alone"
        ),
    ],
)
def test_a_question_is_forgotten_after_three_working_days(now: datetime, broken: bool) -> None:  # noqa: FBT001 -- a table
    found = _lapses(picture([ASK], now=now, readings={"ask": asking()}))
    assert [one.kind for one in found] == ([LapseKind.UNANSWERED] if broken else [])
    assert all(one.fault is Fault.ME for one in found)


def test_holidays_do_not_count_either() -> None:
    before_easter = mail("ask", datetime(2026, 4, 1, 10, tzinfo=march(1).tzinfo))
    tuesday = datetime(2026, 4, 7, 9, tzinfo=march(1).tzinfo)
    assert _lapses(picture([before_easter], now=tuesday, readings={"ask": asking()})) == ()


def test_a_question_with_a_date_breaks_when_the_date_passes_not_before() -> None:
    due = march(20, 17)
    assert _lapses(picture([ASK], now=march(19), readings={"ask": asking(due=due)})) == ()
    (lapse,) = _lapses(picture([ASK], now=march(21), readings={"ask": asking(due=due)}))
    assert (lapse.happened_at, lapse.due) == (due, due)
    (soon,) = _lapses(picture([ASK], now=march(6), readings={"ask": asking(due=march(5, 17))}))
    assert soon.happened_at == march(5, 17)


def test_a_meeting_i_called_off_is_a_lapse() -> None:
    (lapse,) = _lapses(picture(now=march(10), events=[CANCELLED]))
    assert (lapse.kind, lapse.fault, lapse.happened_at) == (LapseKind.CANCELLED, Fault.ME, march(9))


def test_a_meeting_they_called_off_is_listed_with_their_fault() -> None:
    (lapse,) = _lapses(picture(now=march(10), events=[replace(CANCELLED, organizer=GIJS)]))
    assert lapse.fault is Fault.THEM


def test_what_was_called_off_and_due_long_ago_is_left_alone() -> None:
    old = event(
        status=EventStatus.CANCELLED,
        start=datetime(2026, 1, 8, 10, tzinfo=march(1).tzinfo),
        modified=datetime(2026, 1, 5, 10, tzinfo=march(1).tzinfo),
    )
    assert _lapses(picture(now=march(10), events=[old])) == ()


AMENDS = {
    "a mail of mine that proposes a new date": (talking(MeetingAct.PROPOSE, when=march(20)), True),
    "a mail of mine that names a coming day": (
        replace(talking(MeetingAct.NONE, when=march(20)), meeting=Reading("nl").meeting),
        True,
    ),
    "an apology without an action": (Reading("nl"), False),
    "a mail about a day that is over": (
        replace(talking(MeetingAct.NONE, when=march(9)), meeting=Reading("nl").meeting),
        False,
    ),
}


@pytest.mark.parametrize(("said", "mended"), AMENDS.values(), ids=AMENDS)
def test_amends_are_made_by(said: Reading, mended: bool) -> None:  # noqa: FBT001 -- a table
    view = picture(
        [mine("sorry", march(9, 15), subject="Koffie")], now=march(10), readings={"sorry": said}, events=[CANCELLED]
    )
    found = find_lapses(agreements(view), view)
    assert (len(found.mended), len(found.standing)) == ((1, 0) if mended else (0, 1))


def test_the_most_urgent_kind_comes_first_then_the_oldest() -> None:
    later = event("later@test", march(12), status=EventStatus.CANCELLED, modified=march(10))
    view = picture(
        [ASK], now=march(11), readings={"ask": asking()}, events=[later, replace(CANCELLED, attendees=later.attendees)]
    )
    assert [one.kind for one in _lapses(view)] == [LapseKind.CANCELLED, LapseKind.CANCELLED, LapseKind.UNANSWERED]
    assert _lapses(view)[0].happened_at < _lapses(view)[1].happened_at
