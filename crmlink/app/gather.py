"""Brings the outside in: what a pass looks at, what it got, and the reading of the mailbox, item by item.

One broken item is a problem beside the results. A mailbox that cannot be read ends the pass: without it nothing may
be said. The calendars are read in `gather_calendars`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crmlink.facts.mime import read_message
from crmlink.model.contact import Owner
from crmlink.model.errors import CrmlinkError
from crmlink.model.mail import Message
from crmlink.model.meeting import Agenda, Event
from crmlink.model.policy import Policy
from crmlink.model.problem import Problem
from crmlink.sources.port import MailSource

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
    """How reading one source went. `seen` counts items, `new` those that no earlier pass saw."""

    name: str
    health: Health
    seen: int = 0
    new: int = 0
    truncated: bool = False

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
class GatheredMail:
    """All messages of the window. Where not `complete`, absence of an answer proves nothing."""

    messages: tuple[Message, ...]
    report: SourceReport
    problems: tuple[Problem, ...] = ()
    complete: bool = True


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


def gather_mail(
    source: MailSource, owner: Owner, policy: Policy, window: Window, progress: Progress, *, last: datetime | None
) -> GatheredMail:
    """All messages of the window. `last` is when an earlier pass last succeeded; mail received since counts as new.

    Raises:
        SourceError, LoginError, UntrustedError: the mailbox cannot be read.
    """
    changes = source.changes(None, since=window.since.date())
    messages: list[Message] = []
    problems: list[Problem] = []
    new = 0
    for number, raw in enumerate(changes.messages, start=1):
        progress(source.name, number)
        facts = read_message(raw.raw, owner=owner, zone=policy.zone, role=raw.role, received_at=raw.received_at)
        problems += facts.problems
        message = facts.message
        if message is None or message.sent_at > window.now or message.sent_at < window.since:
            continue
        messages.append(message)
        new += last is None or (raw.received_at or message.sent_at) > last
    problems += changes.problems
    complete = not changes.truncated
    report = SourceReport(
        source.name, Health.OK if complete else Health.DOUBTFUL, len(messages), new, changes.truncated
    )
    return GatheredMail(tuple(messages), report, tuple(problems), complete)
