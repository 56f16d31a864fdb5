"""Who takes part in a meeting, seen from the owner."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from crmlink.model.contact import Address, Owner
from crmlink.model.meeting import Event, Participation


def others_of(event: Event, owner: Owner) -> tuple[Address, ...]:
    """The other people: the organizer first when it is not me, then who was invited and did not decline; no rooms."""
    invited = [
        one.address for one in event.attendees if not one.room and one.participation is not Participation.DECLINED
    ]
    people = [event.organizer, *invited] if event.organizer else invited
    unique = {one.address: one for one in reversed(people) if "@" in one.address and not owner.is_me(one.address)}
    return tuple(reversed(unique.values()))


def organized_by_me(event: Event, owner: Owner) -> bool:
    """Whether cancelling is the owner's to do: the organizer is me, or the event names none."""
    return event.organizer is None or owner.is_me(event.organizer.address)


def my_participation(event: Event, owner: Owner) -> Participation | None:
    """The owner's answer to the invitation; None when the owner is not among the attendees."""
    return next((one.participation for one in event.attendees if owner.is_me(one.address.address)), None)


def moment(when: datetime | date, zone: ZoneInfo) -> datetime:
    """An aware moment for a start or end in the owner's zone; a date counts from its midnight."""
    return when.astimezone(zone) if isinstance(when, datetime) else datetime.combine(when, time(), zone)
