"""Xandikos, a CalDAV server in Python on git; it asks for no password (that is left to a proxy before it)."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from crmlink.demo.servers.process import ServerProcess, announced_port
from tests.servers.accounts import CalendarAccount
from tests.servers.calendars import make_calendars

RUNNER = Path(__file__).with_name("xandikos_main.py")


class Xandikos:
    """A running Xandikos; a context manager."""

    name: Final = "xandikos"
    checks_passwords: Final = False

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.process = ServerProcess("xandikos")
        try:
            self.process.start([sys.executable, "-P", RUNNER, self.process.directory])
            self.port = self.process.wait_for(lambda: announced_port(self.process.directory))
        except BaseException:
            self.process.stop()
            raise

    def account(self, calendars: Sequence[str] = ("Agenda",)) -> CalendarAccount:
        """A new user with these empty calendars; user and password are there to be ignored."""
        user = f"eigenaar{next(self._numbers)}"
        principal = f"http://127.0.0.1:{self.port}/{user}/user/"
        made = make_calendars(f"{principal}calendars/", user, "niet nodig", calendars)
        return CalendarAccount(principal, user, "niet nodig", f"{user}@example.nl", made)

    def stop(self) -> None:
        """End the server and remove its calendars."""
        self.process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
