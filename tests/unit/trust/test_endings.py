"""What a pass remembers of its agreements, and the days of contact it counts."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.history import PastAgreement
from crmlink.model.lapse import Fault
from crmlink.model.mail import Automatic
from crmlink.model.meeting import EventStatus, Participation
from crmlink.trust.contact_days import contact_days
from crmlink.trust.endings import past_agreements
from tests.picture_of import GIJS, OMAR, asking, event, mail, march, mine, picture, promising, seen

QUESTION = mail("vraag", march(2), text="Kun je me de offerte sturen?")
READ = {"vraag": asking()}


def remembered(seen_now: Picture) -> tuple[PastAgreement, ...]:
    return past_agreements(agreements(seen_now), seen_now)


@pytest.mark.parametrize(
    ("answered", "broken", "repaired"),
    [(march(3), False, False), (march(10), True, True), (None, True, False)],
    ids=["in time", "late", "never"],
)
def test_a_question_is_kept_kept_after_all_or_broken(answered: object, *, broken: bool, repaired: bool) -> None:
    answer = mine("antwoord", answered, answers="vraag") if answered else None  # type: ignore[arg-type]
    (one,) = remembered(picture([QUESTION, *([answer] if answer else [])], now=march(20), readings=READ))
    assert (one.kind, one.address, one.ref) == (AgreementKind.REQUEST, GIJS.address, "<vraag@test>")
    assert (one.broken_at is not None, one.repaired_at is not None) == (broken, repaired)
    assert one.broken_at in (None, march(5))  # three working days after the 2nd
    assert one.ended_at == answered


def test_a_promise_has_its_day_of_grace() -> None:
    sent = mine("belofte", march(2), text="Je hebt hem vrijdag.")
    read = {"belofte": promising(due=march(6, 17))}
    for now, broken in ((march(7, 16), None), (march(7, 18), march(6, 17))):
        (one,) = remembered(picture([sent], now=now, readings=read))
        assert (one.state, one.broken_at) == (State.OPEN, broken)
        assert one.fault is (Fault.ME if broken else Fault.UNKNOWN)


def test_a_meeting_counts_with_each_of_its_people() -> None:
    met = event(others=[GIJS, OMAR], start=march(12))
    found = remembered(picture(now=march(20), events=[met]))
    assert sorted((one.address, one.state, one.broken_at) for one in found) == [
        (GIJS.address, State.KEPT, None),
        (OMAR.address, State.KEPT, None),
    ]


def test_a_meeting_with_a_crowd_says_nothing_about_one_of_them() -> None:
    crowd = [Address("", f"gast{number}@kade.example") for number in range(12)]
    assert remembered(picture(now=march(20), events=[event(others=crowd)])) == ()


def test_a_meeting_i_called_off_is_broken_by_me_and_one_they_declined_by_them() -> None:
    off = event("a@test", march(18), status=EventStatus.CANCELLED, modified=march(10))
    (mine_off,) = remembered(
        picture(now=march(12), events=[off], remembered=[seen(event("a@test", march(18)), march(5))])
    )
    assert (mine_off.state, mine_off.fault, mine_off.broken_at) == (State.CANCELLED, Fault.ME, march(10))
    no = event("b@test", march(18), their_answer=Participation.DECLINED)
    (theirs,) = remembered(picture(now=march(12), events=[no], remembered=[seen(event("b@test", march(18)), march(5))]))
    assert (theirs.state, theirs.fault, theirs.broken_at is not None) == (State.CANCELLED, Fault.THEM, True)


def test_nothing_is_concluded_from_mail_that_was_not_read_completely() -> None:
    assert remembered(picture([QUESTION], now=march(20), readings=READ, mail_complete=False)) == ()


def test_no_meeting_is_concluded_from_a_calendar_that_cannot_be_trusted() -> None:
    assert remembered(picture(now=march(20), events=[event()], doubtful=["Agenda"])) == ()


def test_contact_is_counted_both_ways_with_people_the_owner_deals_with() -> None:
    stranger = Address("Verkoper", "koud@sales.example")
    mails = [
        QUESTION,
        mail("nog een", march(2, 23, 30)),
        mine("antwoord", march(3)),
        mail("koud", march(3), sender=stranger),
        mail("weg", march(4), automatic=Automatic.AUTO_REPLY),
        mine("aan niemand", march(4), to=[Address("", "no-reply@shop.example")]),
        mine("aan velen", march(4), to=[Address("", f"a{number}@x.example") for number in range(11)]),
    ]
    found = contact_days(picture(mails, now=march(20)), ())
    assert [(one.address, one.day, one.mails_in, one.mails_out) for one in found] == [
        (GIJS.address, date(2026, 3, 2), 2, 0),
        (GIJS.address, date(2026, 3, 3), 0, 1),
    ]
    assert {one.name for one in found} == {GIJS.name}


def test_whom_an_earlier_pass_knew_counts_though_the_owner_wrote_longer_ago() -> None:
    seen_now = picture([QUESTION], now=march(20))
    assert contact_days(seen_now, ()) == ()
    assert [one.mails_in for one in contact_days(seen_now, (), {GIJS.address})] == [1]


def test_a_meeting_that_took_place_is_contact_on_its_day() -> None:
    seen_now = picture(now=march(20), events=[event(start=march(12))])
    (day,) = contact_days(seen_now, remembered(seen_now))
    assert (day.day, day.meetings) == ((march(12) + timedelta(hours=1)).astimezone(UTC).date(), 1)
