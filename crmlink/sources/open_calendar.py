"""Makes the calendar sources that the settings name. Connects to nothing yet: the first read does."""

from __future__ import annotations

from typing import assert_never

from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_location import CalDavLocation, CalendarLocation, FeedLocation, VdirLocation
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.icsfeed import FeedSource
from crmlink.sources.port import CalendarSource
from crmlink.sources.vdir import VdirSource


def open_calendars(locations: tuple[CalendarLocation, ...], login: CalendarLogin) -> tuple[CalendarSource, ...]:
    """One source per location, called "calendar", "calendar:2", ... in the order of the setting."""
    names = ("calendar" if number == 1 else f"calendar:{number}" for number in range(1, len(locations) + 1))
    return tuple(_open(location, login, name) for location, name in zip(locations, names, strict=True))


def _open(location: CalendarLocation, login: CalendarLogin, name: str) -> CalendarSource:
    match location:
        case CalDavLocation():
            return CalDavSource(location.url, login.at(location.url), name)
        case FeedLocation():
            return FeedSource(location.url, login.ca_file, name)
        case VdirLocation():
            return VdirSource(location.path, name)
        case _:
            assert_never(location)
