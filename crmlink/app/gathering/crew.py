"""Reads mail in several processes at once: what takes a first pass over years of mail long is reading, not fetching.

A helper is a child process (`crew_child`) that is handed mails and gives back what is to be kept of them. Whatever goes
wrong there, the mail comes back unread and is read in this process with all care; so a helper can do no harm but to
have worked for nothing. Few mails are not worth the start of a helper. In: items as a source gives them. Out: the same
items in the same order, each with what a helper read of it, or None.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final, Self, cast

from crmlink.app.child_environment import without_settings
from crmlink.app.gathering.read import MailReader
from crmlink.cache.mail import Written
from crmlink.sources.port import FolderRead, RawMessage

WORTH_IT: Final = 400
"""So many mails are read here before helpers are called: about as long as one of them takes to start."""
MOST_HELPERS: Final = 3
"""Each takes some 80 MB: with more, a first pass would not fit into what a service is usually given."""
_BATCH: Final = 40
_BATCH_BYTES: Final = 2 * 1024 * 1024
_GOODBYE_SECONDS: Final = 5

Item = RawMessage | FolderRead
Done = tuple[Item, Written | None]


@dataclass(slots=True)
class _Batch:
    """Items in order, and which of them go to a helper. `helper` has them now; `found` is what it gave back."""

    items: list[Item] = field(default_factory=list)
    sent: list[RawMessage] = field(default_factory=list)
    size: int = 0
    helper: _Helper | None = None

    def add(self, item: Item, *, trusted: bool) -> None:
        self.items.append(item)
        if trusted and isinstance(item, RawMessage):
            self.sent.append(item)
            self.size += len(item.raw)

    @property
    def full(self) -> bool:
        return len(self.items) >= _BATCH or self.size >= _BATCH_BYTES

    def done(self) -> Iterator[Done]:
        """The items with what the helper read of them; waits for it."""
        found = self.helper.take() if self.helper and self.sent else []
        read = dict(zip((mail.key for mail in self.sent), found, strict=False))
        for item in self.items:
            yield item, read.get(item.key) if isinstance(item, RawMessage) else None


class Crew:
    """The helpers of one pass. `trusts` tells of a mail that nothing is known against; others never leave this process.

    Close it by leaving the block; it may be left at any time.
    """

    def __init__(self, reader: MailReader, trusts: Callable[[RawMessage], bool], size: int | None = None) -> None:
        self._reader = reader
        self._trusts = trusts
        self._size = min(_processors(), MOST_HELPERS) if size is None else size
        self._helpers: deque[_Helper] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self._helpers:
            helper.stop()

    def ahead_of(self, items: Iterable[Item]) -> Iterator[Done]:
        """Every item; from a certain number of mails on they are read ahead."""
        stream = iter(items)
        for count, item in enumerate(stream, 1):
            yield item, None
            if count >= WORTH_IT and self._size > 1:
                break
        yield from self._read_ahead(stream)

    def _read_ahead(self, stream: Iterator[Item]) -> Iterator[Done]:
        under_way: deque[_Batch] = deque()
        for batch in self._batches(stream):
            helper = self._free()
            if helper is not None and helper.busy:  # it has the oldest batch that is under way
                while helper.busy:
                    yield from under_way.popleft().done()
            batch.helper = helper
            if helper is not None and batch.sent:
                helper.give(batch.sent)
            under_way.append(batch)
        for batch in under_way:
            yield from batch.done()

    def _batches(self, stream: Iterator[Item]) -> Iterator[_Batch]:
        batch = _Batch()
        for item in stream:
            batch.add(item, trusted=isinstance(item, RawMessage) and self._trusts(item))
            if batch.full:
                yield batch
                batch = _Batch()
        if batch.items:
            yield batch

    def _free(self) -> _Helper | None:
        """The helper whose turn it is; they take turns, so that what comes back stays in order."""
        if len(self._helpers) < self._size:
            self._helpers.appendleft(_Helper(self._reader))
        self._helpers.rotate(-1)
        return self._helpers[-1]


def _processors() -> int:
    """How many this process may use; not every system tells, and then how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Helper:
    """One child process with at most one batch in hand. Once anything went wrong it gives nothing back any more."""

    def __init__(self, reader: MailReader) -> None:
        self.busy = False
        self._child: subprocess.Popen[bytes] | None = None
        with suppress(OSError):
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "crmlink.app.gathering.crew_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=without_settings(os.environ),
            )
        self._say(reader)

    def give(self, mails: list[RawMessage]) -> None:
        """Let it read these. Only when it is not busy: neither side may wait for the other to listen."""
        self.busy = True
        self._say(mails)

    def take(self) -> list[Written | None]:
        """What it read of them, None for a mail that it could not read; waits. Nothing at all when it broke."""
        self.busy = False
        if self._child is None:
            return []
        try:
            return cast("list[Written | None]", pickle.load(cast("IO[bytes]", self._child.stdout)))  # noqa: S301  our own child wrote it
        except Exception:  # noqa: BLE001 -- a pickle cut short may fail in any way
            self.stop()
            return []

    def stop(self) -> None:
        """End the child. May be called twice."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        child.wait(_GOODBYE_SECONDS)

    def _say(self, words: object) -> None:
        if self._child is None or self._child.stdin is None:
            return
        try:
            pickle.dump(words, self._child.stdin)
            self._child.stdin.flush()
        except OSError:
            self.stop()
