"""Reads a published calendar file (ICS feed) over HTTPS: read-only by nature, often hours behind.

The address comes from the settings, but where it leads is up to others: so TLS only, public addresses only, the
address that was checked is the one that is connected to, redirects stay on the host, and size and time have an end.
In: a feed's address. Out: its events as resources, one per UID. An unchanged feed is not fetched again (ETag,
Last-Modified), but once a day: a server may be wrong about that.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from crmlink.mailbox.wire import Wire
from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.model.ids import EventUid, digest
from crmlink.sources.calendar_state import stand_of, state_of
from crmlink.sources.port import CalendarChanges, KnownCalendar, RawEvent
from crmlink.sources.resource_window import holds, may_touch, split_resources

MAX_FEED: Final = 5_000_000
SECONDS: Final = 30
MAX_REDIRECTS: Final = 3
MAX_VALIDATOR: Final = 500
_CHUNK: Final = 65_536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as last fetched, with the validators that tell whether it is still the same (RFC 9110 section 8.8)."""

    etag: str
    modified: str
    raw: bytes

    @property
    def stand(self) -> str:
        """Both validators, a line each; "" without any."""
        return f"{self.etag}\n{self.modified}" if self.etag or self.modified else ""


class FeedSource:
    """A `CalendarSource` over one feed. Its key stands for its address, which is a secret."""

    def __init__(
        self,
        url: str,
        ca_file: Path | None = None,
        name: str = "calendar",
        *,
        public_only: bool = True,
        seconds: float = SECONDS,
    ) -> None:
        self._url = url
        self._seconds = seconds
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

    def changes(self, known: Mapping[str, KnownCalendar], *, start: date, end: date) -> Iterator[CalendarChanges]:
        """Every event that may touch the window, or the word that nothing changed; one calendar named like the source.

        Raises:
            LoginError: the feed is not public.
            UntrustedError: no valid certificate, a redirect to another host, or an address inside a private network.
            SourceError: no connection, no feed at this address, or no whole iCalendar file came.
        """
        key = digest(self._url)
        state = known.get(key, KnownCalendar()).state
        feed = self._fetch(stand_of(state, start, end))
        if feed is None:
            yield CalendarChanges(self._name, key, (), complete=False, state=state)
            return
        events = tuple(event for event in self._events(feed) if may_touch(event.raw, start, end))
        yield CalendarChanges(self._name, key, events, state=state_of(start, end, feed.stand))

    def find(self, uids: frozenset[EventUid]) -> list[RawEvent]:
        """Every event with one of these UIDs, whenever it takes place. Raises as `changes` does."""
        feed = self._last or self._fetch("")
        return [event for event in self._events(feed) if holds(event.raw, uids)] if feed else []

    def close(self) -> None:
        """Nothing stays open between reads; what was read goes."""
        self._last = None

    def _events(self, feed: _Feed) -> list[RawEvent]:
        parts = (part for part in split_resources(feed.raw) if b"BEGIN:VEVENT" in part.upper())
        return [RawEvent(self._name, digest(part.hex())[:16], feed.etag, part) for part in parts]

    def _fetch(self, stand: str) -> _Feed | None:
        """The feed, or None when it still is what had this `stand`."""
        url = self._url
        host = urlsplit(url).hostname or ""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                status, location, feed = self._get(urlsplit(url), stand)
                if stand and status == http.HTTPStatus.NOT_MODIFIED:
                    return None
                if status not in _REDIRECTS:
                    self._last = _accepted(status, feed, host)
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

    def _get(self, place: SplitResult, stand: str) -> tuple[int, str, _Feed]:
        deadline = monotonic() + self._seconds
        host, port = place.hostname or "", place.port or 443
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=self._context)
        plain = socket.create_connection((self._address(host, port), port), timeout=SECONDS)
        # A read timeout alone would let headers trickle in for ever.
        with closing(Wire(plain)) as wire, wire.deadline(self._seconds):
            try:
                connection.sock = self._context.wrap_socket(plain, server_hostname=host)
                headers = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
                etag, _, modified = stand.partition("\n")
                headers |= {"If-None-Match": etag} if etag else {}
                headers |= {"If-Modified-Since": modified} if modified else {}
                connection.request("GET", place._replace(scheme="", netloc="").geturl() or "/", headers=headers)
                response = connection.getresponse()
                raw = _body(response, connection.sock, host, deadline)
                feed = _Feed(_validator(response, "ETag"), _validator(response, "Last-Modified"), raw)
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


def _validator(response: http.client.HTTPResponse, name: str) -> str:
    """A header to be said back later; "" for one that is missing or would not fit in a line of a request."""
    value = response.headers.get(name, "").strip()
    return value if value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR else ""


def _accepted(status: int, feed: _Feed, host: str) -> _Feed:
    hint = "Publish the calendar again and put its new address in CRMLINK_CALENDAR."
    if status in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN}:
        raise LoginError(f"The calendar feed at {host} is not public (answer {status}).", hint=hint)
    if status in {http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE}:
        raise SourceError(f"The calendar feed at {host} is no longer there (answer {status}).", hint=hint)
    whole = feed.raw.rstrip().upper().endswith(b"END:VCALENDAR")
    if status != http.HTTPStatus.OK or not whole:
        raise SourceError(f"The calendar feed at {host} did not send a whole calendar.", hint="Try again later.")
    return feed


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
