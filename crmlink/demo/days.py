"""Turns the days of the invented week into real ones, so that it is always this week, weekends and holidays aside.

A moment is written "-5 14:05" (working days from today, local time), "+2 09:30", or "-3h" (hours before now). In a text,
`{day +2}` becomes that day in words, in the language of the text. Reads no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crmlink.drafts.dates import phrase_day
from crmlink.model.workdays import WorkingCalendar

_HOURS_AGO = re.compile(r"-(\d+)h")
_MARK = re.compile(r"\{([Dd])ay ([+-]\d+)\}")


@dataclass(frozen=True, slots=True)
class Days:
    """The days around `now` (aware, in the owner's zone)."""

    now: datetime
    workdays: WorkingCalendar

    def day(self, offset: str) -> date:
        """That many working days from today. Today itself has no name: it may be a day off."""
        count = int(offset)
        assert count, "a day is before or after today"
        return self.workdays.add_working_days(self.now.date(), count)

    def moment(self, words: str) -> datetime:
        """An aware moment in the owner's zone."""
        hours = _HOURS_AGO.fullmatch(words)
        if hours:
            return self.now - timedelta(hours=int(hours.group(1)))
        offset, _, clock = words.partition(" ")
        return datetime.combine(self.day(offset), time.fromisoformat(clock), self.now.tzinfo)

    def fill(self, text: str, language: str) -> str:
        """The text with its days in words; a capital D begins a sentence."""

        def words(mark: re.Match[str]) -> str:
            day = phrase_day(self.day(mark.group(2)), language, now=self.now)
            return day[0].upper() + day[1:] if mark.group(1) == "D" else day

        return _MARK.sub(words, text)
