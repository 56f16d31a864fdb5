"""Who may log in to a server of ours, and where. Decides the shape only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """One mailbox. `port` speaks plain IMAP (STARTTLS where the server has a certificate), `tls_port` TLS from the start.

    `ca_file` is the authority that signed the server's certificate, in PEM; None where the server has no TLS.
    """

    host: str
    port: int
    user: str
    password: str
    tls_port: int | None
    ca_file: Path | None

    @property
    def url(self) -> str:
        """The plain address, `imap://user@host:port`, the user percent-encoded."""
        return f"imap://{quote(self.user, safe='')}@{self.host}:{self.port}"

    @property
    def starttls_url(self) -> str:
        """The same port, with STARTTLS: `imap+starttls://user@host:port`."""
        return f"imap+starttls://{quote(self.user, safe='')}@{self.host}:{self.port}"

    @property
    def tls_url(self) -> str:
        """The TLS address, `imaps://user@host:port`; only for servers that have one."""
        assert self.tls_port is not None, "this server has no TLS port"
        return f"imaps://{quote(self.user, safe='')}@{self.host}:{self.tls_port}"


@dataclass(frozen=True, slots=True)
class CalendarAccount:
    """One principal. `url` is the principal's address, `calendars` maps each display name to its collection's address.

    `address` is the user's mail address as the server knows it for scheduling; `mail` is the mailbox of the same user
    where the server has both, else None.
    """

    url: str
    user: str
    password: str
    address: str
    calendars: Mapping[str, str]
    mail: ImapAccount | None = None
