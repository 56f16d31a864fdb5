"""The desk: what all letters of one pass share. A value; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crmlink.drafts.context import LetterFacts
from crmlink.model.contact import Owner
from crmlink.model.draft import Option
from crmlink.model.ids import LapseId
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Desk:
    """What all letters of one pass share.

    `now` is aware; `busy` is what blocks the owner's time, used only when `calendar_known`. `render` turns facts into
    text and may raise `TemplateError`; `languages` are those it has templates for. `taken` are options of open drafts.
    `editions` counts how often the owner wanted another draft about a lapse after all.
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
