"""pymap, an IMAP server in Python that keeps mail in memory.

It is plain: no SPECIAL-USE, CONDSTORE or ENABLE, no TLS here, and no folders but INBOX until somebody makes them,
which `add_user` does over IMAP.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, Self

from imapclient import IMAPClient

from crmlink.demo.servers.accounts import ImapAccount
from crmlink.demo.servers.process import ServerProcess, announced_port

RUNNER = Path(__file__).with_name("pymap_main.py")
FOLDERS = ("Drafts", "Sent", "Trash")


class Pymap:
    """A running pymap, with its files in a directory of its own `within` another; a context manager."""

    name: Final = "pymap"

    def __init__(self, *, within: Path | None = None) -> None:
        self.process = ServerProcess("pymap", within=within)
        try:
            (self.process.directory / "users").touch()
            # pymap greets each client with its host's name; no name server needs to be asked for that.
            self.process.start(
                [sys.executable, "-P", RUNNER, self.process.directory], environment={"FQDN": "localhost"}
            )
            self.port = self.process.wait_for(lambda: announced_port(self.process.directory))
        except BaseException:
            self.process.stop()
            raise

    def add_user(self, user: str, password: str) -> ImapAccount:
        """A new user with empty folders. Neither name nor password may hold a line end, the name no colon."""
        with (self.process.directory / "users").open("a") as users:
            users.write(f"{user}:{password}\n")
        with IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=15) as client:
            client.login(user, password)
            for folder in FOLDERS:
                client.create_folder(folder)
                client.subscribe_folder(folder)
        return ImapAccount("127.0.0.1", self.port, user, password, None, None)

    def stop(self) -> None:
        """End the server; its mail is gone with it."""
        self.process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
