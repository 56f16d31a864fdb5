"""Reads a published calendar file (ICS feed) over HTTPS: read-only by nature, often hours behind.

The address comes from the settings, but where it leads is up to others: so TLS only, public addresses only, the
address that was checked is the one that is connected to, redirects stay on the host, and size and time have an end.
In: a feed's address. Out: its events as resources, one per UID. An unchanged feed (ETag) is not fetched again.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.model.ids import EventUid, digest
from crmlink.sources.port import CalendarChanges, RawEvent
from crmlink.sources.resource_window import holds, may_touch, split_resources

MAX_FEED: Final = 5_000_000
SECONDS: Final = 30
MAX_REDIRECTS: Final = 3
_CHUNK: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as last fetched."""

    etag: str
    raw: bytes


class FeedSource:
    """A `CalendarSource` over one feed. Always reads the whole window."""

    def __init__(
        self, url: str, ca_file: Path | None = None, name: str = "calendar", *, public_only: bool = True
    ) -> None:
        self._url = url
        self._name = name
        self._public_only = public_only
        self._context = ssl.create_default_context()
        if ca_file is not None:
            self._context.load_verify_locations(ca_file)
        self._last: _Feed | None = None

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self._name

    def changes(self, states: dict[str, str], *, start: date, end: date) -> list[CalendarChanges]:  # noqa: ARG002 - the whole window, whatever the states
        """Every event that may touch the window, as one calendar named like the source.

        Raises:
            LoginError: the feed is not public.
            UntrustedError: no valid certificate, a redirect to another host, or an address inside a private network.
            SourceError: no connection, no feed at this address, or no whole iCalendar file came.
        """
        feed = self._fetch()
        events = tuple(event for event in self._events(feed) if may_touch(event.raw, start, end))
        return [CalendarChanges(self._name, events, state=feed.etag)]

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every event with one of these UIDs, whenever it takes place. Raises as `changes` does."""
        return [event for event in self._events(self._fetch()) if holds(event.raw, uids)]

    def close(self) -> None:
        """Nothing stays open between reads."""

    def _events(self, feed: _Feed) -> list[RawEvent]:
        parts = (part for part in split_resources(feed.raw) if b"BEGIN:VEVENT" in part.upper())
        return [RawEvent(self._name, digest(part.hex())[:16], feed.etag, part) for part in parts]

    def _fetch(self) -> _Feed:
        url = self._url
        host = urlsplit(url).hostname or ""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                status, location, feed = self._get(urlsplit(url))
                if status not in _REDIRECTS:
                    self._last = self._accepted(status, feed, host)
                    return self._last
                url = _next_place(url, location)
        except ssl.SSLError as error:
            raise UntrustedError(
                f"The calendar feed at {host} has no valid certificate; nothing was asked of it.",
                hint="Check the address; for a private authority set CRMLINK_CA_FILE.",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(f"The calendar feed at {host} cannot be reached.", hint="Try again later.") from error
        raise SourceError(f"The calendar feed at {host} sends from one address to the next without end.")

    def _accepted(self, status: int, feed: _Feed, host: str) -> _Feed:
        if status == http.HTTPStatus.NOT_MODIFIED and self._last is not None:
            return self._last
        hint = "Publish the calendar again and put its new address in CRMLINK_CALENDAR."
        if status in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN}:
            raise LoginError(f"The calendar feed at {host} is not public (answer {status}).", hint=hint)
        if status in {http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE}:
            raise SourceError(f"The calendar feed at {host} is no longer there (answer {status}).", hint=hint)
        whole = feed.raw.rstrip().upper().endswith(b"END:VCALENDAR")
        if status != http.HTTPStatus.OK or not whole:
            raise SourceError(f"The calendar feed at {host} did not send a whole calendar.", hint="Try again later.")
        return feed

    def _get(self, place: SplitResult) -> tuple[int, str, _Feed]:
        deadline = monotonic() + SECONDS
        host, port = place.hostname or "", place.port or 443
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=self._context)
        plain = socket.create_connection((self._address(host, port), port), timeout=SECONDS)
        try:
            connection.sock = self._context.wrap_socket(plain, server_hostname=host)
            headers = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
            if self._last is not None and self._last.etag:
                headers["If-None-Match"] = self._last.etag
            connection.request("GET", place._replace(scheme="", netloc="").geturl() or "/", headers=headers)
            response = connection.getresponse()
            raw = _body(response, connection.sock, host, deadline)
            feed = _Feed(response.headers.get("ETag", ""), raw)
            return response.status, response.headers.get("Location", ""), feed
        finally:
            connection.close()
            plain.close()

    def _address(self, host: str, port: int) -> str:
        """The IP address to connect to: checked once and then used, so that a second look-up cannot change it."""
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if self._public_only and not all(is_public(address) for address in found):
            raise UntrustedError(
                f"The calendar feed at {host} lies inside a private network; nothing was asked of it.",
                hint="Use a CalDAV address or a vdir for a calendar of your own network.",
            )
        return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not this machine, not a private, link-local or reserved range."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (mapped is None or is_public(str(mapped)))


def _body(response: http.client.HTTPResponse, sock: socket.socket | None, host: str, deadline: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        left = deadline - monotonic()
        if size > MAX_FEED or left <= 0:
            raise SourceError(
                f"The calendar feed at {host} is too large or too slow.", hint="Publish a shorter period."
            )
        if sock is not None:
            sock.settimeout(left)
    return b"".join(chunks)


def _next_place(url: str, location: str) -> str:
    there = urlsplit(urljoin(url, location))
    here = urlsplit(url)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        problem: CrmlinkError = UntrustedError(
            f"The calendar feed at {here.hostname} redirects to another host; nothing was asked there.",
            hint="If that is right, put the new address in CRMLINK_CALENDAR.",
        )
        raise problem
    return there.geturl()
