"""HTTP for the CalDAV library, with an end: one answer may take so long and be so large, and no more.

The library's own timeout counts from byte to byte, so a server that sends one byte a second would hold a pass for ever.
It also keeps the session to the one server: no proxy and no .netrc from the environment (they could take the password
elsewhere), no certificate status asked of third parties, no redirect followed by itself.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

from caldav.lib.http_sync import requests

MAX_ANSWER: Final = 32_000_000
DEADLINE: Final = 120


class BoundedSession(requests.Session):
    """A session whose answers are whole in memory, or an OSError."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        super().__init__(revocation_configuration=None, disable_http3=True)
        self.trust_env = False
        self.max_redirects = 0
        self._deadline = deadline

    def request(self, *args: Any, **options: Any) -> Any:
        """One request. Raises `requests.exceptions.Timeout` past the deadline, ContentDecodingError past the size."""
        end = monotonic() + self._deadline
        response = super().request(*args, **{**options, "stream": True})
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content():
            assert isinstance(chunk, bytes)
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_ANSWER or monotonic() > end:
                response.close()
                kind = requests.exceptions.ContentDecodingError if size > MAX_ANSWER else requests.exceptions.Timeout
                raise kind("the answer has no end")
        # The way a streamed answer becomes a plain one; there is no public name for it.
        response._content = b"".join(chunks)  # noqa: SLF001
        return response
