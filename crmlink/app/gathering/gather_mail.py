"""Reads the mailbox: what is new, item by item, into the cache; and from there all mail of the window.

One broken item is a problem beside the results. A mailbox that cannot be read ends the pass: without it nothing may be
said. Every message comes out of the cache, also one that was only just read, so that all passes see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from crmlink.app.gathering.crew import Crew
from crmlink.app.gathering.gather import Health, Progress, SourceReport, Window
from crmlink.app.gathering.read_carefully import CarefulReader
from crmlink.cache.mail import KeptMail, MailCache, ReadMail, Written, written
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role
from crmlink.model.problem import Problem
from crmlink.sources.port import FolderRead, MailSource, RawMessage


@dataclass(frozen=True, slots=True)
class GatheredMail:
    """All mail of the window, each with its message. Where not `complete`, absence of an answer proves nothing."""

    mails: tuple[ReadMail, ...]
    report: SourceReport
    problems: tuple[Problem, ...] = ()
    complete: bool = True

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages, copies of the same one in several folders not merged yet."""
        return tuple(one.message for one in self.mails if one.message)


@dataclass(slots=True)
class _Window:
    """The mails of the window as they come out of the cache."""

    window: Window
    mails: list[ReadMail] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unseen: dict[int, tuple[MessageId, datetime]] = field(default_factory=dict)

    def add(self, kept: KeptMail) -> None:
        self.problems += kept.read.problems
        message = kept.read.message
        if message is None or not self.window.since <= message.sent_at <= self.window.now:
            return
        self.mails.append(kept.read)
        if not kept.seen:
            self.unseen[kept.number] = (message.id, kept.received_at or message.sent_at)

    def new(self, known: set[MessageId], since: datetime | None) -> int:
        """How many messages no earlier pass had, not counting what only moved. Older than `since` is not new either."""
        return len({name for name, at in self.unseen.values() if name not in known and (since is None or at > since)})


def gather_mail(
    source: MailSource,
    cache: MailCache,
    reader: CarefulReader,
    window: Window,
    progress: Progress,
    *,
    last: datetime | None,
) -> GatheredMail:
    """All messages of the window. `last` is when an earlier pass last succeeded.

    Raises:
        SourceError, LoginError, UntrustedError: the mailbox cannot be read.
    """
    changes = source.changes(cache, since=window.since.date(), sparing=reader.reader.sparing)
    inside = _Window(window)
    with Crew(reader.reader, reader.trusts) as crew:
        lost = _read(crew.ahead_of(changes.items), cache, reader, inside, partial(progress, source.name))
    for kept in cache.mails():
        inside.add(kept)
    # An account that was read before the cache was begun: then only dates tell what is new.
    new = inside.new(cache.gone | cache.seen_before(), None if cache.begun else last)
    cache.mark_seen(inside.unseen)
    cache.prune(complete=not changes.truncated)
    problems = (*inside.problems, *changes.problems)
    complete = not (changes.truncated or lost)
    health = Health.OK if complete else Health.DOUBTFUL
    left_alone = reader.careful.left_alone(source.name)
    report = SourceReport(source.name, health, len(inside.mails), new, changes.truncated, left_alone)
    return GatheredMail(tuple(inside.mails), report, problems, complete)


def _read(
    items: Iterable[tuple[RawMessage | FolderRead, Written | None]],
    cache: MailCache,
    reader: CarefulReader,
    inside: _Window,
    progress: Callable[[int], None],
) -> bool:
    """Read what is new into the cache. Gives whether a sent mail is lost: then nobody can say what was not answered."""
    lost = False
    again: set[str] = set()
    count = 0
    for item, done in items:
        match item:
            case RawMessage() if done is not None:
                cache.put(item.folder, item.key, item.received_at, done)
                count += 1
                progress(count)
            case RawMessage():
                outcome = reader.read(item)
                hidden = item.role is Role.SENT and outcome.read.message is None and bool(item.raw.strip())
                lost = lost or hidden
                inside.problems += (outcome.problem,) if outcome.problem else ()
                if outcome.final and not hidden:
                    cache.put(item.folder, item.key, item.received_at, written(outcome.read))
                else:
                    again.add(item.folder)
                    inside.add(KeptMail(0, outcome.read, item.received_at, seen=True))
                count += 1
                progress(count)
            case FolderRead():
                # Without a word on the folder the next pass looks at all of it, and meets what was not kept.
                stand = "" if item.folder in again else item.stand
                cache.settle(item.folder, item.role, stand, item.gone)
    return lost
