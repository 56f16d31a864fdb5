"""HTTP for the CalDAV library, with an end: one answer may take so long and be so large, and no more.

The library's own timeout counts from byte to byte, so a server that sends one byte a second would hold a pass for ever,
in the headers already. It also keeps the session to the one server: no proxy and no .netrc from the environment (they
could take the password elsewhere), no certificate status asked of third parties, no redirect followed by itself.
"""

from __future__ import annotations

import re
import socket
import threading
from time import monotonic
from typing import Any, Final

from caldav.lib.http_sync import requests
from niquests.packages.urllib3.contrib.resolver.system import SystemResolver

from crmlink.mailbox.wire import Wire
from crmlink.model.errors import UntrustedError
from crmlink.sources.icsfeed import is_public

MAX_ANSWER: Final = 32_000_000
MAX_MARKS: Final = 1_000_000
"""Elements and attributes in one answer: each takes far more memory than its text. Ten thousand events have 200,000."""
DEADLINE: Final = 120

_MARK: Final = re.compile(rb"<|=\s{0,9}[\"']")


class _Connections(SystemResolver):  # type: ignore[misc] # reached by a name that is made at run time
    """Holds the newest connection, so that it can be cut while the library waits for it."""

    wire: Wire | None = None
    public_only: bool = False

    def getaddrinfo(self, *args: Any, **options: Any) -> Any:
        """As the library does it. Raises UntrustedError for an address inside a private network."""
        found = super().getaddrinfo(*args, **options)
        if self.public_only and not all(is_public(str(record[4][0])) for record in found):
            raise UntrustedError("An address inside a private network was not connected to.")
        return found

    def create_connection(self, *args: Any, **options: Any) -> socket.socket:
        """As the library does it."""
        connection: socket.socket = super().create_connection(*args, **options)
        self.let_go()
        self.wire = Wire(connection)
        return connection

    def let_go(self) -> None:
        """Close what is held."""
        if self.wire is not None:
            self.wire.close()
            self.wire = None


class BoundedSession(requests.Session):
    """A session whose answers are whole in memory, or an OSError."""

    def __init__(self, *, deadline: float = DEADLINE, most: int = MAX_ANSWER, public_only: bool = False) -> None:
        self._connections = _Connections()
        self._connections.public_only = public_only
        self._most = most
        super().__init__(revocation_configuration=None, disable_http3=True, resolver=self._connections)
        self.trust_env = False
        self.max_redirects = 0
        self._deadline = deadline

    def request(self, *args: Any, **options: Any) -> Any:
        """One request. Raises `requests.exceptions.Timeout` past the deadline, ContentDecodingError past the size."""
        end = monotonic() + self._deadline
        timer = threading.Timer(self._deadline, self._connections.let_go)
        timer.daemon = True
        timer.start()
        try:
            response = super().request(*args, **{**options, "stream": True})
            content = _content(response, end, self._most)
        except OSError as error:
            if monotonic() >= end:
                raise requests.exceptions.Timeout("the answer has no end") from error
            raise
        finally:
            timer.cancel()
        # The way a streamed answer becomes a plain one; there is no public name for it.
        response._content = content  # noqa: SLF001
        return response

    def close(self) -> None:
        """Let go of all connections."""
        self._connections.let_go()
        super().close()


def _content(response: Any, end: float, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content():
        assert isinstance(chunk, bytes)
        chunks.append(chunk)
        size += len(chunk)
        if size > most or monotonic() > end:
            response.close()
            kind = requests.exceptions.ContentDecodingError if size > most else requests.exceptions.Timeout
            raise kind("the answer has no end")
    content = b"".join(chunks)
    if content.count(b"<") > MAX_MARKS or sum(1 for _ in _MARK.finditer(content)) > MAX_MARKS:
        raise requests.exceptions.ContentDecodingError("the answer has too many elements")
    return content
