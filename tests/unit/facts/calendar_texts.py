"""iCalendar texts for the tests, and how they are read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crmlink.facts.events import EventFacts, read_events

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 5, 1, tzinfo=UTC)
TUESDAY = "DTSTART;TZID=Europe/Amsterdam:20260310T090000\nDTEND;TZID=Europe/Amsterdam:20260310T100000"


def calendar(*events: str, zones: str = "", method: str = "") -> bytes:
    """A calendar with these events; each gets the UID `een` unless it has its own."""
    head = f"METHOD:{method}\n" if method else ""
    bodies = "".join(
        f"BEGIN:VEVENT\n{'' if 'UID:' in event else 'UID:een' + chr(10)}{event}\nEND:VEVENT\n" for event in events
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{zones}{bodies}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(raw: bytes, *, zone: ZoneInfo = AMSTERDAM, start: datetime = START, end: datetime = END) -> EventFacts:
    """The events of the spring of 2026."""
    return read_events(raw, calendar="Agenda", zone=zone, start=start, end=end)


def starts(raw: bytes, zone: ZoneInfo = AMSTERDAM) -> list[str]:
    """Start of each event, as text; no problems may come along."""
    facts = read(raw, zone=zone)
    assert facts.problems == ()
    return [event.start.isoformat() for event in facts.events]


def codes(facts: EventFacts) -> list[str]:
    """The problems' codes."""
    return [problem.code for problem in facts.problems]
