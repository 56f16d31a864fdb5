"""Which clock somebody else lives by, as far as the Date headers of their mail tell.

A header gives an offset, not a zone: -04:00 in July is New York and also La Paz, which part ways in November. So an hour
of theirs is only stated where all places on earth that fit their mails agree on it; nobody can be told a wrong hour. Who
writes from two clocks that no place has both, travels: then nothing is stated. Offset zero tells nothing, because many
servers write UTC for people next door. Never reads a clock. In: moments of their mail. Out: moments by their clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

_MAILS_THAT_TELL = 30


@dataclass(frozen=True, slots=True)
class TheirClock:
    """A clock that differs from the owner's. `seen` are moments in the offset their mails gave them, the newest first."""

    seen: tuple[datetime, ...]

    def certain(self, moment: datetime) -> datetime | None:
        """The moment by their clock; None when it cannot be known."""
        offsets = {moment.astimezone(place).utcoffset() for place in self._places()}
        if len(offsets) != 1 or (offset := offsets.pop()) is None:
            return None
        return moment.astimezone(timezone(offset))

    def roughly(self, moment: datetime) -> datetime | None:
        """The moment by their clock, an hour wrong perhaps: good enough to spare them the night. None for who travels."""
        return moment.astimezone(self.seen[0].tzinfo) if self._places() else None

    def _places(self) -> tuple[ZoneInfo, ...]:
        return _places_with(tuple((moment.astimezone(UTC), moment.utcoffset()) for moment in self.seen))


def their_clock(sent: Iterable[datetime], owner: ZoneInfo) -> TheirClock | None:
    """The clock behind moments of their mails (aware, the newest first); None when it shows what the owner's shows."""
    seen = tuple(moment for moment in sent if moment.utcoffset())[:_MAILS_THAT_TELL]
    if not seen or seen[0].utcoffset() == seen[0].astimezone(owner).utcoffset():
        return None
    return TheirClock(seen)


@lru_cache(maxsize=64)
def _places_with(seen: tuple[tuple[datetime, timedelta | None], ...]) -> tuple[ZoneInfo, ...]:
    """The zones that had these offsets at these moments. The offsets stand apart: moments are equal whatever theirs is."""
    return tuple(
        place
        for place in _inhabited()
        if all(moment.astimezone(place).utcoffset() == offset for moment, offset in seen)
    )


@lru_cache(maxsize=1)
def _inhabited() -> tuple[ZoneInfo, ...]:
    """The zones in which people live (Unicode CLDR), none of the technical ones."""
    return tuple(zone for name in sorted(get_global("zone_territories")) if (zone := _zone(name)))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
