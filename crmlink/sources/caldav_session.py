"""Asks a CalDAV server and hands out its answers: the login said once, one kind of answer accepted (207 Multi-Status).

Connects at the first question. In: a request body. Out: answers, one per resource; anything else is a `CrmlinkError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmlink.model.errors import LoginError, SourceError
from crmlink.sources.caldav_answers import DAV, Answer, answers
from crmlink.sources.calendar_login import CalendarLogin

if TYPE_CHECKING:
    from crmlink.sources.caldav_client import ReadingClient

PRINCIPAL: Final = f"{DAV}current-user-principal"


class CalDavSession:
    """Questions to the server of one address. Every method raises `LoginError`, `UntrustedError` or `SourceError`."""

    def __init__(self, url: str, login: CalendarLogin) -> None:
        self.url = url
        self.login = login
        self._opened: ReadingClient | None = None

    def properties(self, url: str, query: str) -> Answer:
        """What a PROPFIND says of one resource."""
        found = next(self.multistatus("PROPFIND", url, query, depth=0), Answer("", 404, {}))
        if not found.has(PRINCIPAL, f"{DAV}unauthenticated"):
            return found
        # Some servers let strangers in, show them nothing, and never ask for a login: say it unasked, once.
        if self._client.auth is None and self.login.password:
            self._client.build_auth_object(["basic"])
            return self.properties(url, query)
        raise LoginError(
            "The calendar server does not know this login.",
            hint="Check CRMLINK_CALENDAR_USER and CRMLINK_CALENDAR_PASSWORD; many providers want an app password.",
        )

    def multistatus(self, method: str, url: str, query: str, *, depth: int) -> Iterator[Answer]:
        """The answers to a PROPFIND or REPORT. The request is made at once, not when the first one is looked at."""
        headers = {"Depth": str(depth), "Content-Type": "application/xml; charset=utf-8"}
        response = self._client.request(url, method, query, headers)
        if response.status != 207 or response.tree is None:  # noqa: PLR2004 - Multi-Status (RFC 4918 section 11.1)
            raise SourceError(
                f"The calendar server answers {response.status} where calendars were expected.",
                hint="Check that CRMLINK_CALENDAR is the address of a CalDAV principal or calendar.",
            )
        return answers(response.tree)

    def close(self) -> None:
        """Let go of the connection. May be called twice."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @property
    def _client(self) -> ReadingClient:
        if self._opened is None:
            # The library takes a third of a second to load.
            from crmlink.sources.caldav_client import ReadingClient  # noqa: PLC0415

            self._opened = ReadingClient(self.url, self.login)
        return self._opened
