"""Brings the outside in: what a pass looks at, and how reading each source went.

The mailbox is read in `gather_mail`, the calendars in `gather_calendars`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crmlink.model.errors import CrmlinkError
from crmlink.model.meeting import Agenda, Event
from crmlink.model.problem import Problem

# How far ahead meetings are watched; options are looked for well inside it.
AHEAD = timedelta(days=92)
# An occurrence that began before the look-back may still reach into it.
BEFORE = timedelta(days=7)

Progress = Callable[[str, int], None]
"""Told the name of a source and how many items were read so far."""


class Health(StrEnum):
    """Whether a source can be trusted in this pass."""

    OK = "ok"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How reading one source went. `seen` counts items, `new` those that no earlier pass saw.

    `set_aside` counts what could not be read in several tries and is left alone.
    """

    name: str
    health: Health
    seen: int = 0
    new: int = 0
    truncated: bool = False
    set_aside: int = 0

    @property
    def trusted(self) -> bool:
        """Whether it was read completely."""
        return self.health is Health.OK


@dataclass(frozen=True, slots=True)
class Window:
    """What a pass looks at: mail since `since`, meetings until `until`; `now` is the moment it speaks of (all aware)."""

    now: datetime
    since: datetime

    @property
    def until(self) -> datetime:
        """The end of what is watched in the calendars."""
        return self.now + AHEAD


@dataclass(frozen=True, slots=True)
class GatheredAgenda:
    """All calendars of the window.

    `refused` is set when a calendar said no for good (login, certificate). `missing` are remembered
    events that vanished with most of their calendar so long ago that it counts as meant: nothing is concluded of them.
    """

    agenda: Agenda
    reports: tuple[SourceReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: CrmlinkError | None = None
    missing: tuple[Event, ...] = ()
