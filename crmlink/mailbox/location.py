"""Where the mail is: reads the setting MAIL into a value. Opens nothing.

    imaps://user@host[:port]            TLS from the start (RFC 8314), port 993
    imap+starttls://user@host[:port]    TLS by STARTTLS, refused when the server does not offer it, port 143
    imap://user@host[:port]             without TLS, to this machine only, port 143
    maildir:///absolute/path            a directory of mail in Maildir++ form

The last "@" divides user and host, so `imaps://me@example.nl@imap.example.nl` works as well as `me%40example.nl`.
No error repeats the address: it may hold a password that somebody put there.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit


class Security(StrEnum):
    """How the connection is protected; the value is the scheme of the address."""

    TLS = "imaps"
    STARTTLS = "imap+starttls"
    NONE = "imap"


_PORTS: Final = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
_EXAMPLE: Final = "imaps://user@imap.example.nl"


@dataclass(frozen=True, slots=True)
class ImapLocation:
    """A mailbox on an IMAP server."""

    security: Security
    host: str
    port: int
    user: str

    @property
    def server(self) -> str:
        """Host and port, for messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MaildirLocation:
    """A mailbox on disk."""

    path: Path


def parse_location(url: str) -> ImapLocation | MaildirLocation:
    """The place a MAIL setting names. Raises ValueError with one sentence that a person can act on."""
    scheme, found, rest = url.strip().partition("://")
    scheme = scheme.lower()
    if found and scheme == "maildir":
        return _maildir(rest)
    if found and scheme in set(Security):
        return _imap(Security(scheme), rest)
    raise ValueError(
        f"the address must start with imaps://, imap+starttls://, imap:// or maildir://, for example {_EXAMPLE}"
    )


def is_loopback(host: str) -> bool:
    """Whether a connection to this host never leaves the machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _maildir(rest: str) -> MaildirLocation:
    path = unquote(rest)
    if not path.startswith("/") or "\0" in path:
        raise ValueError("a Maildir needs an absolute path after maildir://, for example maildir:///home/me/Maildir")
    return MaildirLocation(Path(path))


def _imap(security: Security, rest: str) -> ImapLocation:
    user_part, at, host_part = rest.rpartition("@")
    if ":" in user_part:
        raise ValueError("the address may not hold a password; put it in CRMLINK_MAIL_PASSWORD")
    user = unquote(user_part)
    if not at or not user:
        raise ValueError(f"the address needs a user name before the host, for example {_EXAMPLE}")
    if not user.isprintable():
        raise ValueError("the user name in the address holds characters that cannot be typed")
    host, port = _host_and_port(host_part)
    if security is Security.NONE and not is_loopback(host):
        raise ValueError("imap:// is not encrypted and only for this machine; use imaps:// or imap+starttls://")
    return ImapLocation(security, host, port or _PORTS[security], user)


def _host_and_port(text: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("the host or port in the address is not right; a port is a number up to 65535") from None
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("the address ends with host and port; folders are found by themselves")
    if not host or port == 0 or not host.isprintable() or any(sign in host for sign in " %\\\"'<>"):
        raise ValueError(f"the address needs a host name, for example {_EXAMPLE}")
    return host, port
