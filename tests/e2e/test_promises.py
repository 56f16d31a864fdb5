"""Stories 4 and 5, in Dutch and in English: the promised proposal and the promised call, from mail to draft."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.e2e.office import GIJS, JANE, Office


@dataclass(frozen=True, slots=True)
class Story:
    """One person to whom a proposal and a call were promised, in one language."""

    person: str
    proposal: str
    sends: str
    call: str
    calls: str
    number: str
    delivered: str
    new_day: str
    slot: str


DUTCH = Story(
    GIJS,
    "Hoi Gijs,\n\nIk stuur je morgen het voorstel.\n\nGroet,\nMarleen",
    "Ik stuur je morgen het voorstel.",
    "Hoi Gijs,\n\nIk bel je morgen even terug.\n\nGroet,\nMarleen",
    "Ik bel je morgen even terug.",
    "Hoi Marleen,\n\nFijn, ik hoor het wel.\n\nGroet,\n\n--\nGijs Bakker\nT 0355 123 456",
    "Hoi Gijs,\n\nHierbij het voorstel, zoals beloofd.\n\nGroet,\nMarleen",
    "uiterlijk",
    " om ",
)
ENGLISH = Story(
    JANE,
    "Dear Dr Hartley,\n\nI will send you the proposal tomorrow.\n\nKind regards,\nMarleen van der Veen",
    "I will send you the proposal tomorrow.",
    "Dear Dr Hartley,\n\nI will call you tomorrow.\n\nKind regards,\nMarleen van der Veen",
    "I will call you tomorrow.",
    "Dear Ms Van der Veen,\n\nThat would be fine.\n\nKind regards,\n\n--\nJane Hartley\nT 0355 123 456",
    "Dear Dr Hartley,\n\nAttached is the proposal, as promised.\n\nKind regards,\nMarleen van der Veen",
    "by ",
    " at ",
)
stories = pytest.mark.parametrize("story", [DUTCH, ENGLISH], ids=["nl", "en"])


@stories
def test_the_promised_proposal(office: Office, story: Story) -> None:
    promised = office.send("promise", story.person, story.proposal, days_ago=6)
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("promise", "me", "draft")
    assert lapse["evidence"][0]["quote"] == story.sends
    assert lapse["due"] is not None
    (draft,) = office.drafts()
    assert draft["In-Reply-To"] == promised
    (to,) = draft["To"].addresses
    assert to.addr_spec == story.person.split("<")[1].rstrip(">")
    body = draft.get_content()
    assert story.sends.rstrip(".") in body
    assert story.new_day in body
    assert [one["decision"] for one in office.scan()] == ["drafted"]


@stories
def test_sending_it_after_all_takes_the_draft_away(office: Office, story: Story) -> None:
    promised = office.send("promise", story.person, story.proposal, days_ago=6)
    office.scan()
    assert len(office.drafts()) == 1
    office.send("late", story.person, story.delivered, days_ago=0, subject="Re: Offerte", answers=promised)
    assert office.scan() == []
    owed = office.crmlink("owed", "--all", "--json").json["agreements"]
    assert [(one["state"], one["evidence"][-1]["rule"]) for one in owed if one["kind"] == "promise"] == [
        ("kept", "promise.delivered")
    ]


@stories
def test_the_promised_call(office: Office, story: Story) -> None:
    promised = office.send("promise", story.person, story.call, days_ago=6)
    thanked = office.receive(
        "thanks", story.person, story.number, days_ago=5.9, subject="Re: Offerte", answers=promised
    )
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("promise", "me", "draft")
    (draft,) = office.drafts()
    assert draft["In-Reply-To"] == thanked
    body = draft.get_content()
    assert story.calls.rstrip(".") in body
    assert "0355 123 456" in body
    assert story.slot in body
    assert len(lapse["draft"]["options"]) == 3


@stories
def test_a_kept_promise_gets_no_draft(office: Office, story: Story) -> None:
    promised = office.send("promise", story.person, story.proposal, days_ago=6)
    office.send("kept", story.person, story.delivered, days_ago=5, subject="Re: Offerte", answers=promised)
    assert office.scan() == []
    assert office.drafts() == []
