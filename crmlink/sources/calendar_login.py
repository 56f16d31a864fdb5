"""Who logs in to a calendar server. A value without behaviour; it never shows its password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from crmlink.mailbox.proof import TokenSource


@dataclass(frozen=True, slots=True)
class CalendarLogin:
    """User and password, empty for servers that ask for none; `ca_file` holds authorities to trust besides the usual.

    With `token` the login is by OAuth2 wherever `takes_token` says so of an address, and by password elsewhere.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    token: TokenSource | None = None
    takes_token: Callable[[str], bool] = field(default=lambda _url: False, repr=False)

    def at(self, url: str) -> Self:
        """The login for this address: a token is never shown to a server that is not its own."""
        return self if self.token is None or self.takes_token(url) else replace(self, token=None)
