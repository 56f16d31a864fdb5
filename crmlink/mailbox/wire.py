"""Opens the TCP and TLS connection to a mail server, and can cut it from outside.

Decides whom to trust: the machine's certificate authorities, or only those in `ca_file`; TLS 1.2 or later; the name in
the certificate must be the host's (RFC 9525). Sends nothing of its own: no password crosses an untrusted wire.
A read timeout alone does not hold a server to time, because each trickled byte starts it anew; `Wire.deadline` does.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from crmlink.mailbox.location import ImapLocation
from crmlink.model.errors import SettingsError, SourceError, UntrustedError

# Seconds of silence, seconds between questions, and how many go unanswered before the connection counts as broken.
_KEEP_ALIVE: Final = MappingProxyType({"TCP_KEEPIDLE": 120, "TCP_KEEPINTVL": 30, "TCP_KEEPCNT": 4})


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: to connect, for the next bytes, and for one whole command."""

    connect: float = 15
    read: float = 60
    command: float = 120


class Wire:
    """Holds the connection by a descriptor of its own, whatever TLS object is put around the socket later."""

    def __init__(self, connection: socket.socket) -> None:
        self._handle = connection.dup()
        self.expired = False

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Cut the connection when the block is not done in time; reading then ends with an error."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """Cut the connection now. May be called twice."""
        self._cut()
        self._handle.close()

    def _expire(self) -> None:
        self.expired = True
        self._cut()

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)


def connect(location: ImapLocation, timeouts: Timeouts) -> socket.socket:
    """A TCP connection. Raises SourceError when there is no way to the server."""
    try:
        connection = socket.create_connection((location.host, location.port), timeouts.connect)
    except OSError as error:
        raise unreachable(location, error) from error
    # Many small commands: without this each waits some 40 ms for the peer's delayed acknowledgement.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _keep_alive(connection)
    connection.settimeout(timeouts.read)
    return connection


def _keep_alive(connection: socket.socket) -> None:
    """Let the kernel ask for signs of life: routers forget silent connections, and a peer that vanished is noticed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Whom to believe: the machine's authorities, or only the ones in `ca_file` (PEM)."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:
        raise SettingsError(
            (f"the certificate file {ca_file} cannot be read",), hint="give a file in PEM form"
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def secured(connection: socket.socket, location: ImapLocation, context: ssl.SSLContext) -> ssl.SSLSocket:
    """The connection with TLS around it. Raises UntrustedError or SourceError; the connection is then closed."""
    try:
        return context.wrap_socket(connection, server_hostname=location.host)
    except OSError as error:
        raise no_tls(location, error) from error


def no_tls(location: ImapLocation, error: OSError) -> UntrustedError | SourceError:
    """What a failed TLS handshake means: a server not to be trusted, or only a broken connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UntrustedError(
            f"the certificate of {location.server} is not trusted: {error.verify_message}",
            hint="check the host name in CRMLINK_MAIL; the password was not sent",
        )
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return UntrustedError(
            f"{location.server} does not speak TLS there: {error.reason or 'handshake failed'}",
            hint="imaps:// is usually port 993, imap+starttls:// port 143; the password was not sent",
        )
    return unreachable(location, error)


def unreachable(location: ImapLocation, error: OSError) -> SourceError:
    """What a failed connection means."""
    if isinstance(error, socket.gaierror):
        reason = "the host name is not known"
    elif isinstance(error, TimeoutError):
        reason = "no answer in time"
    else:
        reason = (error.strerror or str(error) or type(error).__name__).lower()
    return SourceError(
        f"{location.server} cannot be reached: {reason}",
        hint="check host and port in CRMLINK_MAIL and the network connection",
    )
