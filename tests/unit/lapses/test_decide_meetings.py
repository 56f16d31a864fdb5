"""What is done about broken and coming meetings: told, repaired, waiting for their return, below the confidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.contact import Address
from crmlink.model.draft import DraftState
from crmlink.model.lapse import Decision, LapseKind, Verdict
from crmlink.model.mail import Automatic, Message
from crmlink.model.meeting import EventStatus
from crmlink.model.reading import DateMention, Grain, MeetingAct, Reading
from tests.picture_of import GIJS, OMAR, POLICY, asking, event, mail, march, mine, picture, talking
from tests.unit.agreements.test_missed_meetings import away

COFFEE = event(start=march(12), created=march(1))
NOW = march(16)
MISSED = picture(now=NOW, events=[COFFEE, away()])
NOBODY_YET = Past()


def _verdicts(view: Picture, past: Past = NOBODY_YET) -> list[Verdict]:
    return list(decide(find_lapses(agreements(view), view).standing, view, past))


def _one(view: Picture, past: Past = NOBODY_YET) -> Verdict:
    (verdict,) = _verdicts(view, past)
    return verdict


def test_a_meeting_i_missed_gets_a_draft() -> None:
    assert (_one(MISSED).lapse.kind, _one(MISSED).decision) == (LapseKind.MISSED, Decision.DRAFT)


def test_a_meeting_they_missed_is_listed_without_apology() -> None:
    sorry = mail("sorry", march(12, 19), subject="Sorry")
    view = picture([sorry], now=NOW, events=[COFFEE], readings={"sorry": talking(MeetingAct.NO_SHOW, fault="them")})
    assert _one(view).decision is Decision.SKIP


def test_signs_that_are_not_enough_are_held() -> None:
    rival = event("ander@test", march(12), title="Intake", others=(OMAR,), created=march(2))
    reply = replace(mine("ooo", march(12, 12)), automatic=Automatic.AUTO_REPLY)
    assert {one.decision for one in _verdicts(picture([reply], now=NOW, events=[COFFEE, rival]))} == {Decision.HOLD}


def test_a_weekly_meeting_during_a_holiday_is_held() -> None:
    weekly = replace(COFFEE, recurrence_id="2026-03-12T09:00:00Z")
    verdict = _one(picture(now=NOW, events=[weekly, away()]))
    assert (verdict.lapse.kind, verdict.decision) == (LapseKind.MISSED, Decision.HOLD)


def test_what_was_missed_before_the_look_back_is_left_alone() -> None:
    view = replace(MISSED, now=march(12).replace(month=5), agenda=MISSED.agenda)
    assert _verdicts(view) == []


REPAIRED = {
    "an apology with a new date": (
        [mine("sorry", march(13), subject="Re: Koffie")],
        {"sorry": replace(talking(MeetingAct.NO_SHOW, fault="me"), dates=(DateMention("dinsdag", march(24), None, Grain.DAY, 0, march(24, 17)),))},
    ),
    "a new date that they accepted": (
        [mine("sorry", march(13), subject="Koffie"), mail("ja", march(14), subject="Re: Koffie", answers="sorry")],
        {"sorry": talking(MeetingAct.PROPOSE, when=march(24)), "ja": talking(MeetingAct.ACCEPT, when=march(24))},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mails", "readings"), REPAIRED.values(), ids=REPAIRED)
def test_it_is_repaired_by(mails: list[Message], readings: dict[str, Reading]) -> None:
    assert _verdicts(picture(mails, now=NOW, events=[COFFEE, away()], readings=readings)) == []


def test_an_apology_alone_leaves_it_open() -> None:
    sorry = mine("sorry", march(13), subject="Re: Koffie")
    said = {"sorry": talking(MeetingAct.NO_SHOW, fault="me")}
    assert _one(picture([sorry], now=NOW, events=[COFFEE, away()], readings=said)).decision is Decision.DRAFT


def _absent(back_on: int, grain: Grain = Grain.DAY, *, sender: Address = GIJS) -> tuple[Message, Reading]:
    message = mail("weg", march(13), sender=sender, subject="Afwezig", automatic=Automatic.AUTO_REPLY)
    back = march(back_on, 0)
    return message, Reading("nl", dates=(DateMention("terug", back, None, grain, 0, back),))


WAITS = {
    "they are away until a day to come": (_absent(20), Decision.HOLD),
    "they are back": (_absent(14), Decision.DRAFT),
    "they name a month, which is no day": (_absent(20, Grain.MONTH), Decision.DRAFT),
    "somebody else is away": (_absent(20, sender=OMAR), Decision.DRAFT),
}


@pytest.mark.parametrize(("absent", "decision"), WAITS.values(), ids=WAITS)
def test_a_letter_waits_while(absent: tuple[Message, Reading], decision: Decision) -> None:
    message, reading = absent
    view = picture([message], now=NOW, events=[COFFEE, away()], readings={"weg": reading})
    verdict = _one(view)
    assert verdict.decision is decision
    assert ("2026-03-20" in verdict.reason) == (decision is Decision.HOLD)


def test_a_warning_does_not_wait_for_their_return() -> None:
    message, reading = _absent(17)
    coming = replace(COFFEE, start=march(18), end=march(18, 11))
    view = picture([message], now=NOW, events=[coming, away()], readings={"weg": reading})
    assert (_one(view).lapse.kind, _one(view).decision) == (LapseKind.CLASH, Decision.DRAFT)


def test_missed_comes_before_clash_before_cancelled_before_unanswered() -> None:
    coming = event("straks@test", march(18), others=(OMAR,), created=march(1))
    off = event(
        "af@test", march(19), others=(Address("", "els@els.example"),), status=EventStatus.CANCELLED, modified=march(9)
    )
    view = picture(
        [mail("vraag", march(3))], now=NOW, readings={"vraag": asking()}, events=[off, coming, COFFEE, away()]
    )
    kinds = [LapseKind.MISSED, LapseKind.CLASH, LapseKind.CANCELLED, LapseKind.UNANSWERED]
    assert [one.lapse.kind for one in _verdicts(view)] == kinds
    braked = _verdicts(replace(view, policy=replace(POLICY, max_drafts_per_day=2)))
    assert [one.decision for one in braked] == [Decision.DRAFT, Decision.DRAFT, Decision.HOLD, Decision.HOLD]


def test_a_draft_of_an_earlier_pass_is_not_made_again() -> None:
    lapse = _one(MISSED).lapse.id
    assert _one(MISSED, Past(drafts={lapse: DraftState.PLACED})).decision is Decision.DRAFTED
    assert _one(MISSED, Past(drafts={lapse: DraftState.DISCARDED})).decision is Decision.SKIP
    assert _verdicts(MISSED, Past(drafts={lapse: DraftState.SENT})) == []


def test_who_is_on_the_ignore_list_gets_nothing() -> None:
    view = replace(MISSED, policy=replace(POLICY, ignore=frozenset({GIJS.address})))
    assert _one(view).decision is Decision.SKIP


def test_one_mail_is_answered_by_one_draft() -> None:
    where = mail("waar", march(12, 10, 20), subject="Koffie", text="Waar blijf je?")
    said = replace(talking(MeetingAct.NO_SHOW, fault="me"), requests=asking("Waar blijf je?").requests)
    view = picture([where], now=march(20), events=[COFFEE], readings={"waar": said})
    assert [(one.lapse.kind, one.decision) for one in _verdicts(view)] == [
        (LapseKind.MISSED, Decision.DRAFT),
        (LapseKind.UNANSWERED, Decision.HOLD),
    ]
