"""Where the calendars are: reads the setting CALENDAR into values. Opens nothing.

    https://host/path          CalDAV (RFC 4791): a principal, a calendar home or one calendar
    http://127.0.0.1/path      the same without TLS, on this machine only
    ics+https://host/path.ics  a published iCalendar file (feed)
    vdir:///absolute/path      a directory of .ics files, or of such directories

No error repeats the address: it may hold a password that somebody put there, and a feed's address is a secret itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from crmlink.mailbox.location import is_loopback

_EXAMPLE: Final = "https://dav.example.nl/marleen/"
_INSTEAD: Final = {
    "webcal": "write ics+https:// instead of webcal://",
    "webcals": "write ics+https:// instead of webcals://",
    "caldav": "write https:// instead of caldav://",
    "caldavs": "write https:// instead of caldavs://",
    "ics": "write ics+https:// instead of ics://",
    "ics+http": "a feed must come over TLS; write ics+https:// instead of ics+http://",
    "file": "write vdir:// and the directory with the .ics files instead of file://",
}


@dataclass(frozen=True, slots=True)
class CalDavLocation:
    """A principal, calendar home or calendar on a CalDAV server. `url` holds no credentials."""

    url: str


@dataclass(frozen=True, slots=True)
class FeedLocation:
    """A published calendar file. `url` begins with https:// and is a secret: who knows it can read the calendar."""

    url: str


@dataclass(frozen=True, slots=True)
class VdirLocation:
    """Calendars on disk."""

    path: Path


CalendarLocation = CalDavLocation | FeedLocation | VdirLocation


def parse_calendars(text: str) -> tuple[CalendarLocation, ...]:
    """The places a CALENDAR setting names, in order, each once; none for an empty setting.

    Raises ValueError with one sentence that a person can act on.
    """
    return tuple(dict.fromkeys(_parse(part.strip()) for part in text.split(",") if part.strip()))


def _parse(text: str) -> CalendarLocation:
    scheme, found, rest = text.partition("://")
    scheme = scheme.lower()
    if found and scheme in _INSTEAD:
        raise ValueError(_INSTEAD[scheme])
    match scheme if found else "":
        case "vdir":
            return _vdir(rest)
        case "ics+https":
            return FeedLocation(_checked(f"https://{rest}").geturl())
        case "https":
            return CalDavLocation(_checked(text).geturl())
        case "http":
            parts = _checked(text)
            if not is_loopback(parts.hostname or ""):
                raise ValueError("a calendar without TLS must be on this machine; write https:// instead of http://")
            return CalDavLocation(parts.geturl())
        case _:
            raise ValueError(f"a calendar starts with https://, ics+https:// or vdir:///, for example {_EXAMPLE}")


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"the calendar's address cannot be read; write it as {_EXAMPLE}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "the calendar's address may not hold a login; put it in CRMLINK_CALENDAR_USER and CRMLINK_CALENDAR_PASSWORD"
        )
    if not host or any(mark.isspace() or not mark.isprintable() for mark in url):
        raise ValueError(f"the calendar's address has no usable host; write it as {_EXAMPLE}")
    return parts._replace(scheme=parts.scheme.lower(), fragment="", path=parts.path or "/")


def _vdir(rest: str) -> VdirLocation:
    path = unquote(rest)
    if not path.startswith("/") or "\0" in path:
        raise ValueError("a vdir needs an absolute path after vdir://, for example vdir:///home/me/calendars")
    return VdirLocation(Path(path))
