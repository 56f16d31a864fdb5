"""When the owner cannot be at a meeting: an away block over it, another meeting at the same time, a public holiday.

Indexed once, by day. FREE or busy says nothing about an away block; its title does. It says what stands in the way,
never that the owner was not there. Meetings in an unknown zone, or at an hour at which nobody meets, are left alone: their
hours are a mistake more often than a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crmlink.agreements.attendance import accepted_by_me, everyone_of, moment, others_of
from crmlink.agreements.picture import Picture
from crmlink.facts.away import is_away
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Event, EventStatus

AWAY = "calendar.away"
AWAY_SERIES = "calendar.away-over-a-series"
DOUBLE = "calendar.double-booked"
DOUBLE_SERIES = "calendar.double-booked-with-a-series"
HOLIDAY = "calendar.public-holiday"

LONGEST_BLOCK = timedelta(days=400)
LONGEST_MEETING = timedelta(hours=8)
MOST_RIVALS = 100  # nobody has more at one time; a broken calendar may
LEAST_OVERLAP = timedelta(minutes=10)
PLAUSIBLE = (time(6), time(23))
_PLACE = re.compile(r"[A-Z][^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of a meeting, and since when the calendar shows it (aware, None when it does not tell)."""

    evidence: Evidence
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Taken:
    """The time a binding meeting takes, and with whom."""

    event: Event
    start: datetime
    end: datetime
    people: frozenset[str]

    def is_same(self, other: _Taken) -> bool:
        """Copies in two calendars, a block around a meeting, two entries for one group of people."""
        if self.event.uid == other.event.uid or self.event.title.casefold() == other.event.title.casefold():
            return True
        return self.people <= other.people or other.people <= self.people


class Absences:
    """The owner's absences and double bookings of one picture."""

    def __init__(self, picture: Picture, standing: Iterable[Event]) -> None:
        self._picture = picture
        self._away: dict[date, list[Event]] = {}
        self._made = {one.event.uid: one.first_seen_at for one in reversed(picture.remembered)}
        events = tuple(standing)
        for event in events:
            if is_away(event, owner=picture.owner):
                for day in _days(event, picture):
                    self._away.setdefault(day, []).append(event)
        self._rivals = self._double_bookings(events)

    def in_the_way(self, event: Event) -> Obstacle | None:
        """Why the owner cannot come to an accepted meeting: away first, then the meeting made earlier, then a holiday."""
        if not self._can_be_judged(event):
            return None
        block = self._block_over(event)
        if block:
            return Obstacle(_shown(_away_rule(event), block), self._known_at(block))
        earlier = [one for one in self.rivals(event) if self._age(one) < self._age(event)]
        if earlier:
            rival = min(earlier, key=lambda one: (one.recurrence_id is not None, self._age(one)))
            series = rival.recurrence_id is not None or event.recurrence_id is not None
            return Obstacle(_shown(DOUBLE_SERIES if series else DOUBLE, rival), self._known_at(event))
        day = moment(event.start, self._picture.policy.zone).date()
        workdays = self._picture.workdays
        if day.weekday() in workdays.weekdays and not workdays.is_working_day(day):
            what = f"{day.isoformat()} is a public holiday"
            return Obstacle(Evidence(HOLIDAY, EvidenceSource.CALENDAR, event.uid, what), None)
        return None

    def away_over(self, event: Event) -> Evidence | None:
        """The away block that covers the meeting."""
        block = self._block_over(event) if self._can_be_judged(event) else None
        return _shown(_away_rule(event), block) if block else None

    def rivals(self, event: Event) -> tuple[Event, ...]:
        """Other accepted meetings that overlap it."""
        return self._rivals.get((event.uid, event.recurrence_id), ())

    def _can_be_judged(self, event: Event) -> bool:
        return (
            not event.all_day
            and event.status is not EventStatus.TENTATIVE
            and event.zone_known
            and event.start_given
            and _length(event) < LONGEST_MEETING
            and not is_away(event, owner=self._picture.owner)
            and self._is_plausible(event)
        )

    def _is_plausible(self, event: Event) -> bool:
        return PLAUSIBLE[0] <= moment(event.start, self._picture.policy.zone).time() < PLAUSIBLE[1]

    def _block_over(self, event: Event) -> Event | None:
        zone = self._picture.policy.zone
        start = moment(event.start, zone)
        covering = [
            block
            for block in self._away.get(start.date(), ())
            if block.uid != event.uid
            and moment(block.start, zone) <= start < moment(block.end, zone)
            and not _is_on_the_way(event, block)
        ]
        return min(covering, key=lambda one: (str(one.start), one.uid), default=None)

    def _double_bookings(self, events: Iterable[Event]) -> dict[tuple[EventUid, str | None], tuple[Event, ...]]:
        candidates = [self._taken(one) for one in events if self._is_binding(one)]
        candidates.sort(key=lambda one: (one.start, one.event.uid, one.event.recurrence_id or ""))
        found: dict[tuple[EventUid, str | None], list[Event]] = {}
        for number, one in enumerate(candidates):
            for other in candidates[number + 1 : number + MOST_RIVALS]:
                if other.start > one.end - LEAST_OVERLAP:
                    break
                if other.end - other.start >= LEAST_OVERLAP and not one.is_same(other):
                    found.setdefault((one.event.uid, one.event.recurrence_id), []).append(other.event)
                    found.setdefault((other.event.uid, other.event.recurrence_id), []).append(one.event)
        return {key: tuple(others) for key, others in found.items()}

    def _taken(self, event: Event) -> _Taken:
        start, end = (moment(one, self._picture.policy.zone) for one in (event.start, event.end))
        return _Taken(event, start, end, frozenset(one.address for one in everyone_of(event, self._picture.owner)))

    def _is_binding(self, event: Event) -> bool:
        owner = self._picture.owner
        optional = any(one.optional for one in event.attendees if owner.is_me(one.address.address))
        return (
            event.busy
            and event.status is EventStatus.CONFIRMED
            and not optional
            and accepted_by_me(event, owner)
            and bool(others_of(event, owner))
            and self._can_be_judged(event)
        )

    def _age(self, event: Event) -> tuple[str, str]:
        known = self._known_at(event)
        return known.astimezone(self._picture.policy.zone).isoformat() if known else "", event.uid

    def _known_at(self, event: Event) -> datetime | None:
        return event.created_at or event.modified_at or self._made.get(event.uid)


def _away_rule(event: Event) -> str:
    """Who is on holiday often leaves a weekly meeting standing, and everybody in it knows."""
    return AWAY if event.recurrence_id is None else AWAY_SERIES


def _shown(rule: str, event: Event) -> Evidence:
    return Evidence(rule, EvidenceSource.CALENDAR, event.uid, event.title)


def _length(event: Event) -> timedelta:
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        return event.end - event.start
    return timedelta(days=1)


def _days(event: Event, picture: Picture) -> Iterator[date]:
    start, end = (moment(one, picture.policy.zone) for one in (event.start, event.end))
    day, last = start.date(), min(end, start + LONGEST_BLOCK).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _is_on_the_way(event: Event, block: Event) -> bool:
    """Whether the meeting is what the trip is for: "Reis Berlijn" and a visit in Berlin share the name of the place."""
    names = {name.casefold() for name in _PLACE.findall(f"{event.title} {event.location}")[0:20]}
    return any(
        name.casefold() in names for name in _PLACE.findall(block.title)[1 if block.title[:1].isupper() else 0 :]
    )
