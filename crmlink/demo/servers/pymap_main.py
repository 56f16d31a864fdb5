"""Runs pymap with its in-memory backend, for users that are added while it runs.

pymap's own command knows one user only, with a password on its command line. Everything else is pymap as it is.
Started as a file: `pymap_main.py DIRECTORY`. Reads `DIRECTORY/users` (`user:password` lines) at each login and writes
its port to `DIRECTORY/port`.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.imap import IMAPServer
from pymap.user import UserMetadata


class FileLogin(Login):
    """pymap's login, with the users of a file; passwords are compared by pymap itself."""

    def __init__(self, config: Config, users: Path) -> None:
        super().__init__(config)
        self._users = users

    async def authenticate(self, credentials: Any) -> Identity:
        """Take over users that were added since the last login, then log in as pymap does."""
        for line in self._users.read_text().splitlines():
            user, _, password = line.partition(":")
            if user not in self.users_dict:
                hashed = self.config.hash_context.hash(password)
                self.users_dict[user] = UserMetadata(self.config, user, password=hashed)
        return await super().authenticate(credentials)


def arguments() -> Namespace:
    """The settings pymap wants, at their defaults."""
    parser = ArgumentParser()
    DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
    parsed = parser.parse_args(["dict"])
    for name, value in {"host": None, "port": "0", "cert": None, "key": None, "tls": False}.items():
        setattr(parsed, name, value)
    parsed.debug, parsed.proxy_protocol, parsed.inherited_sockets, parsed.passlib_cfg = False, None, None, None
    return parsed


async def serve(directory: Path) -> None:
    """Listen on a port of the kernel's choice, for ever."""
    config = Config.from_args(arguments())
    config.apply_context()
    server = IMAPServer(FileLogin(config, directory / "users"), config)
    # pymap learns of its peer through this reader, also when no proxy stands before it.
    connected = ProxyProtocolReader(config.proxy_protocol).get_callback(server)
    # Given a host and not a socket, asyncio sets TCP_NODELAY; without it each answer takes 40 ms.
    async with await asyncio.start_server(connected, "127.0.0.1", 0) as running:
        written = directory / "port.new"
        written.write_text(str(running.sockets[0].getsockname()[1]))
        written.rename(directory / "port")
        await running.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
