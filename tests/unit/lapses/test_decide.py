"""What is done about a lapse, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.contact import Address
from crmlink.model.draft import DraftState
from crmlink.model.ids import MessageId
from crmlink.model.lapse import Decision, Verdict
from crmlink.model.meeting import EventStatus
from crmlink.model.policy import WhenTheyCancel
from crmlink.model.reading import MeetingAct
from tests.picture_of import GIJS, OMAR, POLICY, asking, event, mail, march, mine, picture, seen, talking

CANCELLED = event(status=EventStatus.CANCELLED, modified=march(9))
VIEW = picture(now=march(10), events=[CANCELLED])
NOBODY_YET = Past()


def _verdicts(view: Picture, past: Past = NOBODY_YET) -> tuple[Verdict, ...]:
    return decide(find_lapses(agreements(view), view).standing, view, past)


def _one(view: Picture, past: Past = NOBODY_YET) -> tuple[Decision, str]:
    (verdict,) = _verdicts(view, past)
    return verdict.decision, verdict.reason


def test_my_own_breach_gets_a_draft() -> None:
    assert _one(VIEW) == (Decision.DRAFT, "you called this meeting off and no new date stands")


LAPSE = _verdicts(VIEW)[0].lapse.id
AFTER = {
    DraftState.PLACED: Decision.DRAFTED,
    DraftState.EDITED: Decision.DRAFTED,
    DraftState.DISCARDED: Decision.SKIP,
    DraftState.INTENT: Decision.HOLD,
    DraftState.UNKNOWN: Decision.HOLD,
    DraftState.PARKED: Decision.HOLD,
    DraftState.SENT: None,
    DraftState.OVERTAKEN: None,
    DraftState.ACCEPTED: None,
}


@pytest.mark.parametrize("state", list(DraftState))
def test_a_draft_of_an_earlier_pass_decides(state: DraftState) -> None:
    decisions = [one.decision for one in _verdicts(VIEW, Past(drafts={LAPSE: state}))]
    assert decisions == ([AFTER[state]] if AFTER[state] else [])


def test_dismissed_is_remembered() -> None:
    assert _one(VIEW, Past(dismissed=frozenset({LAPSE}))) == (Decision.SKIP, "you dismissed it")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DraftState.OVERTAKEN, "was moved to Trash"),
        (DraftState.PLACED, "still lies in Drafts"),
        (DraftState.EDITED, "the draft is yours"),
        (DraftState.DISCARDED, "you dismissed it"),
        (DraftState.UNKNOWN, "you dismissed it"),
    ],
)
def test_what_became_of_a_dismissed_draft_is_said(state: DraftState, words: str) -> None:
    decision, reason = _one(VIEW, Past(drafts={LAPSE: state}, dismissed=frozenset({LAPSE})))
    assert decision is Decision.SKIP
    assert words in reason


@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.ACCEPTED])
def test_a_letter_that_was_sent_is_not_listed_though_it_was_dismissed(state: DraftState) -> None:
    assert _verdicts(VIEW, Past(drafts={LAPSE: state}, dismissed=frozenset({LAPSE}))) == ()


@pytest.mark.parametrize("entry", ["gijs@bakker.example", "bakker.example", "example"])
def test_who_is_on_the_ignore_list_is_left_alone(entry: str) -> None:
    view = picture(now=march(10), events=[CANCELLED], policy=replace(POLICY, ignore=frozenset({entry})))
    assert _one(view)[0] is Decision.SKIP


def test_an_ignored_domain_is_a_whole_word() -> None:
    view = picture(now=march(10), events=[CANCELLED], policy=replace(POLICY, ignore=frozenset({"ker.example"})))
    assert _one(view)[0] is Decision.DRAFT


THEIRS = replace(CANCELLED, organizer=GIJS)


def test_their_breach_gets_no_apology_unless_a_friendly_note_is_wished() -> None:
    assert _one(picture(now=march(10), events=[THEIRS]))[0] is Decision.SKIP
    wished = picture(now=march(10), events=[THEIRS], policy=replace(POLICY, when_they_cancel=WhenTheyCancel.DRAFT))
    assert _one(wished)[0] is Decision.DRAFT


def test_doubt_holds_and_says_which() -> None:
    decision, reason = _one(picture(now=march(10), remembered=[seen(event(), march(9))], doubtful=["Agenda"]))
    assert decision is Decision.HOLD
    assert "could not be trusted" in reason


def test_with_half_the_mail_unread_nobody_is_told_i_did_not_answer() -> None:
    view = picture([mail("ask", march(2))], now=march(10), readings={"ask": asking()}, mail_complete=False)
    assert _one(view)[0] is Decision.HOLD


def test_more_than_eight_others_are_for_the_owner() -> None:
    crowd = [Address("", f"a{number}@many.example") for number in range(9)]
    assert (
        _one(picture(now=march(10), events=[event(others=crowd, status=EventStatus.CANCELLED, modified=march(9))]))[0]
        is Decision.HOLD
    )
    eight = event(others=crowd[:8], status=EventStatus.CANCELLED, modified=march(9))
    assert _one(picture(now=march(10), events=[eight]))[0] is Decision.DRAFT


def test_the_owners_own_draft_in_the_conversation_comes_first() -> None:
    view = picture([mail("ask", march(2))], now=march(10), readings={"ask": asking()})
    assert _one(view, Past(own_drafts=frozenset({MessageId("<ask@test>")})))[0] is Decision.HOLD
    assert _one(view, Past(own_drafts=frozenset({MessageId("<other@test>")})))[0] is Decision.DRAFT


def test_what_the_owner_is_writing_about_outside_the_conversation_waits_and_takes_no_place() -> None:
    view = picture(
        [mail("ask", march(2)), mail("too", march(3), subject="Anders")],
        now=march(10),
        readings={"ask": asking(), "too": asking()},
    )
    first, second = (one.lapse.id for one in _verdicts(view))

    held, drafted = _verdicts(view, Past(placed_today=4, in_hand=frozenset({first})))

    assert (held.lapse.id, held.decision) == (first, Decision.HOLD)
    assert (drafted.lapse.id, drafted.decision) == (second, Decision.DRAFT)


def test_after_my_own_words_there_is_a_day_to_propose_a_date() -> None:
    mails = [mail("ask", march(2)), mine("off", march(9, 12), answers="ask")]
    readings = {"ask": talking(MeetingAct.PROPOSE), "off": talking(MeetingAct.CANCEL, fault="me")}
    assert _one(picture(mails, now=march(9, 13), readings=readings))[0] is Decision.HOLD
    assert _one(picture(mails, now=march(10, 13), readings=readings))[0] is Decision.DRAFT


def test_the_brake_holds_the_least_urgent_and_drops_nothing() -> None:
    events = [
        event(
            f"{number}@test",
            march(12),
            others=(Address("", f"p{number}@test.example"),),
            status=EventStatus.CANCELLED,
            modified=march(9),
        )
        for number in range(7)
    ]
    ask = mail("ask", march(2))
    view = picture([ask], now=march(10), readings={"ask": asking()}, events=events)
    verdicts = _verdicts(view, Past(placed_today=1))
    assert [one.decision for one in verdicts] == [Decision.DRAFT] * 4 + [Decision.HOLD] * 4
    assert verdicts[-1].lapse.kind == "unanswered"
    assert "tomorrow" in verdicts[-1].reason


def test_a_lapse_about_which_nothing_can_be_written_is_held_and_takes_no_place() -> None:
    asks = [mail("ask", march(2)), mail("vraag", march(3), sender=OMAR, subject="Bezoek")]
    view = picture(asks, now=march(10), readings={"ask": asking(), "vraag": asking()})
    first, second = _verdicts(view, Past(placed_today=4))
    assert (first.decision, second.decision) == (Decision.DRAFT, Decision.HOLD)
    first, second = _verdicts(view, Past(placed_today=4, unwritable={first.lapse.id: "Template x, line 2: no"}))
    assert (first.decision, first.reason) == (Decision.HOLD, "no letter could be written: Template x, line 2: no")
    assert second.decision is Decision.DRAFT


def test_every_reason_is_one_sentence_without_a_full_stop() -> None:
    for state in DraftState:
        assert all(". " not in one.reason and one.reason for one in _verdicts(VIEW, Past(drafts={LAPSE: state})))
