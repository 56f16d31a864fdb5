"""When the owner is taken: the busy time of all calendars as merged spans, for finding free slots.

Doubt blocks: tentative events do, and an event in an unknown zone takes half a day on both sides. It never says that
time is free: an agenda that is not `trusted` knows nothing, whatever is listed here. In: an agenda, the owner, the
owner's zone. Out: spans in order, in UTC; those at one place do not touch each other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crmlink.facts.away import declined, is_away
from crmlink.facts.places import place_of
from crmlink.facts.recurrences import moment_of
from crmlink.model.contact import Owner
from crmlink.model.meeting import Agenda, Event, EventStatus, Interval

FARTHEST_ZONE: Final = timedelta(hours=14)
"""No clock on earth is further from UTC, nor hardly from the owner's."""


def busy(agenda: Agenda, *, owner: Owner, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The spans of everything that takes the owner's time, merged where the place is the same; days are days in `zone`."""
    return merged([span_of(event, zone=zone) for event in agenda.events if blocks(event, owner=owner)])


def absent(agenda: Agenda, *, owner: Owner, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The spans in which the owner is not there at all: away, or taken for whole days by something that does not recur.

    Who marks each Friday as a whole day busy has a habit, and is there.
    """
    blocking = (event for event in agenda.events if blocks(event, owner=owner))
    gone = [one for one in blocking if is_away(one, owner=owner) or (one.all_day and one.recurrence_id is None)]
    return merged([replace(span_of(event, zone=zone), place="") for event in gone])


def blocks(event: Event, *, owner: Owner) -> bool:
    """Whether the owner cannot do something else meanwhile: busy or away, not cancelled, not declined."""
    if event.status is EventStatus.CANCELLED or declined(event, owner):
        return False
    return event.busy or is_away(event, owner=owner)


def span_of(event: Event, *, zone: ZoneInfo) -> Interval:
    """From start to end of an event in UTC, and where; one in an unknown zone reaches over every hour it may be at.

    Nobody travels to a whole day, nor to a place at a time that nobody knows.
    """
    start = moment_of(event.start, zone).astimezone(UTC)
    end = moment_of(event.end, zone).astimezone(UTC)
    doubt = timedelta(0) if event.zone_known else FARTHEST_ZONE
    place = "" if event.all_day or doubt else place_of(event.location)
    return Interval(start - doubt, end + doubt, place)


def merged(spans: list[Interval]) -> tuple[Interval, ...]:
    """The same time at the same places in as few spans as possible, in order; spans without length take none."""
    found: list[Interval] = []
    for span in sorted(spans, key=lambda span: (span.place, span.start, span.end)):
        if span.start >= span.end:
            continue
        if found and span.place == found[-1].place and span.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(sorted(found, key=lambda span: (span.start, span.end, span.place)))
