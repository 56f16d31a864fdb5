"""What the servers share that must be installed on the machine: Dovecot and Cyrus."""

from __future__ import annotations

import os
import pwd
import socket


class ServerNotInstalledError(Exception):
    """The server's program is not on this machine; the message says how to get it."""


def service_user() -> str:
    """The user that servers run as: never root, because Cyrus and Dovecot refuse to serve mail as root."""
    return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def greeting(port: int) -> bytes | None:
    """The first bytes a server on 127.0.0.1 says by itself; None when it hangs up without a word."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return connection.recv(512) or None
