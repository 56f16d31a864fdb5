"""Chooses the date options for a draft: free moments a busy person would really propose.

Decides which moments to offer; never reads a calendar or a clock. In: busy intervals, the moment of asking, the length
of the meeting and the owner's policy. Out: at most as many options as asked, in order of time, possibly fewer.

Notice: at least one whole working day lies between the day of asking and the first day that is offered. Asked on a
Tuesday, the first day is Thursday; asked in the weekend, Tuesday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from crmlink.model.draft import Option
from crmlink.model.meeting import Interval
from crmlink.model.policy import Policy
from crmlink.model.workdays import WorkingCalendar

MEETING_LENGTH = timedelta(minutes=60)
CALL_LENGTH = timedelta(minutes=30)

_NOTICE_WORKING_DAYS = 1
_HORIZON = timedelta(days=21)
_GRID = timedelta(minutes=30)
_NOON = time(13, 0)
_LUNCH = (time(12, 30), time(13, 30))
_LONGEST_BESIDE_LUNCH = timedelta(hours=3)
_MARGIN = timedelta(minutes=30)
_MORNING_FAVOURITE = 10.0
_AFTERNOON_FAVOURITE = 14.0


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


def find_options(  # noqa: PLR0913  the facts are unlike each other; a bundle for them would only hide that
    *,
    busy: tuple[Interval, ...],
    after: datetime,
    duration: timedelta,
    policy: Policy,
    count: int,
    near: datetime | None = None,
    taken: tuple[Option, ...] = (),
    until: date | None = None,
) -> tuple[Option, ...]:
    """At most `count` free options of `duration`, on different days, in the owner's zone and in order of time.

    `busy` and `taken` (options of other open drafts) are never overlapped. `near` is the moment of the broken meeting:
    its weekday and hour are preferred. Mornings and afternoons alternate where the agenda allows it. `until` is the last
    day to offer, three weeks ahead when it is None.
    """
    if not policy.working_hours.spans:
        return ()
    blocked = _blocked(busy, taken, after)
    days = tuple(day for day in _days(after, policy) if until is None or day <= until)
    wish = _first_wish(near, policy)
    chosen: list[Option] = []
    slots = [(place, slot) for place, day in enumerate(days) for slot in _free_slots(day, duration, blocked, policy)]
    while len(chosen) < count:
        used = {option.start.date() for option in chosen}
        left = [(place, slot) for place, slot in slots if slot.start.date() not in used]
        if not left:
            break
        chosen.append(min(left, key=lambda item: (_cost(item, wish, used, blocked), item[1].start))[1])
        wish = _Wish(wish.weekday, wish.hour, morning=not _is_morning(chosen[-1].start))
    return tuple(sorted(chosen, key=lambda option: option.start))


def working_day_after(moment: datetime, policy: Policy, count: int) -> date:
    """The `count`-th day of the ordinary working week after this moment's day, or the owner's next working day then.

    Counted by Monday to Friday, not by the owner's week: who works on Wednesdays only need not wait a fortnight.
    """
    ordinary, own = WorkingCalendar(policy.zone, policy.country), policy.workdays
    day = ordinary.add_working_days(moment.astimezone(policy.zone).date(), count)
    return day if own.is_working_day(day) else own.add_working_days(day, 1)


def _blocked(busy: tuple[Interval, ...], taken: tuple[Option, ...], after: datetime) -> tuple[Interval, ...]:
    """What blocks time inside the period, in UTC.

    Two moments of one zone are compared by wall clock, which goes wrong in a night the clock changes; those of UTC not.
    """
    spans = [(item.start, item.end) for item in busy] + [(option.start, option.end) for option in taken]
    first, last = after.astimezone(UTC), after.astimezone(UTC) + _HORIZON + timedelta(days=2)
    inside = ((start.astimezone(UTC), end.astimezone(UTC)) for start, end in spans)
    return tuple(Interval(start, end) for start, end in inside if end >= first and start <= last)


def _days(after: datetime, policy: Policy) -> Iterator[date]:
    calendar = policy.workdays
    day = working_day_after(after, policy, _NOTICE_WORKING_DAYS + 1)
    last = after.astimezone(policy.zone).date() + _HORIZON
    while day <= last:
        if calendar.is_working_day(day):
            yield day
        day += timedelta(days=1)


def _free_slots(day: date, duration: timedelta, blocked: tuple[Interval, ...], policy: Policy) -> Iterator[Option]:
    for opens, closes in policy.working_hours.on(day.weekday()):
        moment = _on_grid(datetime.combine(day, opens))
        while moment.time() < closes and moment.date() == day:
            slot = _slot(moment, duration, policy)
            if (
                slot is not None
                and slot.end.replace(tzinfo=None) <= datetime.combine(day, closes)
                and _is_free(slot, blocked)
            ):
                yield slot
            moment += _GRID


def _on_grid(moment: datetime) -> datetime:
    """The first whole or half hour at or after this wall time."""
    over = (moment - datetime.combine(moment.date(), time())) % _GRID
    return moment + (_GRID - over) if over else moment


def _slot(wall: datetime, duration: timedelta, policy: Policy) -> Option | None:
    """The option that begins at this wall time; None in lunch time and at times a clock change skips or repeats."""
    start = wall.replace(tzinfo=policy.zone)
    end = (start.astimezone(UTC) + duration).astimezone(policy.zone)
    if start.utcoffset() != start.replace(fold=1).utcoffset() or start.utcoffset() != end.utcoffset():
        return None
    over_lunch = wall.time() < _LUNCH[1] and end.replace(tzinfo=None) > datetime.combine(wall.date(), _LUNCH[0])
    if over_lunch and duration <= _LONGEST_BESIDE_LUNCH:
        return None
    return Option(start, end)


def _is_free(slot: Option, blocked: tuple[Interval, ...], margin: timedelta = timedelta()) -> bool:
    start, end = slot.start.astimezone(UTC) - margin, slot.end.astimezone(UTC) + margin
    return not any(item.start < end and start < max(item.end, item.start + timedelta(minutes=1)) for item in blocked)


def _first_wish(near: datetime | None, policy: Policy) -> _Wish:
    if near is None:
        return _Wish(None, None, morning=True)
    local = near.astimezone(policy.zone)
    return _Wish(local.weekday(), local.hour + local.minute / 60, morning=_is_morning(local))


def _is_morning(moment: datetime) -> bool:
    return moment.time() < _NOON


def _cost(item: tuple[int, Option], wish: _Wish, used: set[date], blocked: tuple[Interval, ...]) -> float:
    """How unattractive a slot is: late in the period, at an odd hour, next to a chosen day, tight in the agenda."""
    place, slot = item
    hour = slot.start.hour + slot.start.minute / 60
    morning = _is_morning(slot.start)
    cost = place * 1.0
    cost += abs(hour - wish.favourite(morning=morning)) * 0.75
    cost += 3.0 if morning != wish.morning else 0.0
    cost -= 3.0 if slot.start.weekday() == wish.weekday and hour == wish.hour else 0.0
    cost += 2.0 * sum(abs((day - slot.start.date()).days) == 1 for day in used)
    cost += 0.0 if _is_free(slot, blocked, _MARGIN) else 1.0
    return cost
