"""Writes an event of the invented week as iCalendar text (RFC 5545), for a calendar or for a mail about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from crmlink.demo.days import Days
from crmlink.demo.script import Booking
from crmlink.model.contact import Address


def event_uid(booking: Booking) -> str:
    """The UID of the event: the same in the calendar and in mail."""
    return f"{booking.name}@{booking.organizer.domain}"


def calendar_text(booking: Booking, days: Days, owner: Address, *, method: str = "") -> str:
    """One calendar object with this event; `method` only for mail (RFC 5546)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lindenhof//Agenda//NL")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    calendar.add_component(_event(booking, days, owner))
    return str(calendar.to_ical(), "utf-8")


def _event(booking: Booking, days: Days, owner: Address) -> Event:
    made = days.moment(booking.made)
    changed = days.moment(booking.changed) if booking.changed else made
    event = Event()
    event.add("uid", event_uid(booking))
    event.add("summary", booking.title)
    for name, moment in (("dtstamp", changed), ("created", made), ("last-modified", changed)):
        event.add(name, moment)
    _add_time(event, booking, days)
    event.add("status", "CANCELLED" if booking.cancelled else "CONFIRMED")
    event.add("sequence", int(booking.cancelled))
    if booking.location:
        event.add("location", booking.location)
    if booking.weekly:
        event.add("rrule", {"freq": "weekly", "count": 6})
    if booking.guests:
        _add_people(event, booking, owner)
    return event


def _add_time(event: Event, booking: Booking, days: Days) -> None:
    if booking.days:
        first, after = (days.day(offset) for offset in booking.days)
        event.add("dtstart", first)
        event.add("dtend", after)
    else:
        start: datetime = days.moment(booking.start)
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(minutes=booking.minutes))


def _add_people(event: Event, booking: Booking, owner: Address) -> None:
    event.add("organizer", _person(booking.organizer))
    mine = "ACCEPTED" if booking.organizer == owner else booking.my_answer
    for person, answer in ((owner, mine), *((guest, "ACCEPTED") for guest in booking.guests)):
        attendee = _person(person)
        attendee.params["PARTSTAT"] = vText(answer)
        event.add("attendee", attendee, encode=False)


def _person(address: Address) -> vCalAddress:
    person = vCalAddress(f"mailto:{address.address}")
    person.params["CN"] = vText(address.name)
    return person
