"""Which of the offered moments an answer takes: short answers in three languages, each with what it comes to."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.choices import Choice, Chosen, read_choice
from crmlink.language.dates import find_dates
from crmlink.model.draft import Option
from crmlink.model.workdays import WorkingCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
SAID_AT = datetime(2026, 3, 18, 9, 0, tzinfo=ZONE)
OFFERS = {
    "three": ((3, 24, 10, 0), (3, 25, 14, 0), (3, 27, 9, 30)),
    "one": ((3, 24, 10, 0),),
    "far": ((3, 31, 10, 0), (4, 7, 10, 0)),
}
SAMPLES = tomllib.loads(Path(__file__).with_name("choice_samples.toml").read_text(encoding="utf-8"))
ROWS = [
    (language, letter["offer"], takes, text)
    for language, letters in SAMPLES.items()
    for letter in letters
    for takes, texts in letter["takes"].items()
    for text in texts
]


def options(offer: str) -> tuple[Option, ...]:
    """The moments of one letter, an hour each."""
    starts = [datetime(2026, month, day, hour, minute, tzinfo=ZONE) for month, day, hour, minute in OFFERS[offer]]
    return tuple(Option(start, start + timedelta(hours=1)) for start in starts)


def choose(text: str, language: str, offer: str, *, yes_is_enough: bool = True) -> Choice:
    """What the text takes."""
    dates = find_dates(text, language=language, said_at=SAID_AT, calendar=WorkingCalendar(ZONE, "NL"))
    return read_choice(text, language=language, dates=dates, offered=options(offer), yes_is_enough=yes_is_enough)


@pytest.mark.parametrize(
    ("language", "offer", "takes", "text"), ROWS, ids=[f"{row[0]} {row[1]}: {row[3][:50]!r}" for row in ROWS]
)
def test_an_answer_takes_the_moment_it_points_at_or_none(language: str, offer: str, takes: str, text: str) -> None:
    choice = choose(text, language, offer)

    if takes.isdigit():
        assert (choice.chosen, choice.number) == (Chosen.ONE, int(takes) - 1)
        assert choice.quote in text
        assert choice.quote
    else:
        assert (choice.chosen, choice.number) == (Chosen(takes), None)


def test_there_are_enough_samples_of_both_kinds_in_each_language() -> None:
    for language in ("nl", "en", "de"):
        taken = [row for row in ROWS if row[0] == language and row[2].isdigit()]
        left = [row for row in ROWS if row[0] == language and not row[2].isdigit()]
        assert len(taken) >= 15
        assert len(left) >= 12


def test_a_bare_yes_takes_nothing_from_a_letter_that_promised_something_else_too() -> None:
    assert choose("Prima!", "nl", "one", yes_is_enough=False).chosen is Chosen.NOTHING
    assert choose("Dinsdag past.", "nl", "one", yes_is_enough=False).number == 0


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    choice = read_choice("Prima!", language="nl", dates=(), offered=(), yes_is_enough=True)
    assert choice == Choice(Chosen.NOTHING)


@pytest.mark.parametrize("text", ["dinsdag " * 5000, "(" * 20000, "de tweede, " * 3000, "24/3 " * 4000, "§¤" * 5000])
def test_endless_answers_are_read_in_bounds(text: str) -> None:
    assert choose(text, "nl", "three").chosen in set(Chosen)
