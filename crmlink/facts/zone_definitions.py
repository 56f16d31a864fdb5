"""Recognises a VTIMEZONE that behaves exactly like a zone everybody knows (RFC 5545 section 3.6.5).

Exchange and Outlook send zones called "Customized Time Zone" or "(UTC+01:00) Amsterdam" with their rules spelled out.
When those rules give the same offsets as an IANA zone on both sides of every change for years, it is that zone.
Anything else, also anything half understood, is None: an unknown zone is a doubt, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_YEARS: Final = range(2024, 2031)
_LAST_YEAR_OF_OLD_RULES: Final = 2023
_COMMON: Final = (
    *("Europe/Amsterdam", "Europe/London", "Europe/Athens", "Europe/Istanbul", "Europe/Moscow", "Atlantic/Azores"),
    *("Asia/Jerusalem", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon"),
    *("Australia/Adelaide", "Australia/Darwin", "Australia/Sydney", "Pacific/Auckland"),
    *("America/St_Johns", "America/Halifax", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Anchorage"),
)
_FIXED: Final = (*(f"Etc/GMT{-hours:+d}" for hours in range(-12, 15) if hours), "UTC")
_OFFSET: Final = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
_BY_DAY: Final = re.compile(r"([+-]?[1-5])(SU|MO|TU|WE|TH|FR|SA)")
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Change:
    """One yearly change: on the `nth` `weekday` of `month` at local time `at` the offset goes `before` -> `after`."""

    month: int
    nth: int
    weekday: int
    at: timedelta
    before: timedelta
    after: timedelta

    def moment(self, year: int) -> datetime:
        """When it happens, in UTC."""
        local = datetime.combine(_nth_weekday(year, self.month, self.nth, self.weekday), datetime.min.time(), UTC)
        return local + self.at - self.before


@lru_cache(maxsize=256)
def zone_of_definition(lines: tuple[str, ...], *, preferred: str) -> str | None:
    """The IANA zone with the same offsets as this VTIMEZONE (its lines), the preferred one first; None if there is none."""
    observances = [found for found in _observances(lines) if not _ended(found)]
    rules = [found for found in observances if "RRULE" in found]
    if any("RDATE" in found for found in observances):
        return None
    if not rules:
        offsets = {_offset(found.get("TZOFFSETTO", "")) for found in observances}
        offset = offsets.pop() if len(offsets) == 1 else None
        return None if offset is None else _fixed(offset)
    changes = [_change(found) for found in rules]
    if len(rules) != len(observances) and len(rules) < 2:  # noqa: PLR2004 - a year has two changes
        return None
    if any(change is None for change in changes):
        return None
    return _alike(tuple(change for change in changes if change), preferred)


def _observances(lines: tuple[str, ...]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    inside = False
    for line in lines:
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        if name in {"BEGIN", "END"}:
            inside = name == "BEGIN" and value.strip().upper() in {"STANDARD", "DAYLIGHT"}
            if inside:
                found.append({})
        elif inside:
            found[-1].setdefault(name, value.strip().upper())
    return found


def _ended(observance: dict[str, str]) -> bool:
    until = re.search(r"UNTIL=(\d{4})", observance.get("RRULE", ""))
    return until is not None and int(until.group(1)) <= _LAST_YEAR_OF_OLD_RULES


def _change(observance: dict[str, str]) -> _Change | None:
    rule = dict(part.split("=", 1) for part in observance["RRULE"].split(";") if "=" in part)
    by_day = _BY_DAY.fullmatch(rule.get("BYDAY", ""))
    month = rule.get("BYMONTH", "")
    at = re.fullmatch(r"\d{8}T(\d{2})(\d{2})(\d{2})", observance.get("DTSTART", ""))
    before = _offset(observance.get("TZOFFSETFROM", ""))
    after = _offset(observance.get("TZOFFSETTO", ""))
    if set(rule) - {"FREQ", "BYDAY", "BYMONTH", "INTERVAL", "WKST"} or rule.get("FREQ") != "YEARLY":
        return None
    if rule.get("INTERVAL", "1") != "1" or not month.isdecimal() or not 1 <= int(month) <= 12:  # noqa: PLR2004 - months
        return None
    if by_day is None or at is None or before is None or after is None:
        return None
    hours, minutes, seconds = (int(part) for part in at.groups())
    clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return _Change(int(month), int(by_day.group(1)), _WEEKDAYS.index(by_day.group(2)), clock, before, after)


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -size if sign == "-" else size


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    first = date(year, month, 1)
    next_month = date(year + month // 12, month % 12 + 1, 1)
    if nth > 0:
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
        return day if day < next_month else day - timedelta(days=7)
    last = next_month - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))


def _alike(changes: tuple[_Change, ...], preferred: str) -> str | None:
    second = timedelta(seconds=1)
    expected = [
        (moment, offset)
        for year in _YEARS
        for change in changes
        for moment, offset in (
            (change.moment(year) - second, change.before),
            (change.moment(year), change.after),
        )
    ]
    return _first_with(expected, (preferred, *_COMMON, *_FIXED))


def _fixed(offset: timedelta) -> str | None:
    """A zone that has this offset all year round."""
    expected = [(datetime(year, month, 1, tzinfo=UTC), offset) for year in _YEARS for month in range(1, 13)]
    return _first_with(expected, (*_FIXED, *_COMMON))


def _first_with(expected: list[tuple[datetime, timedelta]], names: tuple[str, ...]) -> str | None:
    for name in names:
        zone = ZoneInfo(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in expected):
            return name
    return None
