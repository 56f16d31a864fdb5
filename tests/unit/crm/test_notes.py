"""What a note in a CRM says: one sentence in the owner's language for every event, and nothing of a mail."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from crmlink.app.config.setting_values import LANGUAGES
from crmlink.crm.notes import keep_note, note_text
from crmlink.model.crm_event import REPAIRED, CrmEvent, CrmEventType
from crmlink.model.draft import DraftState
from crmlink.model.lapse import LapseKind
from tests.crm_examples import ACCEPTED, FOUND

ZONE = ZoneInfo("Europe/Amsterdam")
OUTCOMES = (*(state.value for state in list(DraftState)[list(DraftState).index(DraftState.SENT) :]), REPAIRED)
PLACED = replace(ACCEPTED, type=CrmEventType.DRAFT_PLACED, outcome="")
EVENTS = [
    *(replace(FOUND, kind=kind) for kind in LapseKind),
    PLACED,
    *(replace(ACCEPTED, outcome=outcome) for outcome in OUTCOMES),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.outcome or f"{event.type} {event.kind}")
def test_every_event_has_its_sentence(event: CrmEvent, language: str) -> None:
    text = note_text(event, language=language, zone=ZONE)
    assert text.startswith("crmlink: ")
    assert text.endswith(f". [{event.id}]")
    assert "\n" not in text
    assert "{" not in text


def test_times_are_the_owners() -> None:
    assert "12 maart 2026, 09:00" in note_text(ACCEPTED, language="nl", zone=ZONE)


def test_a_subject_with_line_breaks_stays_on_one_line_and_an_erased_one_is_that_of_the_lapse() -> None:
    assert "Koffie met Gijs, 9" in note_text(replace(FOUND, subject="Koffie\r\n  met Gijs"), language="nl", zone=ZONE)
    assert PLACED.draft is not None
    erased = replace(PLACED, draft=replace(PLACED.draft, subject=""))
    assert "Kennismaking – koffie" in note_text(erased, language="nl", zone=ZONE)


class Book:
    """A CRM in memory that knows Gijs."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def person(self, address: str) -> str | None:
        return "7" if address == "gijs@bakker.example" else None

    def has_note(self, person: str, mark: str) -> bool:
        assert person == "7"
        return any(mark in note for note in self.notes)

    def add_note(self, person: str, text: str) -> None:
        assert person == "7"
        self.notes.append(text)


def test_an_event_that_comes_twice_makes_one_note() -> None:
    book = Book()
    for event in (FOUND, ACCEPTED, FOUND):
        keep_note(book, event, language="nl", zone=ZONE)
    assert [note[-8:] for note in book.notes] == [" [evt_1]", " [evt_3]"]
