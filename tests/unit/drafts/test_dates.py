"""Days and moments as a person writes them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.drafts.dates import When, phrase_date, phrase_theirs, phrase_when, phrase_zone
from tests.unit.drafts.desk import THURSDAY, local

MOMENTS = {
    "nl": (local(2026, 3, 24, 10), "nl", "dinsdag 24 maart om 10:00 uur"),
    "nl, an hour below ten has no zero": (local(2026, 3, 27, 9, 30), "nl", "vrijdag 27 maart om 9:30 uur"),
    "en": (local(2026, 3, 24, 10), "en", "Tuesday 24 March at 10:00"),
    "de": (local(2026, 3, 24, 10), "de", "Dienstag, 24. März um 10:00 Uhr"),
    "next year names the year": (local(2027, 1, 5, 14), "nl", "dinsdag 5 januari 2027 om 14:00 uur"),
    "next year in German": (local(2027, 1, 5, 14), "de", "Dienstag, 5. Januar 2027 um 14:00 Uhr"),
}


@pytest.mark.parametrize(("moment", "language", "words"), MOMENTS.values(), ids=MOMENTS)
def test_an_option_is_written_as_a_person_would(moment: datetime, language: str, words: str) -> None:
    assert phrase_date(moment, language, now=THURSDAY) == words


ZONES = {
    "nl": "dinsdag 24 maart om 10:00 uur (tijd in Amsterdam)",
    "en": "Tuesday 24 March at 10:00 (Amsterdam time)",
    "de": "Dienstag, 24. März um 10:00 Uhr (Zeit in Amsterdam)",
}


@pytest.mark.parametrize(("language", "words"), ZONES.items())
def test_the_zone_is_named_when_asked(language: str, words: str) -> None:
    moment = local(2026, 3, 24, 10)
    assert phrase_date(moment, language, now=THURSDAY, aside=phrase_zone(moment, language)) == words


LONDON, TOKYO, HONOLULU = (ZoneInfo(name) for name in ("Europe/London", "Asia/Tokyo", "Pacific/Honolulu"))
THEIRS = {
    "nl": (LONDON, 10, "nl", "jou", "bij jou 9:00 uur"),
    "nl, formal": (LONDON, 10, "nl", "u", "bij u 9:00 uur"),
    "en": (LONDON, 10, "en", "", "9:00 your time"),
    "de": (LONDON, 10, "de", "Ihnen", "bei Ihnen 9:00 Uhr"),
    "nl, the day after": (TOKYO, 17, "nl", "jou", "bij jou woensdag om 1:00 uur"),
    "en, the day before": (HONOLULU, 9, "en", "", "Monday at 22:00 your time"),
    "de, the day after": (TOKYO, 17, "de", "dir", "bei dir Mittwoch um 1:00 Uhr"),
}


@pytest.mark.parametrize(("zone", "hour", "language", "reader", "words"), THEIRS.values(), ids=THEIRS)
def test_a_moment_is_said_by_the_readers_clock(
    zone: ZoneInfo, hour: int, language: str, reader: str, words: str
) -> None:
    moment = local(2026, 3, 24, hour)
    assert phrase_theirs(moment.astimezone(zone), language, day=moment.date(), reader=reader) == words


WHENS = {
    "this afternoon": (local(2026, 3, 19, 13), "nl", True, When("vanmiddag om 13:00 uur", "vanmiddag om 13:00 uur")),
    "this morning without the time": (local(2026, 3, 19, 8), "en", False, When("this morning", "this morning")),
    "this evening": (local(2026, 3, 19, 19), "de", False, When("heute Abend", "heute Abend")),
    "yesterday is a weekday": (local(2026, 3, 18, 13), "nl", False, When("afgelopen woensdag", "afgelopen woensdag")),
    "six days ago in English": (local(2026, 3, 13, 13), "en", False, When("last Friday", "last Friday")),
    "six days ago in German": (local(2026, 3, 13, 13), "de", False, When("letzten Freitag", "am letzten Freitag")),
    "a week ago is a date": (local(2026, 3, 12, 13), "nl", False, When("donderdag 12 maart", "op donderdag 12 maart")),
    "a whole day": (date(2026, 3, 3), "en", True, When("Tuesday 3 March", "on Tuesday 3 March")),
    "today as a whole day": (date(2026, 3, 19), "nl", True, When("donderdag 19 maart", "op donderdag 19 maart")),
    "to come, with its time": (
        local(2026, 4, 7, 10),
        "nl",
        True,
        When("dinsdag 7 april om 10:00 uur", "op dinsdag 7 april om 10:00 uur"),
    ),
    "last year": (
        local(2025, 12, 30, 10),
        "nl",
        False,
        When("dinsdag 30 december 2025", "op dinsdag 30 december 2025"),
    ),
}


@pytest.mark.parametrize(("moment", "language", "timed", "when"), WHENS.values(), ids=WHENS)
def test_a_day_is_named_as_seen_from_now(moment: datetime | date, language: str, timed: bool, when: When) -> None:  # noqa: FBT001  a table column
    assert phrase_when(moment, language, now=THURSDAY, with_time=timed) == when
