"""Our own letters, read back from Sent: they make amends and break nothing, whatever the ledger still knows of them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from crmlink.drafts.context import INTRODUCTIONS, LETTERS, LetterFacts
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import shipped_templates
from crmlink.language.reader import Reader
from crmlink.model.contact import Address, Owner
from crmlink.model.ids import MessageId
from crmlink.model.lapse import Fault
from crmlink.model.mail import Message, Role
from crmlink.model.reading import MeetingAct, Reading
from crmlink.model.workdays import WorkingCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
OWNER = Owner("Marleen van der Veen", ("marleen@veen.example",))
SENT_AT = datetime(2026, 3, 19, 9, tzinfo=ZONE)
MATRIX = [(language, letter) for language in sorted(shipped_templates().languages) for letter in LETTERS]
ACTS = {
    "missed": {MeetingAct.NO_SHOW, MeetingAct.RESCHEDULE, MeetingAct.PROPOSE},
    "cancelled": {MeetingAct.RESCHEDULE, MeetingAct.PROPOSE},
    "clash": {MeetingAct.RESCHEDULE, MeetingAct.PROPOSE},
    "promise": {MeetingAct.NONE, MeetingAct.PROPOSE, MeetingAct.RESCHEDULE},
    "unanswered": {MeetingAct.NONE, MeetingAct.PROPOSE, MeetingAct.RESCHEDULE},
    "silent": {MeetingAct.NONE},
    "waiting": {MeetingAct.NONE, MeetingAct.PROPOSE},
}


@cache
def read_back(language: str, letter: str) -> tuple[tuple[LetterFacts, str, Reading], ...]:
    bodies = {render(facts, shipped_templates()): facts for facts in sample_letters(language, letter)}
    reader = Reader(OWNER, WorkingCalendar(ZONE, "NL"), language)
    return tuple((facts, body, reader.read(_sent(body))) for body, facts in bodies.items())


def _sent(body: str) -> Message:
    return Message(
        id=MessageId("<brief@veen.example>"),
        sent_at=SENT_AT,
        sender=OWNER.mailbox,
        to=(Address("Jan van der Berg", "jan@berg.example"),),
        cc=(),
        subject="Re: Kennismaking",
        text=body,
        full_text=body,
        from_me=True,
        role=Role.SENT,
    )


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_a_letter_is_read_in_its_own_language(language: str, letter: str) -> None:
    assert {reading.language for _, _, reading in read_back(language, letter)} == {language}


@pytest.mark.parametrize(("language", "letter"), [pair for pair in MATRIX if pair[1] in ACTS])
def test_a_letter_does_to_the_meeting_what_it_was_written_for(language: str, letter: str) -> None:
    for _, body, reading in read_back(language, letter):
        talk = reading.meeting
        assert talk.act in ACTS[letter], f"{talk}\n{body}"
        assert talk.fault is not Fault.THEM, f"{talk}\n{body}"


@pytest.mark.parametrize("language", sorted(shipped_templates().languages))
def test_a_note_about_what_they_cancelled_takes_no_blame(language: str) -> None:
    for _, body, reading in read_back(language, "they_cancelled"):
        assert reading.meeting.fault is not Fault.ME, f"{reading.meeting}\n{body}"


@pytest.mark.parametrize(("language", "letter"), MATRIX)
def test_a_letter_promises_its_new_day_or_its_call_and_nothing_else(language: str, letter: str) -> None:
    for facts, body, reading in read_back(language, letter):
        words = [promise.quote for promise in reading.promises]
        about_words = letter in {"promise", "unanswered"}
        if about_words and not facts.by_phone:
            assert any(facts.new_day in quote for quote in words), f"{words}\n{body}"
        assert len(words) <= about_words, f"{words}\n{body}"


@pytest.mark.parametrize("letter", INTRODUCTIONS)
@pytest.mark.parametrize("language", sorted(shipped_templates().languages))
def test_an_introduction_promises_nothing_and_calls_nothing_off(language: str, letter: str) -> None:
    for _, body, reading in read_back(language, letter):
        assert reading.language == language
        assert reading.promises == (), f"{reading.promises}\n{body}"
        assert reading.meeting.act is MeetingAct.NONE, f"{reading.meeting}\n{body}"
