"""Reads one item at a time so that no item can stop a pass, and leaves alone what could not be read three times.

An item is a mail, the text of a mail, or a calendar resource. What breaks, takes too long, or took the whole process
down is counted in the ledger; after three tries it is skipped at once, until it changes or another crmlink comes. It
never looks into an item. In: an item's name and the function that reads it. Out: what that gave, or `Unread`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Final, TypeVar

from crmlink.app.clock import Clock
from crmlink.app.gathering.black_box import BlackBox
from crmlink.app.gathering.deadline import Limit, TooLongError, limited
from crmlink.ledger.quarantine import QuarantineStore
from crmlink.ledger.records import Unreadable
from crmlink.model.problem import Problem

TRIES: Final = 3
_BREAK: Final = "\x1f"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """What is read: `name` is stable over passes, `stamp` changes when the content does; `source` as in reports."""

    source: str
    name: str
    stamp: str

    @property
    def key(self) -> str:
        """The name by which the ledger knows it."""
        return f"{self.source};{self.name}"

    @property
    def kind(self) -> str:
        """Mail or calendar, as problem codes begin."""
        return self.source.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Unread:
    """It could not be read, and is `left_alone` from now on or not. The problem is None when that was told before."""

    problem: Problem | None = None
    left_alone: bool = True


class Careful:
    """Reads the items of one account in one pass."""

    def __init__(
        self, store: QuarantineStore, account: str, clock: Clock, box: BlackBox, limit: Limit | None = None
    ) -> None:
        self._store = store
        self._account = account
        self._clock = clock
        self._box = box
        self._limit = limit or Limit()
        self._release = version("crmlink")
        self._known = {one.item: one for one in store.all(account) if one.release == self._release}
        self._blame_the_last()

    def read(self, item: Item, reading: Callable[[], T]) -> T | Unread:
        """What `reading` gives, or that it could not be read. Raises only what stops the whole program."""
        known = self._known.get(item.key)
        if known is not None and known.stamp == item.stamp and known.tries >= TRIES:
            return Unread()
        self._box.write(f"{item.key}{_BREAK}{item.stamp}")
        try:
            with limited(self._limit):
                found = reading()
        except TooLongError:
            return self._failed(item, "it took too long")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other items must be read
            return self._failed(item, f"reading it broke: {type(error).__name__}")
        finally:
            self._box.write("")
        if known is not None:
            self._store.drop(self._account, item.key)
            del self._known[item.key]
        return found

    def suspects(self, item: Item) -> bool:
        """Whether the item could not be read in an earlier try."""
        return item.key in self._known

    def note_sender(self, item: Item, sender: str) -> None:
        """Whose mail it is that could not be read, for the list that `check` shows."""
        known = self._known.get(item.key)
        if known is not None and known.sender != sender:
            self._known[item.key] = replace(known, sender=sender)
            self._store.note(self._account, self._known[item.key])

    def left_alone(self, source: str) -> int:
        """How many items of that source are left alone."""
        return sum(one.tries >= TRIES and name.startswith(f"{source};") for name, one in self._known.items())

    def _failed(self, item: Item, reason: str) -> Unread:
        tries = self._count(item.key, item.stamp, reason)
        if tries >= TRIES:
            said = f"could not be read in {tries} tries ({reason}); it is left alone until it changes"
            hint = "look at it in your own program; `crmlink check` lists all that is left alone"
            return Unread(Problem(f"{item.kind}.quarantined", item.name, said, hint))
        said = f"could not be read ({reason}); try {tries} of {TRIES}"
        hint = "it is tried again at the next scan; if it stays so, report it with the name of the error"
        return Unread(Problem(f"{item.kind}.reading-broke", item.name, said, hint), left_alone=False)

    def _count(self, key: str, stamp: str, reason: str) -> int:
        known = self._known.get(key)
        before, sender = (known.tries, known.sender) if known and known.stamp == stamp else (0, "")
        noted = Unreadable(key, stamp, self._release, before + 1, reason, sender, self._clock())
        self._known[key] = noted
        self._store.note(self._account, noted)
        return noted.tries

    def _blame_the_last(self) -> None:
        """The item at which an earlier pass ended without a word has had a try."""
        key, _, stamp = self._box.last().partition(_BREAK)
        if key:
            self._count(key, stamp, "crmlink was ended while it read this")
        self._box.write("")
