"""Story 10, in Dutch and in English: the second lapse with somebody within a year is owned up to, and a call proposed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.e2e.office import GIJS, JANE, Office
from tests.servers import mailboxes


@dataclass(frozen=True, slots=True)
class Story:
    """One person to let down twice, in one language."""

    language: str
    person: str
    question: str
    before: str
    call: str


DUTCH = Story(
    "nl",
    GIJS,
    "Hoi Marleen,\n\nKun je me laten weten of de levertijd van zes weken nog klopt?\n\nGroet,\nGijs",
    "niet de eerste keer",
    "Ik bel je liever even",
)
ENGLISH = Story(
    "en",
    JANE,
    "Dear Ms Van der Veen,\n\nCould you tell me which of the two appendices we may quote?\n\nKind regards,\nJane Hartley",
    "not the first time",
    "I would rather call you",
)
stories = pytest.mark.parametrize("story", [DUTCH, ENGLISH], ids=["nl", "en"])


@stories
def test_10_twice(office: Office, story: Story) -> None:
    office.settings["LANGUAGE"] = story.language
    office.receive("ask", story.person, story.question, days_ago=12)
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)
    (first,) = office.scan()
    assert first["decision"] == "draft"
    assert story.before not in first["draft"]["body"]
    _send_the_draft(office)

    office.book("intake@test", "Intake", story.person, in_days=4, status="CANCELLED", changed_days_ago=0)
    (second,) = office.scan()

    assert (second["kind"], second["fault"], second["decision"]) == ("cancelled", "me", "draft")
    body = second["draft"]["body"]
    assert story.before in body
    assert story.call in body
    assert len(second["draft"]["options"]) == 3
    assert len(office.drafts()) == 1


def _send_the_draft(office: Office) -> None:
    """The owner sends the draft as it is: the mail client keeps it in Sent and takes it out of Drafts."""
    ((uid, _),) = mailboxes.flags_of(office.mail, "Drafts").items()
    (raw,) = mailboxes.messages(office.mail, "Drafts")
    mailboxes.deliver(office.mail, raw, "Sent")
    mailboxes.remove(office.mail, uid, "Drafts")
