"""Meetings that were not lost but moved: a new entry with the same people, or the same entry at another time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crmlink.agreements.attendance import moment, others_of
from crmlink.agreements.breach import Breach
from crmlink.agreements.meeting_mail import MeetingMail
from crmlink.agreements.picture import Picture
from crmlink.model.agreement import State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.lapse import Fault
from crmlink.model.meeting import Event, EventStatus, Method
from crmlink.model.memory import RememberedEvent

# A new date is often put in the calendar just before the old one is taken out.
MOVED_BEFORE = timedelta(days=1)


class NewDates:
    """The standing meetings of each person by when they were made."""

    def __init__(self, picture: Picture, standing: Iterable[Event]) -> None:
        self._picture = picture
        self._made: dict[str, list[tuple[datetime, str, str, Event]]] = {}
        for event in standing:
            made = event.created_at or event.modified_at
            if made is None or event.status is EventStatus.CANCELLED:
                continue
            for one in others_of(event, picture.owner):
                entry = (made.astimezone(UTC), event.uid, event.recurrence_id or "", event)
                self._made.setdefault(one.address, []).append(entry)
        for entries in self._made.values():
            entries.sort(key=lambda one: one[:3])

    def mend(self, event: Event, breach: Breach | None) -> Breach | None:
        """The breach as a move when a new meeting with one of its people was made instead."""
        if breach is None or breach.state not in (State.CANCELLED, State.MISSED):
            return breach
        new = next(self._instead(event, breach.at), None)
        if new is None:
            return breach
        shown = Evidence("calendar.new-date", EvidenceSource.CALENDAR, new.uid, f"{new.title}: {date_of(new)}")
        return replace(breach, state=State.MOVED, evidence=(*breach.evidence, shown))

    def _instead(self, event: Event, broke_at: datetime) -> Iterator[Event]:
        zone = self._picture.policy.zone
        for one in others_of(event, self._picture.owner):
            entries = self._made.get(one.address, [])
            first = bisect_left(entries, (broke_at - MOVED_BEFORE).astimezone(UTC), key=lambda entry: entry[0])
            for _, uid, _, other in entries[first:]:
                if uid != event.uid and moment(other.start, zone) >= broke_at:
                    yield other


def moved_from(
    picture: Picture, mail: MeetingMail, event: Event, before: RememberedEvent | None
) -> Iterator[tuple[Event, Breach]]:
    """The earlier times of a standing meeting, as earlier passes or invitations had them: moved, nobody's fault."""
    zone = picture.policy.zone
    seen = {moment(event.start, zone).astimezone(UTC)}
    told = [
        letter
        for letter in mail.about(event)
        if letter.invitation.method is Method.REQUEST
        and letter.invitation.event.recurrence_id == event.recurrence_id
        and letter.invitation.event.sequence < event.sequence
    ]
    known = [(before.event, before.last_seen_at)] if before else []
    for old, at in (*known, *((one.invitation.event, one.message.sent_at) for one in told)):
        start = moment(old.start, zone).astimezone(UTC)
        if start in seen or not old.start_given:
            continue
        seen.add(start)
        shown = Evidence("calendar.new-time", EvidenceSource.CALENDAR, event.uid, f"{event.title}: {date_of(event)}")
        since = event.modified_at if event.modified_at and event.modified_at <= picture.now else at
        yield replace(event, start=old.start, end=old.end), Breach(State.MOVED, Fault.UNKNOWN, since, (shown,), 0.9)


def date_of(event: Event) -> str:
    """Day, and time if it has one, for evidence."""
    if isinstance(event.start, datetime):
        return event.start.strftime("%Y-%m-%d %H:%M")
    return event.start.isoformat()
