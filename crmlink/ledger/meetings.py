"""What the calendars held: every occurrence ever seen, so that a later pass can tell what moved or vanished.

Descriptions are not kept: nothing is decided by them, and they hold the most private words. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, delete, insert, select, update

from crmlink.ledger.database import Database
from crmlink.ledger.schema import as_utc, meetings, storable
from crmlink.model.contact import Address
from crmlink.model.ids import EventUid
from crmlink.model.meeting import Attendee, Event, EventStatus, Participation
from crmlink.model.memory import RememberedEvent

SEEN_GRAIN = timedelta(days=1)
"""`last_seen_at` moves no more often than this: a pass without news writes nothing."""

_KEY = ("calendar", "uid", "recurrence_id")
_LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class MeetingStore:
    """The remembered occurrences of all accounts in one database."""

    database: Database

    def remembered(self, account: str) -> tuple[RememberedEvent, ...]:
        """All remembered occurrences of the account by start, those that are gone included."""
        order = (meetings.c.starts_at, *(meetings.c[name] for name in _KEY))
        with self.database.reading() as connection:
            rows = connection.execute(select(meetings).where(meetings.c.account == account).order_by(*order))
            return tuple(_remembered(row) for row in rows)

    def remember(self, account: str, events: Iterable[Event], now: datetime) -> None:
        """Store what these occurrences look like now; whatever was gone and stands here again is back."""
        wanted = {key: row for row in map(_columns, events) for key in [_key(row)]}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        with self.database.writing() as connection:
            rows = connection.execute(select(meetings).where(meetings.c.account == account)).mappings()
            known = {_key(row): row for row in rows}
            for key, row in wanted.items():
                before = known.get(key)
                if before is None:
                    new.append(row | {"account": account, "first_seen_at": now, "last_seen_at": now})
                elif _differs(before, row) or now - before["last_seen_at"] >= SEEN_GRAIN:
                    changed.append(row | {"last_seen_at": max(now, before["last_seen_at"])})
            if new:
                connection.execute(insert(meetings), new)
            if changed:
                connection.execute(_update_by_key(account), [_renamed(row) for row in changed])

    def mark_gone(self, account: str, events: Iterable[Event], now: datetime) -> None:
        """Note that a trusted listing no longer holds these occurrences. The first time counts."""
        keys = [_renamed({name: value for name, value in _columns(event).items() if name in _KEY}) for event in events]
        if not keys:
            return
        statement = _at_key(account).where(meetings.c.gone_since.is_(None)).values(gone_since=now)
        with self.database.writing() as connection:
            connection.execute(statement, keys)

    def prune(self, account: str, *, ended_before: datetime) -> int:
        """Forget occurrences that ended before this moment; how many."""
        old = (meetings.c.account == account) & (meetings.c.ends_at < ended_before)
        with self.database.writing() as connection:
            return connection.execute(delete(meetings).where(old)).rowcount


def _at_key(account: str) -> Any:
    statement = update(meetings).where(meetings.c.account == account)
    for name in _KEY:
        statement = statement.where(meetings.c[name] == bindparam(f"key_{name}"))
    return statement


def _update_by_key(account: str) -> Any:
    fixed = {"account", "first_seen_at", *_KEY}
    return _at_key(account).values(
        {column.name: bindparam(column.name) for column in meetings.c if column.name not in fixed}
    )


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {f"key_{name}" if name in _KEY else name: value for name, value in row.items()}


def _key(row: Any) -> tuple[str, ...]:
    return tuple(row[name] for name in _KEY)


def _differs(before: Any, row: dict[str, Any]) -> bool:
    return any(before[name] != value for name, value in row.items())


def _columns(event: Event) -> dict[str, Any]:
    return {
        "calendar": storable(event.calendar),
        "uid": storable(event.uid),
        "recurrence_id": storable(event.recurrence_id or ""),
        "sequence": max(0, min(event.sequence, _LARGEST_INTEGER)),
        "starts_at": _moment(event.start),
        "ends_at": _moment(event.end),
        "starts_on": event.start if event.all_day else None,
        "ends_on": event.end if event.all_day else None,
        "zone": _zone_key(event.start),
        "title": storable(event.title),
        "organizer": _person(event.organizer),
        "sent_by": _person(event.sent_by),
        "attendees": [_attendee_columns(attendee) for attendee in event.attendees],
        "location": storable(event.location),
        "categories": [storable(category) for category in event.categories],
        "status": event.status.value,
        "status_given": event.status_given,
        "busy": event.busy,
        "zone_known": event.zone_known,
        "recurring": event.recurring,
        "away": event.away,
        "created_at": event.created_at,
        "modified_at": event.modified_at,
        "gone_since": None,
    }


def _moment(value: datetime | date) -> datetime:
    return as_utc(value) if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


def _zone_key(value: datetime | date) -> str:
    zone = value.tzinfo if isinstance(value, datetime) else None
    return zone.key if isinstance(zone, ZoneInfo) else ""


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the first or last day there is
        return moment


def _person(address: Address | None) -> list[str] | None:
    return None if address is None else [storable(address.name), storable(address.address)]


def _attendee_columns(attendee: Attendee) -> dict[str, Any]:
    return {
        "address": _person(attendee.address),
        "participation": attendee.participation.value,
        "optional": attendee.optional,
        "room": attendee.room,
    }


def _remembered(row: Row[Any]) -> RememberedEvent:
    zone = ZoneInfo(row.zone) if row.zone else UTC
    event = Event(
        uid=EventUid(row.uid),
        start=row.starts_on or _in_zone(row.starts_at, zone),
        end=row.ends_on or _in_zone(row.ends_at, zone),
        title=row.title,
        calendar=row.calendar,
        recurrence_id=row.recurrence_id or None,
        sequence=row.sequence,
        status=EventStatus(row.status),
        organizer=_address(row.organizer),
        sent_by=_address(row.sent_by),
        attendees=tuple(_attendee(stored) for stored in row.attendees),
        location=row.location,
        categories=tuple(row.categories),
        busy=row.busy,
        zone_known=row.zone_known,
        created_at=row.created_at,
        modified_at=row.modified_at,
        status_given=row.status_given,
        recurring=row.recurring,
        away=row.away,
    )
    return RememberedEvent(event, row.first_seen_at, row.last_seen_at, row.gone_since)


def _address(stored: list[str] | None) -> Address | None:
    return None if stored is None else Address(stored[0], stored[1])


def _attendee(stored: dict[str, Any]) -> Attendee:
    name, address = stored["address"]
    return Attendee(
        Address(name, address), Participation(stored["participation"]), optional=stored["optional"], room=stored["room"]
    )
