"""What a test knows of a server: where it listens and who may log in.

Decides the shape only. A server hands out a fresh account for every call of `account()`, so that tests share a
server without seeing each other's mail, whichever order or worker they run in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crmlink.demo.servers.accounts import CalendarAccount, ImapAccount

__all__ = ["CalendarAccount", "CalendarServer", "ImapAccount", "ImapServer"]


class ImapServer(Protocol):
    """A running IMAP server."""

    @property
    def name(self) -> str:
        """What the server is called in a test's id."""
        ...

    def account(self) -> ImapAccount:
        """A new user with an empty mailbox and folders for drafts, sent mail and trash."""
        ...


class CalendarServer(Protocol):
    """A running CalDAV server."""

    @property
    def name(self) -> str:
        """What the server is called in a test's id."""
        ...

    @property
    def checks_passwords(self) -> bool:
        """Whether a wrong password is refused (Xandikos leaves that to a proxy before it)."""
        ...

    def account(self, calendars: Sequence[str] = ("Agenda",)) -> CalendarAccount:
        """A new user with these empty calendars."""
        ...
