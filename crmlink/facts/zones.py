"""Gives every date-time line of an event a time zone that is really known (RFC 5545 section 3.2.19).

Calendar libraries quietly read an unknown TZID as a time without zone, and remember a zone definition from one mail
for the next. So zones are settled here, on the text, before a library reads it: IANA names, Windows names, vendor
prefixes, and zone definitions that behave exactly like an IANA zone. Floating times are the owner's (section 3.3.5).
What stays unknown is read in the owner's zone and marked: the hour is never silently shifted.
In: lines of an event. Out: the same lines with IANA zone names, and whether all zones were known.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from crmlink.facts.calendar_text import DATE_PROPERTIES, STAMPS, property_name
from crmlink.facts.zone_definitions import zone_of_definition

_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9-]+)=("[^"]*"|[^;]*)')
_DATES: Final = re.compile(r"\d{8}(,\d{8})*")
_NO_ZONE: Final = frozenset({"factory", "localtime", "posixrules", "posix", "right"})
_UTC_NAMES: Final = frozenset({"utc", "z", "gmt", "tzone://microsoft/utc", "coordinated universal time"})
_LONGEST_NAME: Final = 100


class Zones:
    """The zones one iCalendar text speaks of, settled against its own definitions and the owner's zone."""

    def __init__(self, definitions: dict[str, tuple[str, ...]], owner: ZoneInfo) -> None:
        self._definitions = {_clean(tzid): lines for tzid, lines in definitions.items()}
        self._owner = owner

    def settle(self, lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The lines with IANA zones in place, and the TZIDs that could not be resolved, in order, once each."""
        settled: list[str] = []
        unknown: dict[str, None] = {}
        for line in lines:
            name = property_name(line)
            if name not in DATE_PROPERTIES | STAMPS:
                settled.append(line)
                continue
            text, tzid = self._settle_line(name, line)
            settled.append(text)
            if tzid and name in DATE_PROPERTIES:
                unknown[tzid] = None
        return tuple(settled), tuple(unknown)

    def _settle_line(self, name: str, line: str) -> tuple[str, str]:
        # The value of a date holds no colon, an unquoted Outlook zone does: "TZID=(UTC+01:00) Amsterdam:2026...".
        head, _, value = line.rpartition(":")
        value = value.strip().upper()
        parameters = {key.upper(): text.strip('"') for key, text in _PARAMETER.findall(head)}
        extent = ";RANGE=THISANDFUTURE" if parameters.get("RANGE", "").upper() == "THISANDFUTURE" else ""
        if _DATES.fullmatch(value):
            return f"{name};VALUE=DATE{extent}:{value}", ""
        kind = ";VALUE=PERIOD" if "/" in value else ""
        if value.endswith("Z") or ("Z/" in value and "," not in value):
            return f"{name}{kind}{extent}:{value}", ""
        tzid = parameters.get("TZID", "").strip()
        zone = self.resolve(tzid) if tzid else self._owner.key
        return f"{name}{kind}{extent};TZID={zone or self._owner.key}:{value}", "" if zone else tzid

    def resolve(self, tzid: str) -> str | None:
        """The IANA name this TZID stands for, None when nobody can know."""
        clean = _clean(tzid)
        if named := zone_by_name(clean):
            return named
        lines = self._definitions.get(clean)
        return zone_of_definition(lines, preferred=self._owner.key) if lines else None


@lru_cache(maxsize=512)
def zone_by_name(clean: str) -> str | None:
    """The IANA name for an IANA name, a Windows name, or either behind a vendor's prefix; None for other names."""
    if clean.lower() in _UTC_NAMES:
        return "UTC"
    parts = clean.split("/")
    for first in range(len(parts)):
        name = "/".join(parts[first:])
        name = WINDOWS_TO_OLSON.get(name, name)
        # A single trailing word after a prefix ("…/Amsterdam") would be a guess.
        if _exists(name) and (first == 0 or "/" in name):
            return name
    return None


def _exists(name: str) -> bool:
    if not name or len(name) > _LONGEST_NAME or name.lower() in _NO_ZONE:
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _clean(tzid: str) -> str:
    return tzid.strip().strip('"').strip("/").strip()
