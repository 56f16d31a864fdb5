"""Stories 6 and 7, in Dutch and in English, from the state before to the draft and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.e2e.office import GIJS, JANE, NOW, ZONE, Office
from tests.servers import mailboxes


@dataclass(frozen=True, slots=True)
class Story:
    """One person to let down, in one language."""

    language: str
    person: str
    question: str
    asks: str
    farewell: str
    greeting: str


DUTCH = Story(
    "nl",
    GIJS,
    "Hoi Marleen,\n\nKun je me laten weten of de levertijd van zes weken nog klopt?\n\nGroet,\nGijs",
    "Kun je me laten weten of de levertijd van zes weken nog klopt?",
    "Hoi Gijs,\n\nIk moet onze afspraak van morgen helaas afzeggen.\n\nGroet,\nMarleen",
    "Hoi Gijs,",
)
ENGLISH = Story(
    "en",
    JANE,
    "Dear Ms Van der Veen,\n\nCould you tell me which of the two appendices we may quote?\n\nKind regards,\nJane Hartley",
    "Could you tell me which of the two appendices we may quote?",
    "Dear Dr Hartley,\n\nI am afraid I have to cancel our meeting tomorrow.\n\nKind regards,\nMarleen van der Veen",
    "Dear Dr Hartley,",
)
stories = pytest.mark.parametrize("story", [DUTCH, ENGLISH], ids=["nl", "en"])


@stories
def test_the_forgotten_question(office: Office, story: Story) -> None:
    asked = office.receive("ask", story.person, story.question, days_ago=8)
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)
    before = office.flags()

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("unanswered", "me", "draft")
    assert lapse["evidence"][0]["quote"] == story.asks
    (draft,) = office.drafts()
    assert draft["In-Reply-To"] == draft["References"] == asked
    (to,) = draft["To"].addresses
    assert (draft["Subject"], f"{to.display_name} <{to.addr_spec}>") == ("Re: Offerte", story.person)
    assert story.asks in draft.get_content()
    assert draft.get_content().startswith(story.greeting)
    (flags,) = mailboxes.flags_of(office.mail, "Drafts").values()
    assert {"\\Draft", "\\Seen"} <= flags
    _options_are_free(lapse["draft"]["options"])
    assert office.flags() == before


@stories
def test_a_second_scan_changes_nothing_and_a_deleted_draft_never_returns(office: Office, story: Story) -> None:
    office.receive("ask", story.person, story.question, days_ago=8)
    office.scan()
    first = office.drafts()
    assert [one["decision"] for one in office.scan()] == ["drafted"]
    assert [str(one["Message-ID"]) for one in office.drafts()] == [str(one["Message-ID"]) for one in first]

    office.delete_draft()
    for _ in range(2):
        assert [one["decision"] for one in office.scan()] == ["skip"]
    assert office.drafts() == []

    (office.directory / "ledger.db").unlink()
    office.receive("again", story.person, story.question, days_ago=0.1, answers="<ask@test.example>")
    office.scan()
    assert len(office.drafts()) <= 1


@stories
def test_an_answered_question_gets_no_draft(office: Office, story: Story) -> None:
    asked = office.receive("ask", story.person, story.question, days_ago=8)
    office.send("answer", story.person, "Ja.", days_ago=7, subject="Re: Offerte", answers=asked)
    assert office.scan() == []
    assert office.drafts() == []


@stories
def test_answering_before_seeing_the_draft_takes_the_draft_away(office: Office, story: Story) -> None:
    asked = office.receive("ask", story.person, story.question, days_ago=8)
    office.scan()
    assert len(office.drafts()) == 1
    office.send("answer", story.person, "Ja.", days_ago=0, subject="Re: Offerte", answers=asked)
    assert office.scan() == []
    if "move" in _capabilities(office):
        assert office.drafts() == []
        assert len(mailboxes.messages(office.mail, "Trash")) == 1


@stories
def test_the_meeting_i_cancelled_in_my_calendar(office: Office, story: Story) -> None:
    office.settings["LANGUAGE"] = story.language
    office.book("intake@test", "Intake", story.person, in_days=3, status="CANCELLED")
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=4)

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("cancelled", "me", "draft")
    assert lapse["evidence"][0]["rule"] == "calendar.cancelled"
    (draft,) = office.drafts()
    assert draft["To"].addresses[0].addr_spec == story.person.split("<")[1].rstrip(">")
    assert draft["In-Reply-To"] is None
    _options_are_free(lapse["draft"]["options"])


@stories
def test_the_meeting_that_vanished_after_it_was_seen(office: Office, story: Story) -> None:
    address = office.book("intake@test", "Intake", story.person, in_days=3)
    for number in range(3):
        office.book(f"lunch{number}@test", "Lunch", f"Els <els{number}@els.example>", in_days=4 + number)
    assert office.scan() == []

    office.unbook(address)
    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("cancelled", "me", "draft")
    assert lapse["evidence"][0]["rule"] == "calendar.vanished"
    assert len(office.drafts()) == 1
    assert [one["decision"] for one in office.scan()] == ["drafted"]


@stories
def test_a_calendar_that_is_suddenly_empty_is_held_back(office: Office, story: Story) -> None:
    addresses = [office.book(f"m{number}@test", "Intake", story.person, in_days=3 + number) for number in range(3)]
    office.scan()
    for address in addresses:
        office.unbook(address)
    assert {one["decision"] for one in office.scan(code=1)} == {"hold"}
    assert office.drafts() == []


@stories
def test_a_new_date_makes_it_moved(office: Office, story: Story) -> None:
    office.book("intake@test", "Intake", story.person, in_days=3, status="CANCELLED", changed_days_ago=3)
    office.book("nieuw@test", "Intake", story.person, in_days=9, changed_days_ago=-2)
    assert office.scan() == []


@stories
def test_the_meeting_i_called_off_in_my_own_words(office: Office, story: Story) -> None:
    office.receive(
        "yes",
        story.person,
        "Prima, tot dan." if story.language == "nl" else "Fine, see you then.",
        days_ago=6,
        subject="Intake",
    )
    office.send("off", story.person, story.farewell, days_ago=3, subject="Re: Intake", answers="<yes@test.example>")

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("cancelled", "me", "draft")
    (draft,) = office.drafts()
    assert draft["In-Reply-To"] == "<yes@test.example>"
    assert lapse["draft"]["language"] == story.language


@stories
def test_what_they_cancelled_gets_no_apology(office: Office, story: Story) -> None:
    if office.calendar and office.calendar.mail:
        pytest.skip("a scheduling server does not let me write their cancellation into my calendar by hand")
    organizer = story.person.split("<")[1].rstrip(">")
    office.book("intake@test", "Intake", story.person, in_days=3, status="CANCELLED", organizer=organizer)
    (lapse,) = office.scan()
    assert (lapse["fault"], lapse["decision"], lapse["draft"]) == ("them", "skip", None)
    assert office.drafts() == []


def _options_are_free(options: list[dict[str, str]]) -> None:
    """Three moments on three working days, in office hours, not tomorrow."""
    starts = [datetime.fromisoformat(one["start"]).astimezone(ZONE) for one in options]
    assert len({start.date() for start in starts}) == 3
    for start in starts:
        assert start.weekday() < 5
        assert 9 <= start.hour < 17
        assert (start.date() - NOW().date()).days >= 2


def _capabilities(office: Office) -> set[str]:
    with mailboxes.connected(office.mail) as client:
        return {name.decode().lower() for name in client.capabilities()}
