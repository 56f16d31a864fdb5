"""By when a promise must be kept that was made on Wednesday 11 March 2026 at 10:20."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.dates import find_dates
from crmlink.model.workdays import WorkingCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEDNESDAY = datetime(2026, 3, 11, 10, 20, tzinfo=AMSTERDAM)

ROWS = [
    ("vandaag nog", "nl", "2026-03-11 17:00"),
    ("morgen", "nl", "2026-03-12 17:00"),
    ("uiterlijk morgen", "nl", "2026-03-12 17:00"),
    ("bis morgen", "de", "2026-03-12 17:00"),
    ("vanmiddag", "nl", "2026-03-11 17:00"),
    ("vanavond", "nl", "2026-03-11 23:59"),
    ("morgenochtend", "nl", "2026-03-12 12:00"),
    ("vrijdag om 10 uur", "nl", "2026-03-13 10:00"),
    ("vrijdag", "nl", "2026-03-13 17:00"),
    ("deze week", "nl", "2026-03-13 17:00"),
    ("eind van de week", "nl", "2026-03-13 17:00"),
    ("voor het weekend", "nl", "2026-03-13 17:00"),
    ("dit weekend", "nl", "2026-03-15 17:00"),
    ("begin volgende week", "nl", "2026-03-16 17:00"),
    ("volgende week", "nl", "2026-03-20 17:00"),
    ("eind volgende week", "nl", "2026-03-20 17:00"),
    ("in de loop van volgende week", "nl", "2026-03-20 17:00"),
    ("vóór 1 april", "nl", "2026-03-31 17:00"),
    ("vóór 16 maart", "nl", "2026-03-13 17:00"),
    ("voor 1 april", "nl", "2026-04-01 17:00"),
    ("uiterlijk 1 april", "nl", "2026-04-01 17:00"),
    ("tegen 1 april", "nl", "2026-04-01 17:00"),
    ("binnen 5 werkdagen", "nl", "2026-03-18 17:00"),
    ("binnen 20 werkdagen", "nl", "2026-04-10 17:00"),
    ("binnen twee weken", "nl", "2026-03-25 17:00"),
    ("over een week", "nl", "2026-03-18 17:00"),
    ("eind deze maand", "nl", "2026-03-31 17:00"),
    ("eind mei", "nl", "2026-05-29 17:00"),
    ("in april", "nl", "2026-04-30 17:00"),
    ("tussen 3 en 5", "nl", "2026-03-11 17:00"),
    ("voor drieën", "nl", "2026-03-11 15:00"),
    ("before Friday", "en", "2026-03-12 17:00"),
    ("before the weekend", "en", "2026-03-13 17:00"),
    ("before the end of the week", "en", "2026-03-13 17:00"),
    ("by Friday noon", "en", "2026-03-13 12:00"),
    ("by close of business on Friday", "en", "2026-03-13 17:00"),
    ("by end of month", "en", "2026-03-31 17:00"),
    ("this afternoon", "en", "2026-03-11 17:00"),
    ("next week", "en", "2026-03-20 17:00"),
    ("in two hours", "en", "2026-03-11 12:20"),
    ("bis Ende der Woche", "de", "2026-03-13 17:00"),
    ("Anfang nächster Woche", "de", "2026-03-16 17:00"),
    ("vor dem Wochenende", "de", "2026-03-13 17:00"),
    ("innerhalb von 3 Werktagen", "de", "2026-03-16 17:00"),
    ("bis zum 31. März", "de", "2026-03-31 17:00"),
]


@pytest.mark.parametrize(
    ("words", "language", "due"), [pytest.param(*row, id=f"{row[0]} is due {row[2]}") for row in ROWS]
)
def test_deadline(words: str, language: str, due: str) -> None:
    (mention,) = find_dates(words, language=language, said_at=WEDNESDAY, calendar=WorkingCalendar(AMSTERDAM, "NL"))
    assert f"{mention.deadline:%Y-%m-%d %H:%M}" == due


def test_working_days_are_those_of_the_country() -> None:
    before_easter = datetime(2026, 4, 2, 9, tzinfo=AMSTERDAM)
    found = [
        find_dates(
            "binnen 2 werkdagen", language="nl", said_at=before_easter, calendar=WorkingCalendar(AMSTERDAM, country)
        )
        for country in ("NL", "")
    ]
    assert [f"{mention.deadline:%m-%d}" for (mention,) in found] == ["04-08", "04-06"]


def test_a_night_without_a_clock_hour_does_not_stop_the_reading() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=AMSTERDAM)
    (mention,) = find_dates("zondag om 02:30", language="nl", said_at=spring, calendar=WorkingCalendar(AMSTERDAM, "NL"))
    assert mention.start.tzinfo is AMSTERDAM
