"""Whatever is said about time, it is read without an error, in order, and quoted exactly."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from crmlink.language.date_lexicon import lexicon
from crmlink.language.dates import LANGUAGES, find_dates
from crmlink.model.workdays import WorkingCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CALENDAR = WorkingCalendar(AMSTERDAM, "")
PHRASES = sorted({" ".join(e.words) for name in LANGUAGES for found in lexicon(name).entries.values() for e in found})
NUMBERS = [
    "0",
    "1",
    "9",
    "24",
    "29",
    "31",
    "60",
    "730",
    "999",
    "2026",
    "9999",
    "29-2",
    "31.4.",
    "9999-12-31",
    "24:00",
    "12.30",
]
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(AMSTERDAM))  # noqa: DTZ001 - the bounds must be naive
WORDS = st.lists(st.one_of(st.sampled_from(PHRASES), st.sampled_from(NUMBERS), st.text(max_size=3)), max_size=8)


@given(words=WORDS, language=st.sampled_from(LANGUAGES), said_at=MOMENTS)
def test_any_words_are_read_in_order_and_quoted_exactly(words: list[str], language: str, said_at: datetime) -> None:
    text = " ".join(words)
    found = find_dates(text, language=language, said_at=said_at, calendar=CALENDAR)
    position = 0
    for mention in found:
        assert mention.offset >= position
        position = mention.offset + len(mention.quote)
        assert text[mention.offset : position] == mention.quote != ""
        assert mention.end is None or mention.end >= mention.start
        assert mention.deadline.tzinfo is mention.start.tzinfo is AMSTERDAM
