"""HTTP to a provider's login pages, with an end: over TLS only, no redirect followed, no answer too long or too large.

Google's and Microsoft's libraries both bring `requests`; what it may do is settled here, once for both. No proxy and no
.netrc from the environment: they could take a token elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

TIMEOUT: Final = (10, 20)
"""Seconds to connect, and for the next bytes."""
DEADLINE: Final = 60
MAX_ANSWER: Final = 1_000_000


class _Bounded(HTTPAdapter):
    """Reads each answer whole before it hands it out."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        super().__init__()

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """One request. Raises `requests.RequestException`, which is an OSError."""
        end = monotonic() + self._deadline
        response = super().send(request, **{**options, "stream": True, "timeout": TIMEOUT})
        content = b""
        for chunk in response.iter_content(4096):
            content += chunk
            if len(content) > MAX_ANSWER or monotonic() > end:
                response.close()
                raise requests.Timeout("the answer has no end")
        response._content = content  # noqa: SLF001 - the way a streamed answer becomes a plain one
        return response


def bounded(session: requests.Session, ca_file: Path | None, *, deadline: float = DEADLINE) -> None:
    """Keep this session within bounds; `ca_file` (PEM) replaces the well-known authorities."""
    session.trust_env = False
    session.max_redirects = 0
    session.verify = str(ca_file) if ca_file else True
    session.adapters.clear()
    session.mount("https://", _Bounded(deadline))
