"""The one door to a CRM on the web: one host, TLS, no redirect, a small answer in little time, and our own words.

In: an address, headers, a body. Out: status and body of the answer, or a `CrmUnreachableError`. No error repeats the
address beyond its host: the rest may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from crmlink.crm.port import CrmAccess, CrmRefusedError, CrmUnreachableError
from crmlink.mailbox.location import is_loopback
from crmlink.model.errors import UntrustedError

MOST: Final = 200_000
"""Bytes of an answer."""

_NEVER: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)
_AGENT: Final = "crmlink"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back."""

    status: int
    body: bytes

    def json(self, host: str) -> Any:
        """The body as JSON. Raises CrmUnreachableError when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise CrmUnreachableError(f"The CRM at {host} gave an answer that cannot be read.") from error


@dataclass(frozen=True, slots=True)
class CrmWeb:
    """Requests to one CRM."""

    access: CrmAccess

    @property
    def host(self) -> str:
        """Its host, for messages."""
        return urlsplit(self.access.url).hostname or ""

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> WebAnswer:
        """One request; an answer other than 2xx is an error.

        Raises:
            CrmRefusedError: the CRM says that this message is bad (400, 413, 422).
            CrmUnreachableError: no way to it, no trust in it, or another answer that is not 2xx.
        """
        # The library takes a third of a second to load.
        from caldav.lib.http_sync import requests  # noqa: PLC0415

        from crmlink.sources.bounded_session import BoundedSession  # noqa: PLC0415

        public = not is_loopback(self.host)
        session = BoundedSession(deadline=self.access.seconds, most=MOST, public_only=public)
        options = {"timeout": self.access.seconds, "verify": self._trusted()}
        try:
            response = session.request(method, url, headers={"User-Agent": _AGENT, **headers}, data=body, **options)
        except (OSError, ValueError, UntrustedError) as error:
            raise self._said(error, requests.exceptions) from error
        finally:
            session.close()
        return self._accepted(int(response.status_code), response.content or b"")

    def _trusted(self) -> bool | bytes:
        """Whom to believe: the authorities the library knows, and those in CA_FILE as well."""
        if self.access.ca_file is None:
            return True
        import wassima  # noqa: PLC0415 -- the HTTP library's own list of authorities

        try:
            return f"{wassima.generate_ca_bundle()}\n{self.access.ca_file.read_text('ascii')}".encode("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise CrmUnreachableError("The certificates in CRMLINK_CA_FILE cannot be read.") from error

    def _said(self, error: Exception, kinds: Any) -> CrmUnreachableError:
        """The error in our own words; `kinds` are the library's errors."""
        later = "It is tried again in a later pass; check the address of the CRM in the settings."
        for kind, what, hint in (
            (UntrustedError, "lies inside a private network; nothing was said to it", "Only a public address, or this machine itself, is told."),
            (kinds.SSLError, "has no valid certificate; nothing was said to it", "For a private authority set CRMLINK_CA_FILE."),
            (kinds.TooManyRedirects, "redirects; nothing was said there", later),
            (kinds.ContentDecodingError, "answers with more than can be read", later),
            (kinds.Timeout, "does not answer in time", later),
        ):  # fmt: skip
            if isinstance(error, kind):
                return CrmUnreachableError(f"The CRM at {self.host} {what}.", hint=hint)
        return CrmUnreachableError(f"The CRM at {self.host} cannot be reached.", hint=later)

    def _accepted(self, status: int, body: bytes) -> WebAnswer:
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return WebAnswer(status, body)
        if status in _NEVER:
            raise CrmRefusedError(f"The CRM at {self.host} refuses this message (answer {status}).")
        hint = "It is tried again in a later pass; check the address and key of the CRM in the settings."
        raise CrmUnreachableError(f"The CRM at {self.host} does not take it (answer {status}).", hint=hint)
