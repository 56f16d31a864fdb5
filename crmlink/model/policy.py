"""The owner's policy: the settings the pure stages decide by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from crmlink.model.workdays import WorkingCalendar


class WhenTheyCancel(StrEnum):
    """What to do when the other side cancelled."""

    NOTHING = "nothing"
    DRAFT = "draft"


class Nudge(StrEnum):
    """What to do when others do not answer the owner's questions."""

    NOTHING = "nothing"
    DRAFT = "draft"


class Attention(StrEnum):
    """What to do when somebody falls silent beyond their own rhythm."""

    NOTHING = "nothing"
    DRAFT = "draft"


class Colleagues(StrEnum):
    """What accounts of one firm in one ledger tell each other."""

    NOTHING = "nothing"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Weekday (0 is Monday) to the spans worked that day, each a local start and end time."""

    spans: tuple[tuple[int, time, time], ...]

    def on(self, weekday: int) -> tuple[tuple[time, time], ...]:
        """The spans of that weekday in order, empty on a day off."""
        return tuple((start, end) for day, start, end in self.spans if day == weekday)


@dataclass(frozen=True, slots=True)
class Policy:
    """All that the owner may set about deciding. Days are working days where the name says so.

    `signature` is the text below every letter, `crm_bcc` the address that gets a copy of it once it is sent; empty: none.
    """

    zone: ZoneInfo
    language: str
    country: str
    working_hours: WorkingHours
    lookback: timedelta
    unanswered_after_working_days: int
    promise_grace: timedelta
    options: int
    max_drafts_per_day: int
    when_they_cancel: WhenTheyCancel
    ignore: frozenset[str]
    signature: str = ""
    crm_bcc: str = ""
    retention: timedelta = timedelta(days=90)
    colleagues: Colleagues = Colleagues.NOTHING
    nudge: Nudge = Nudge.NOTHING
    nudge_after_working_days: int = 10
    attention: Attention = Attention.NOTHING

    @property
    def workdays(self) -> WorkingCalendar:
        """The days the owner works: those with working hours, or any day when none are set; no public holidays."""
        weekdays = frozenset(day for day, _, _ in self.working_hours.spans) or frozenset(range(7))
        return WorkingCalendar(self.zone, self.country, weekdays=weekdays)
