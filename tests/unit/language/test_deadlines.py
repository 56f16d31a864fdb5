"""Which date of a sentence belongs to the words that ask or promise."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.deadlines import deadline
from crmlink.language.sentences import Sentence
from crmlink.model.reading import DateMention, Grain

DAYS = {"monday": 3, "tuesday": 4, "wednesday": 5, "friday": 7, "maandag": 3, "vrijdag": 7}


def day_of(text: str, words: str) -> int | None:
    """The day of March that belongs to `words` in a text that is one sentence."""
    zone = ZoneInfo("Europe/Amsterdam")
    mentions = []
    for name, day in DAYS.items():
        if name in text.lower():
            due = datetime(2025, 3, day, 17, tzinfo=zone)
            mentions.append(DateMention(name, due, None, Grain.DAY, text.lower().index(name), due))
    dates = tuple(sorted(mentions, key=lambda mention: mention.offset))
    found = deadline(Sentence(text, 0), text.index(words), dates)
    return found.day if found else None


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        pytest.param("I will call you on Friday.", "I will", 7, id="the only date"),
        pytest.param("I will call you.", "I will", None, id="no date"),
        pytest.param("We met on Monday, and I will call you on Friday.", "I will", 7, id="the date of the clause"),
        pytest.param("I will call Monday and write by Friday.", "I will", 3, id="the first of two promises"),
        pytest.param("I will call Monday and write by Friday.", "write", 7, id="the second of two promises"),
        pytest.param("I send the notes of Monday by Wednesday.", "I send", 5, id="a limit before another date"),
        pytest.param("Ik stuur het stuk van maandag uiterlijk vrijdag.", "Ik stuur", 7, id="a Dutch limit"),
        pytest.param("As it was on Tuesday, I will call you.", "I will", 4, id="a date elsewhere in the sentence"),
    ],
)
def test_deadline(text: str, words: str, day: int | None) -> None:
    assert day_of(text, words) == day


def test_dates_of_other_sentences_do_not_count() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    due = datetime(2025, 3, 7, 17, tzinfo=zone)
    before = DateMention("Friday", due, None, Grain.DAY, 3, due)

    assert deadline(Sentence("I will call.", 20), 0, (before,)) is None
