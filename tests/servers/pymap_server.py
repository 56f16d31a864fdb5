"""pymap, the IMAP server that is always there, with a fresh user for each test."""

from __future__ import annotations

import itertools

from crmlink.demo.servers import pymap_server
from tests.servers.accounts import ImapAccount


class Pymap(pymap_server.Pymap):
    """A running pymap; a context manager."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        super().__init__()

    def account(self) -> ImapAccount:
        """A new user with empty folders."""
        number = next(self._numbers)
        return self.add_user(f"eigenaar{number}@example.nl", f'geheim {number} %+"')
