"""The desk: what all letters of one pass share. A value; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.diary import Diary
from crmlink.model.contact import Owner
from crmlink.model.draft import Option
from crmlink.model.ids import LapseId
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of one pass share.

    `now` is aware; `render` turns facts into text and may raise `TemplateError`; `languages` are those it has templates
    for. `busy`, `absent`, `taken` and `known_until` are as in `Diary`; moments are offered only when `calendar_known`.
    `calendar_set` says whether there is a calendar at all. `editions` counts how often the owner wanted another draft
    about a lapse after all.
    """

    owner: Owner
    policy: Policy
    now: datetime
    render: Callable[[LetterFacts], str]
    languages: frozenset[str]
    busy: tuple[Interval, ...] = ()
    calendar_known: bool = False
    taken: tuple[Option, ...] = ()
    editions: Mapping[LapseId, int] = field(default_factory=dict)
    absent: tuple[Interval, ...] = ()
    known_until: datetime | None = None
    calendar_set: bool = True

    @property
    def diary(self) -> Diary:
        """What is known of the owner's time."""
        return Diary(self.policy, self.busy, self.absent, self.taken, self.known_until)
