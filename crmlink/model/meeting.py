"""Calendar facts: events, attendees and the invitations that travel by mail (RFC 5545, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from crmlink.model.contact import Address
from crmlink.model.ids import EventUid


class EventStatus(StrEnum):
    """STATUS of a VEVENT (RFC 5545 section 3.8.1.11)."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Participation(StrEnum):
    """PARTSTAT of an attendee (RFC 5545 section 3.2.12)."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    DELEGATED = "delegated"


class Method(StrEnum):
    """METHOD of an iTIP message (RFC 5546 section 1.4)."""

    PUBLISH = "publish"
    REQUEST = "request"
    REPLY = "reply"
    ADD = "add"
    CANCEL = "cancel"
    REFRESH = "refresh"
    COUNTER = "counter"
    DECLINECOUNTER = "declinecounter"


@dataclass(frozen=True, slots=True)
class Attendee:
    """One invited mailbox with its answer. `optional` for ROLE=OPT-PARTICIPANT or NON-PARTICIPANT."""

    address: Address
    participation: Participation = Participation.NEEDS_ACTION
    optional: bool = False
    room: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence of a calendar component, recurrences already expanded.

    Timed events: `start` and `end` are aware datetimes in the event's zone. All-day events: both are dates, `end`
    exclusive (RFC 5545 section 3.6.1). `zone_known` is False when the zone could not be resolved: such an event has
    times read in the owner's zone, must never yield options, and blocks its surroundings.
    `recurrence_id` names the occurrence inside a series (UTC ISO string or date), None for a single event.
    `modified_at` is LAST-MODIFIED, else DTSTAMP; `created_at` is CREATED. `busy` is False for TRANSP:TRANSPARENT.
    `this_and_future` is RANGE=THISANDFUTURE on the recurrence-id; `recurring` says the component itself has a rule.
    `away` is the owner's client saying "out of office" (X-MICROSOFT-CDO-BUSYSTATUS:OOF). `start_given` is False when an
    iTIP CANCEL or REPLY left DTSTART out (RFC 5546 section 3.2.5): then start and end mean nothing.
    """

    uid: EventUid
    start: datetime | date
    end: datetime | date
    title: str
    calendar: str = ""
    recurrence_id: str | None = None
    sequence: int = 0
    status: EventStatus = EventStatus.CONFIRMED
    organizer: Address | None = None
    sent_by: Address | None = None
    attendees: tuple[Attendee, ...] = ()
    location: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    busy: bool = True
    zone_known: bool = True
    created_at: datetime | None = None
    modified_at: datetime | None = None
    status_given: bool = False
    this_and_future: bool = False
    recurring: bool = False
    away: bool = False
    start_given: bool = True

    @property
    def all_day(self) -> bool:
        """Whether this is a date, not a moment."""
        return not isinstance(self.start, datetime)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time that is taken: aware start and end, the end exclusive.

    `place` is where one has to be then; empty when that is nowhere in particular, or on a screen.
    """

    start: datetime
    end: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An iTIP object found in a mail: what its sender wants to happen to which event (RFC 6047)."""

    method: Method
    event: Event
    in_forward: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """All occurrences inside a window, over all calendars.

    `doubtful` names calendars whose listing cannot be trusted in this pass (unreachable, empty, suddenly halved);
    with any of them nothing is known of free time.
    """

    events: tuple[Event, ...] = ()
    uids: dict[str, frozenset[EventUid]] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    configured: bool = True

    @property
    def trusted(self) -> bool:
        """Whether free time can be read from it."""
        return self.configured and not self.doubtful
