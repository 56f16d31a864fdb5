"""Whether a stored calendar resource can matter for a window, and how a file with many events falls into resources.

Stores without a server behind them (directories, feeds, memory) use it to leave out what lies far outside, as a server
does with a time-range filter (RFC 4791 section 9.9). When in doubt, a resource counts as inside. Decides nothing else.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from crmlink.facts.calendar_text import uids_in
from crmlink.facts.calendar_values import line_of
from crmlink.facts.components import MAX_UID
from crmlink.model.ids import EventUid

_MOMENT: Final = re.compile(
    rb"^(?:DTSTART|DTEND|RDATE|RECURRENCE-ID)[^\r\n]*?:(\d{8})(?:T\d{6}Z?)?[ \t]*$", re.MULTILINE
)
_OPEN: Final = re.compile(rb"^(?:RRULE|RDATE|DURATION)[;:]", re.MULTILINE)
_LINE_END: Final = re.compile(rb"\r\n?|\n")
_SLACK: Final = timedelta(days=2)


def may_touch(raw: bytes, start: date, end: date) -> bool:
    """Whether any event in the text may lie between the two days. Only plain events can be ruled out."""
    text = _LINE_END.sub(b"\n", raw)
    days = [_day(found) for found in _MOMENT.findall(text)]
    if not days or None in days or _OPEN.search(text):
        return True
    known = [day for day in days if day]
    return min(known) <= end + _SLACK and max(known) >= start - _SLACK


def holds(raw: bytes, uids: frozenset[EventUid]) -> bool:
    """Whether the text has an event with one of these UIDs."""
    return any(EventUid(line_of(uid, MAX_UID)) in uids for uid in uids_in(raw))


def _day(digits: bytes) -> date | None:
    try:
        return datetime.strptime(digits.decode(), "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return None


def split_resources(raw: bytes) -> list[bytes]:
    """A file with several events as one text per UID, zone definitions repeated; other texts come back as they are."""
    lines = _LINE_END.sub(b"\n", raw).split(b"\n")
    zones: list[bytes] = []
    events: dict[bytes, list[bytes]] = {}
    block: list[bytes] = []
    kind = b""
    for line in lines:
        marker = line.strip().upper()
        if not kind and marker in {b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE"}:
            kind, block = marker[6:], []
        if kind:
            block.append(line)
        if kind and marker == b"END:" + kind:
            if kind == b"VTIMEZONE":
                zones.extend(block)
            else:
                events.setdefault(_uid(block) or b"%d" % len(events), []).extend(block)
            kind = b""
    if len(events) < 2 or kind:  # noqa: PLR2004 - one event needs no splitting
        return [raw]
    head, foot = [b"BEGIN:VCALENDAR", b"VERSION:2.0"], [b"END:VCALENDAR", b""]
    return [b"\r\n".join((*head, *zones, *event, *foot)) for event in events.values()]


def _uid(block: list[bytes]) -> bytes:
    return next((line for line in block if line[:4].upper() in {b"UID:", b"UID;"}), b"")
