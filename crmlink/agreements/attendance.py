"""Who takes part in a meeting, seen from the owner."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from crmlink.facts.people import is_resource
from crmlink.model.contact import Address, Owner
from crmlink.model.meeting import Event, Participation


def others_of(event: Event, owner: Owner) -> tuple[Address, ...]:
    """The other people: the organizer first when it is not me, then who was invited and did not decline; no rooms."""
    coming = [
        one.address for one in event.attendees if not one.room and one.participation is not Participation.DECLINED
    ]
    return _others(event, owner, coming)


def everyone_of(event: Event, owner: Owner) -> tuple[Address, ...]:
    """The other people, those who declined as well."""
    return _others(event, owner, [one.address for one in event.attendees if not one.room])


def _others(event: Event, owner: Owner, invited: list[Address]) -> tuple[Address, ...]:
    people = [event.organizer, *invited] if event.organizer else invited
    unique = {one.address: one for one in reversed(people) if _is_other(one.address, owner)}
    return tuple(reversed(unique.values()))


def _is_other(address: str, owner: Owner) -> bool:
    return "@" in address and not owner.is_me(address) and not is_resource(address)


def organized_by_me(event: Event, owner: Owner) -> bool:
    """Whether cancelling is the owner's to do: the organizer is me, or the event names none."""
    return event.organizer is None or owner.is_me(event.organizer.address)


def my_participation(event: Event, owner: Owner) -> Participation | None:
    """The owner's answer to the invitation; None when the owner is not among the attendees."""
    return next((one.participation for one in event.attendees if owner.is_me(one.address.address)), None)


def their_participations(event: Event, owner: Owner) -> frozenset[Participation]:
    """The answers of the other people, rooms aside."""
    return frozenset(
        one.participation for one in event.attendees if not one.room and not owner.is_me(one.address.address)
    )


def accepted_by_me(event: Event, owner: Owner) -> bool:
    """Whether the owner is bound: organised it, or said yes."""
    return organized_by_me(event, owner) or my_participation(event, owner) is Participation.ACCEPTED


def accepted_by_them(event: Event, owner: Owner) -> bool:
    """Whether the other side is bound: organised it, said yes, or was written down without being asked (no ORGANIZER)."""
    if event.organizer is None or not owner.is_me(event.organizer.address):
        return True
    return Participation.ACCEPTED in their_participations(event, owner)


def moment(when: datetime | date, zone: ZoneInfo) -> datetime:
    """An aware moment for a start or end in the owner's zone; a date counts from its midnight."""
    return when.astimezone(zone) if isinstance(when, datetime) else datetime.combine(when, time(), zone)
