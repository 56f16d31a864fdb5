"""Refuses recurrences that would keep the machine busy for ever, before anything is expanded (RFC 5545 section 3.3.10).

Expanding goes through every occurrence from DTSTART on, and a rule without any occurrence is searched up to the year
9999. So the guard estimates both from the rule's text. It is about cost only: a birthday since 1604 is fine, every
second since yesterday is not. In: a component and the window. Out: a sentence why not, or None.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from dateutil.rrule import rrulestr

from crmlink.facts.components import Component
from crmlink.facts.event_times import LIBRARY_ERRORS

MAX_RULES: Final = 5
MAX_LISTED: Final = 1_000
MAX_FROM_START: Final = 25_000
MAX_IN_WINDOW: Final = 3_000
FIRST_YEAR: Final = 1600

_DAYS: Final = {"HOURLY": 1 / 24, "DAILY": 1.0, "WEEKLY": 7.0, "MONTHLY": 28.0, "YEARLY": 365.0}
_DAY_PARTS: Final = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_NARROWING: Final = (*_DAY_PARTS, "BYMONTH", "BYSETPOS", "BYEASTER")
_CLOCK_PARTS: Final = ("BYHOUR", "BYMINUTE", "BYSECOND")
_WHOLE_CYCLES: Final = 400
"""After 400 years the Gregorian calendar repeats itself, weekdays included."""


def refusal(component: Component, *, start: date, end: date) -> str | None:
    """Why this series must not be expanded over the window of days from `start` to `end`, None when it may."""
    event = component.event
    if len(component.rules) > MAX_RULES:
        return "has too many rules"
    if max(len(component.extra), len(component.excluded)) > MAX_LISTED:
        return f"lists more than {MAX_LISTED} dates"
    first = _day(event.start)
    if component.rules and first.year < FIRST_YEAR:
        return f"begins before the year {FIRST_YEAR}"
    length = timedelta(days=(_day(event.end) - first).days + 1)
    for rule in component.rules:
        try:
            reason = _rule_refusal(rule, first, window=(start, end), length=length)
        except LIBRARY_ERRORS:
            reason = "has a rule that cannot be read"
        if reason:
            return reason
    return None


def _rule_refusal(rule: Any, first: date, *, window: tuple[date, date], length: timedelta) -> str | None:
    parts: dict[str, list[Any]] = {str(name).upper(): list(values) for name, values in rule.items()}
    frequency = str(parts.get("FREQ", [""])[0]).upper()
    if frequency not in _DAYS:
        return f"repeats {frequency.lower() or 'by an unknown rule'}"
    interval = int(parts.get("INTERVAL", [1])[0])
    if interval < 1:
        return "repeats with an interval below one"
    if frequency == "HOURLY" and any(name in parts for name in _NARROWING):
        return "repeats hourly on chosen days"
    density = _per_day(parts, frequency, interval)
    start, end = window
    if density * max((end - first).days, 0) > MAX_FROM_START:
        return "has too many occurrences since its start"
    if density * ((end - start).days + length.days + 1) > MAX_IN_WINDOW:
        return "has too many occurrences at once"
    if any(name in parts for name in _NARROWING) and not _has_occurrences(rule, first):
        return "has no occurrences at all"
    return None


def _per_day(parts: dict[str, list[Any]], frequency: str, interval: int) -> float:
    """The most occurrences a day that the rule can have on average."""
    times = 1
    for name in _CLOCK_PARTS:
        times *= max(len(parts.get(name, ())), 1)
    chosen = 1.0
    if frequency == "WEEKLY":
        chosen = max(len(parts.get("BYDAY", ())), 1)
    elif frequency in {"MONTHLY", "YEARLY"}:
        chosen = _chosen_days(parts, yearly=frequency == "YEARLY")
    return times * chosen / (interval * _DAYS[frequency])


def _chosen_days(parts: dict[str, list[Any]], *, yearly: bool) -> int:
    """The most days a monthly or yearly rule can choose in one period; each part can only take days away."""
    count = {name: len(values) for name, values in parts.items()}
    months = (count.get("BYMONTH") or 12) if yearly else 1
    numbered = all(str(day).strip("+-")[:1].isdigit() for day in parts.get("BYDAY", ()))
    most = [366 if yearly else 31]
    if "BYMONTHDAY" in count:
        most.append(months * count["BYMONTHDAY"])
    if "BYDAY" in count:
        most.append(count["BYDAY"] * (months if numbered else 53 if yearly else 5))
    if "BYYEARDAY" in count:
        most.append(count["BYYEARDAY"])
    if "BYWEEKNO" in count:
        most.append(7 * count["BYWEEKNO"])
    if "BYSETPOS" in count:
        most.append(count["BYSETPOS"])
    if "BYEASTER" in count:
        most.append(count["BYEASTER"])
    if len(most) == 1:
        most.append(count.get("BYMONTH", 1))
    return min(most)


def _has_occurrences(rule: Any, first: date) -> bool:
    """Whether a rule yields anything, asked in a year so late that the search for it ends soon."""
    cycles = (9999 - first.year) // _WHOLE_CYCLES
    late = datetime(first.year + cycles * _WHOLE_CYCLES, first.month, first.day, 12)  # noqa: DTZ001 - no zone is involved
    text = ";".join(
        part
        for part in rule.to_ical().decode().split(";")
        if not part.upper().startswith(("UNTIL=", "COUNT=", *(f"{name}=" for name in _CLOCK_PARTS)))
    )
    return any(True for _ in islice(rrulestr(text, dtstart=late), 1))


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
