"""The one door to a CalDAV server: reads only, one host only, and every failure in crmlink's own words.

Decides which requests may leave at all (OPTIONS, PROPFIND, REPORT, GET, HEAD over TLS or to this machine) and where a
redirect may lead (nowhere but the same host, never away from TLS). Servers mail people on every write (RFC 6638), so
there is no way to write here. In: a method, an address, a body. Out: the parsed answer, or a `CrmlinkError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from caldav.davclient import DAVClient
from caldav.lib.error import AuthorizationError, DAVError, RateLimitError
from caldav.lib.http_sync import requests
from caldav.requests import HTTPBearerAuth

from crmlink.mailbox.location import is_loopback
from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.sources.bounded_session import BoundedSession
from crmlink.sources.calendar_login import CalendarLogin

READING: Final = frozenset({"OPTIONS", "PROPFIND", "REPORT", "GET", "HEAD"})
TIMEOUT: Final = 30
MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class ReadingClient(DAVClient):
    """A CalDAV client that can only read, and only from the host it was made for and that host's siblings."""

    def __init__(self, url: str, login: CalendarLogin) -> None:
        super().__init__(
            url=url,
            username=(login.user or None) if login.token is None else None,
            password=(login.password or None) if login.token is None else None,
            timeout=TIMEOUT,
            ssl_verify_cert=str(login.ca_file) if login.ca_file else True,
            enable_rfc6764=False,
            rate_limit_handle=False,
        )
        self.session = BoundedSession()
        self._root = url
        self._token = login.token

    def request(
        self,
        url: str,
        method: str = "GET",
        body: str = "",
        headers: Mapping[str, str] | None = None,
        rate_limit_time_slept: float = 0,  # noqa: ARG002 - the library's signature
    ) -> Any:
        """One request, redirects on the same host followed with the same method.

        Raises:
            LoginError: the server wants another login (401) or forbids this one (403, unless it names another reason),
                or there is no token to show.
            UntrustedError: no valid certificate, or a redirect to where the password must not go.
            SourceError: no connection, no answer, a busy server, an unreadable answer.
        """
        assert method in READING, method
        target = urljoin(self._root, str(url))
        for _ in range(MAX_REDIRECTS + 1):
            check_place(target, self._root)
            if self._token is not None:
                self.auth = HTTPBearerAuth(
                    self._token()
                )  # RFC 6750 section 2.1; asked anew, as it does not last a pass
            try:
                return super().request(target, method, body, headers or {})
            except requests.exceptions.TooManyRedirects as redirect:
                target = _next_place(target, redirect)
            # XML that cannot be parsed is a SyntaxError, a Digest challenge without a nonce a KeyError.
            except (DAVError, OSError, ValueError, SyntaxError, NotImplementedError, LookupError) as error:
                raise _in_our_words(error, target, by_token=self._token is not None) from error
        raise SourceError(
            f"The calendar server {host_of(target)} sends from one address to the next without end.",
            hint="Set CRMLINK_CALENDAR to the address of the calendar itself.",
        )


def check_place(url: str, root: str) -> None:
    """Raise UntrustedError unless the password may be said there: the same host over the same protection, or a sibling.

    Some providers keep calendars on p42-caldav.example.com for caldav.example.com; that is a sibling.
    """
    there, here = urlsplit(url), urlsplit(root)
    if there.scheme == here.scheme and there.netloc.lower() == here.netloc.lower():
        return
    safe = there.scheme == "https" and there.port in {None, 443} and not is_loopback(there.hostname or "")
    if (
        safe
        and here.scheme == "https"
        and _parent(there.hostname)
        and _parent(there.hostname) == _parent(here.hostname)
    ):
        return
    raise UntrustedError(
        f"The calendar server {host_of(root)} points to {host_of(url)}; nothing was sent there.",
        hint="If that is your calendar server, put its address in CRMLINK_CALENDAR.",
    )


def host_of(url: str) -> str:
    """Scheme and host of an address, for messages: the rest may be personal."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _parent(host: str | None) -> str:
    parent = (host or "").lower().partition(".")[2]
    return parent if "." in parent else ""


def _next_place(target: str, redirect: Any) -> str:
    response = redirect.response
    location = str(response.headers.get("Location", "")) if response is not None else ""
    if response is None or response.status_code not in _REDIRECTS or not location:
        raise SourceError(f"The calendar server {host_of(target)} gave an answer that cannot be followed.")
    there = urljoin(target, location)
    if urlsplit(there)[:2] != urlsplit(target)[:2]:
        raise UntrustedError(
            f"The calendar server {host_of(target)} redirects to {host_of(there)}; nothing was sent there.",
            hint="If that is your calendar server, put its address in CRMLINK_CALENDAR.",
        )
    return there


def _in_our_words(error: Exception, target: str, *, by_token: bool) -> CrmlinkError:
    host = host_of(target)
    if isinstance(error, AuthorizationError) and not error.preconditions:
        return LoginError(
            f"The calendar server {host} refuses the login.",
            hint="Log in again: crmlink login."
            if by_token
            else "Check CRMLINK_CALENDAR_USER and CRMLINK_CALENDAR_PASSWORD; many providers want an app password.",
        )
    if isinstance(error, RateLimitError):
        return SourceError(f"The calendar server {host} is busy and asks to come back later.")
    if isinstance(error, requests.exceptions.SSLError):
        return UntrustedError(
            f"The calendar server {host} has no valid certificate; nothing was sent to it.",
            hint="Check the address; for a private authority set CRMLINK_CA_FILE.",
        )
    if isinstance(error, requests.exceptions.Timeout):
        return SourceError(f"The calendar server {host} does not answer in time.", hint="Try again later.")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return SourceError(f"The calendar server {host} sends more than can be read.")
    if isinstance(error, OSError):
        return SourceError(
            f"The calendar server {host} cannot be reached.", hint="Check the network and CRMLINK_CALENDAR."
        )
    return SourceError(
        f"The calendar server {host} gave an answer that cannot be read.",
        hint="Check that CRMLINK_CALENDAR is a CalDAV address.",
    )
