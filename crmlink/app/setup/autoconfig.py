"""Reads the file in which a domain says where its mailboxes are (Thunderbird's autoconfiguration, config-v1.1.xml).

`fetch` gets it over TLS, without following anything; `imap_server` reads it. Nothing in it is believed beyond that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from crmlink.sources.bounded_session import BoundedSession

SECONDS: Final[float] = 5
MOST_BYTES: Final = 100_000
_SCHEMES: Final = {"SSL": ("imaps", "993"), "STARTTLS": ("imap+starttls", "143")}


def fetch(url: str) -> bytes | None:
    """What lies at an https address; None for anything but a short, plain answer in time."""
    opened = session()
    try:
        answer = opened.get(url, timeout=SECONDS)
    except (OSError, ValueError):  # no such host, no TLS, too slow, too large, or sent elsewhere
        return None
    finally:
        opened.close()
    content = answer.content or b""
    return content if answer.status_code == 200 and len(content) <= MOST_BYTES else None  # noqa: PLR2004 - OK


def session() -> BoundedSession:
    """HTTP with an end, without redirects."""
    from crmlink.sources.bounded_session import BoundedSession  # noqa: PLC0415 -- takes a third of a second to load

    return BoundedSession(deadline=SECONDS)


def imap_server(content: bytes, address: str) -> str:
    """The MAIL setting for this address, "" when the file names no mailbox with TLS and a password."""
    if not content or b"<!" in content.replace(b"<!--", b""):  # no entity can be declared
        return ""
    try:
        root = ET.fromstring(content)  # noqa: S314 -- without declarations it cannot grow
    except (ET.ParseError, ValueError, LookupError):
        return ""
    return next(filter(None, (_url(one, address) for one in root.iter("incomingServer"))), "")


def _url(server: ET.Element, address: str) -> str:
    def said(name: str) -> str:
        return (server.findtext(name) or "").strip()

    scheme, usual = _SCHEMES.get(said("socketType"), ("", ""))
    host, port = _filled(said("hostname"), address), said("port") or usual
    ways = {(way.text or "").strip() for way in server.iter("authentication")}
    if server.get("type") != "imap" or not scheme or not host or (ways and "password-cleartext" not in ways):
        return ""
    user = quote(_filled(said("username") or "%EMAILADDRESS%", address), safe="@")
    return f"{scheme}://{user}@{host}" + ("" if port == usual else f":{port}")


def _filled(text: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    values = {"%EMAILADDRESS%": address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}
    for name, value in values.items():
        text = text.replace(name, value)
    return text
