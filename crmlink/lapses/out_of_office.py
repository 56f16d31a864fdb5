"""Whether the other side is away just now, by their own automatic reply: then a letter can wait until they are back.

In: the automatic replies of the contact, with the dates that were read in them. A reply that names no day of return holds
for two weeks at most. Whatever they write in person since shows that they are there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crmlink.agreements.picture import Picture
from crmlink.model.agreement import Agreement
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import Grain

LONGEST_WITHOUT_DATE = timedelta(days=14)
LONGEST = timedelta(days=90)
# An automatic reply that names a day further away is about something else.
_LONGEST_NAMED = timedelta(days=92)
_DAYS = frozenset({Grain.DAY, Grain.HOUR, Grain.MINUTE})


def away_doubts(agreement: Agreement, picture: Picture) -> Agreement:
    """The agreement with the doubt that its contact is away, when they are."""
    back = back_at(agreement.contact.address, picture)
    if back is None:
        return agreement
    return replace(agreement, doubts=(*agreement.doubts, f"they are out of office, back on {back:%Y-%m-%d}"))


def back_at(address: str, picture: Picture) -> datetime | None:
    """When the person returns, in the owner's zone; None when they are there as far as is known."""
    back = last_return(address, picture)
    return back if back and back > picture.now else None


def last_return(address: str, picture: Picture) -> datetime | None:
    """When the person returns or returned from the last absence, in the owner's zone; None when none is known."""
    absence = _absence(address, picture)
    if absence is None:
        return None
    return _named(absence, picture) or (absence.sent_at + LONGEST_WITHOUT_DATE).astimezone(picture.policy.zone)


def named_return(address: str, picture: Picture) -> datetime | None:
    """When the person returns by their own words, in the owner's zone; None when they are there or name no day."""
    absence = _absence(address, picture)
    back = _named(absence, picture) if absence else None
    return back if back and back > picture.now else None


def returns(picture: Picture) -> dict[str, datetime]:
    """When people are back, by address, from the latest automatic reply of each that names a coming day."""
    found: dict[str, tuple[datetime, datetime]] = {}
    for _, message in picture.messages():
        if message.automatic is not Automatic.AUTO_REPLY or message.from_me or message.sender is None:
            continue
        reading = picture.readings.get(message.id)
        days = [one.start for one in reading.dates if one.grain in _DAYS] if reading else []
        newest = found.get(message.sender.address)
        if days and (newest is None or newest[0] < message.sent_at):
            found[message.sender.address] = message.sent_at, max(days)
    return {address: back for address, (_, back) in found.items() if picture.now < back <= picture.now + _LONGEST_NAMED}


def _absence(address: str, picture: Picture) -> Message | None:
    """The latest automatic reply of who has written nothing in person since."""
    theirs = picture.by_sender.get(address, ())
    absences = [one for one in theirs if one.automatic is Automatic.AUTO_REPLY]
    last = max(absences, key=lambda one: one.sent_at, default=None)
    if last is None or any(one.automatic is None and one.sent_at > last.sent_at for one in theirs):
        return None
    return last


def _named(absence: Message, picture: Picture) -> datetime | None:
    """The last day that an automatic reply names is the day of return, or the evening of the last day away."""
    reading = picture.readings.get(absence.id)
    ends = [max(one.start, one.end or one.start, one.deadline) for one in reading.dates] if reading else []
    named = [end for end in ends if absence.sent_at < end <= absence.sent_at + LONGEST]
    return max(named).astimezone(picture.policy.zone) if named else None
