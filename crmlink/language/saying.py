"""The circumstances in which words about time are said, which every rule of the date grammar is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crmlink.language.date_lexicon import Lexicon
from crmlink.model.workdays import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Saying:
    """`at` is the aware moment in the owner's zone; the lexicon brings what differs between languages."""

    at: datetime
    calendar: WorkingCalendar
    words: Lexicon
