"""Radicale, a CalDAV server in Python. It checks passwords and does no scheduling."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from crmlink.demo.servers.accounts import CalendarAccount
from crmlink.demo.servers.calendars import make_calendars
from crmlink.demo.servers.process import ServerProcess, listens, start_with_free_ports


class Radicale:
    """A running Radicale, with its files in a directory of its own `within` another; a context manager."""

    name: Final = "radicale"

    def __init__(self, *, within: Path | None = None) -> None:
        self._within = within
        self.port, self.process = start_with_free_ports(1, self._start)

    def add_user(self, user: str, password: str, calendars: Sequence[str] = ("Agenda",)) -> CalendarAccount:
        """A new user with these empty calendars. Neither name nor password may hold a line end, the name no colon."""
        with (self.process.directory / "users").open("a") as users:
            users.write(f"{user}:{password}\n")
        principal = f"http://127.0.0.1:{self.port}/{user}/"
        made = make_calendars(principal, user, password, calendars)
        return CalendarAccount(principal, user, password, user, made)

    def stop(self) -> None:
        """End the server and remove its calendars."""
        self.process.stop()

    def _start(self, ports: list[int]) -> tuple[int, ServerProcess]:
        (port,) = ports
        process = ServerProcess("radicale", within=self._within)
        try:
            (process.directory / "users").touch()
            configuration = process.directory / "config"
            configuration.write_text(configuration_text(process.directory, port))
            process.start([sys.executable, "-P", "-m", "radicale", "--config", configuration])
            process.wait_for(lambda: listens(port))
        except BaseException:
            process.stop()
            raise
        return port, process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def configuration_text(directory: Path, port: int) -> str:
    """Radicale's settings: every user sees the own calendars only, and a wrong password costs no time."""
    return f"""[server]
hosts = 127.0.0.1:{port}
max_connections = 100
[auth]
type = htpasswd
htpasswd_filename = {directory}/users
htpasswd_encryption = plain
htpasswd_cache = False
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {directory}/collections
[web]
type = none
[logging]
level = info
"""
