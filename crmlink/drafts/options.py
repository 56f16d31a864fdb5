"""Chooses the date options for a draft: free moments a busy person would really propose.

Decides which moments to offer; never reads a calendar or a clock. In: the owner's diary and what is wanted. Out: at most
as many options as asked, on different days, in order of time, possibly fewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from crmlink.drafts.clocks import TheirClock
from crmlink.drafts.diary import Diary, is_free
from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy

MEETING_LENGTH = timedelta(minutes=60)
CALL_LENGTH = timedelta(minutes=30)

_GRID = timedelta(minutes=30)
_NOON = time(13, 0)
_LUNCH = (time(12, 30), time(13, 30))
_LONGEST_BESIDE_LUNCH = timedelta(hours=3)
_MARGIN = timedelta(minutes=30)
_MORNING_FAVOURITE = 10.0
_AFTERNOON_FAVOURITE = 14.0
_THEIR_DAY = (8.0, 18.0)
_PER_HOUR_OFF = 8.0
_THEIR_WAKING = (7.0, 22.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which moments are looked for: `count` of this `duration`, asked for at `after` (aware).

    `near` is the moment of the broken meeting: its weekday and hour are preferred. `place` is where it would be, empty
    when nobody has to go anywhere. `until` is the last day to offer; no moment is offered from `not_on[0]` to `not_on[1]`.
    `clock` is the other's, when it differs: they are spared its night.
    """

    after: datetime
    duration: timedelta
    count: int
    near: datetime | None = None
    place: str = ""
    until: date | None = None
    not_on: tuple[date, date] | None = None
    clock: TheirClock | None = None

    def allows(self, day: date) -> bool:
        """Whether moments may be offered on this day."""
        beyond = self.until is not None and day > self.until
        return not beyond and not (self.not_on and self.not_on[0] <= day <= self.not_on[1])


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the next option should look like: the broken meeting's weekday and hour, and the wanted half of the day."""

    weekday: int | None
    hour: float | None
    morning: bool

    def favourite(self, *, morning: bool) -> float:
        if self.hour is not None and (self.hour < _NOON.hour) == morning:
            return self.hour
        return _MORNING_FAVOURITE if morning else _AFTERNOON_FAVOURITE


@dataclass(frozen=True, slots=True)
class _Slot:
    """A free moment, and how unattractive it is by itself: late in the period, tight, early or late by their clock."""

    option: Option
    cost: float

    def cost_for(self, wish: _Wish, used: set[date]) -> float:
        """With its weekday, its hour and the days chosen already."""
        start = self.option.start
        hour, morning = _hour(start), _is_morning(start)
        cost = self.cost + abs(hour - wish.favourite(morning=morning)) * 0.75
        cost += 3.0 if morning != wish.morning else 0.0
        cost -= 3.0 if start.weekday() == wish.weekday and hour == wish.hour else 0.0
        return cost + 2.0 * sum(abs((day - start.date()).days) == 1 for day in used)


def find_options(diary: Diary, wanted: Wanted) -> tuple[Option, ...]:
    """The moments to offer, in the owner's zone. Mornings and afternoons alternate where the diary allows it."""
    slots = tuple(_slots(diary, wanted))
    wish = _first_wish(wanted.near, diary.policy)
    chosen: list[Option] = []
    while len(chosen) < wanted.count:
        used = {option.start.date() for option in chosen}
        left = [slot for slot in slots if slot.option.start.date() not in used]
        if not left:
            break
        chosen.append(min(left, key=lambda slot: (slot.cost_for(wish, used), slot.option.start)).option)
        wish = _Wish(wish.weekday, wish.hour, morning=not _is_morning(chosen[-1].start))
    return tuple(sorted(chosen, key=lambda option: option.start))


def _slots(diary: Diary, wanted: Wanted) -> Iterator[_Slot]:
    days = (day for day in diary.days_to_offer(wanted.after) if wanted.allows(day)) if wanted.count else ()
    for place_in_period, day in enumerate(days):
        blocks = diary.blocks_on(day)
        for option in _moments_of(day, wanted.duration, diary.policy):
            hours_off = _off_their_day(option, wanted.clock)
            if hours_off is not None and _fits(option, blocks, wanted.place):
                tight = not _fits(option, blocks, wanted.place, _MARGIN)
                yield _Slot(option, place_in_period + _PER_HOUR_OFF * hours_off + tight)


def _fits(option: Option, blocks: tuple[Interval, ...], place: str, margin: timedelta = timedelta()) -> bool:
    return is_free(option.start, option.end, blocks, place=place, margin=margin)


def _moments_of(day: date, duration: timedelta, policy: Policy) -> Iterator[Option]:
    """Every half hour of the owner's working hours at which a meeting of this length could begin."""
    for opens, closes in policy.working_hours.on(day.weekday()):
        moment, end = _on_grid(datetime.combine(day, opens)), datetime.combine(day, closes)
        while moment < end:
            option = _option(moment, duration, policy)
            if option is not None and option.end.replace(tzinfo=None) <= end:
                yield option
            moment += _GRID


def _on_grid(moment: datetime) -> datetime:
    """The first whole or half hour at or after this wall time."""
    over = (moment - datetime.combine(moment.date(), time())) % _GRID
    return moment + (_GRID - over) if over else moment


def _option(wall: datetime, duration: timedelta, policy: Policy) -> Option | None:
    """The option that begins at this wall time; None in lunch time and at times a clock change skips or repeats."""
    start = wall.replace(tzinfo=policy.zone)
    end = (start.astimezone(UTC) + duration).astimezone(policy.zone)
    if start.utcoffset() != start.replace(fold=1).utcoffset() or start.utcoffset() != end.utcoffset():
        return None
    over_lunch = wall.time() < _LUNCH[1] and end.replace(tzinfo=None) > datetime.combine(wall.date(), _LUNCH[0])
    if over_lunch and duration <= _LONGEST_BESIDE_LUNCH:
        return None
    return Option(start, end)


def _off_their_day(option: Option, clock: TheirClock | None) -> float | None:
    """How many hours of it lie outside their working day; None when it would keep them from their sleep."""
    theirs = clock.roughly(option.start) if clock else None
    if theirs is None:
        return 0.0
    first = _hour(theirs)
    last = first + (option.end.astimezone(UTC) - option.start.astimezone(UTC)) / timedelta(hours=1)
    if first < _THEIR_WAKING[0] or last > _THEIR_WAKING[1]:
        return None
    return max(0.0, _THEIR_DAY[0] - first) + max(0.0, last - _THEIR_DAY[1])


def _first_wish(near: datetime | None, policy: Policy) -> _Wish:
    if near is None:
        return _Wish(None, None, morning=True)
    local = near.astimezone(policy.zone)
    return _Wish(local.weekday(), _hour(local), morning=_is_morning(local))


def _hour(moment: datetime) -> float:
    return moment.hour + moment.minute / 60


def _is_morning(moment: datetime) -> bool:
    return moment.time() < _NOON
