"""Radicale, the CalDAV server that is always there, with a fresh user for each test."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from crmlink.demo.servers import radicale_server
from tests.servers.accounts import CalendarAccount


class Radicale(radicale_server.Radicale):
    """A running Radicale; a context manager."""

    checks_passwords: Final = True

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        super().__init__()

    def account(self, calendars: Sequence[str] = ("Agenda",)) -> CalendarAccount:
        """A new user with these empty calendars."""
        number = next(self._numbers)
        return self.add_user(f"eigenaar{number}@example.nl", f'geheim {number} %+"', calendars)
