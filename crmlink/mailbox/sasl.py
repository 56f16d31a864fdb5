"""Says an OAuth2 token to a mail server, and reads why it is refused.

Two mechanisms say the same: OAUTHBEARER (RFC 7628 section 3.1) and its older form XOAUTH2 (Google, Microsoft). A server
that refuses answers with a challenge, JSON in base64, which must be answered with nothing (XOAUTH2) or one octet 0x01
(OAUTHBEARER) before it says NO (RFC 7628 section 3.2.3). Nothing here holds a connection.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Final

from crmlink.mailbox.location import ImapLocation

MECHANISMS: Final = ("OAUTHBEARER", "XOAUTH2")
"""In the order of preference."""

_LONGEST: Final = 80


@dataclass(slots=True)
class Saying:
    """One login with a token. `told`: the token was said with the command itself (SASL-IR, RFC 4959)."""

    mechanism: str
    location: ImapLocation
    token: str = field(repr=False)
    told: bool = False
    refusal: str = ""

    @property
    def initial(self) -> bytes:
        """What says the token, in base64."""
        user, bearer = self.location.user, f"auth=Bearer {self.token}"
        if self.mechanism == "XOAUTH2":
            text = f"user={user}\x01{bearer}\x01\x01"
        else:
            name = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 section 4
            host, port = self.location.host, self.location.port
            text = f"n,a={name},\x01host={host}\x01port={port}\x01{bearer}\x01\x01"
        return base64.b64encode(text.encode())

    def answer(self, challenge: bytes) -> bytes:
        """The answer to a challenge, both in base64: the token, once; after that only that the refusal was heard."""
        if not self.told:
            self.told = True
            return self.initial
        self.refusal = self.refusal or refusal(challenge)
        return b"" if self.mechanism == "XOAUTH2" else base64.b64encode(b"\x01")

    def hide(self, text: str) -> str:
        """The text without the token, in whatever form the server may have repeated it."""
        for secret in (self.token, self.initial.decode()):
            text = text.replace(secret, "***")
        return text


def refusal(challenge: bytes) -> str:
    """The status a server gives in its JSON (RFC 7628 section 3.2.2), in a few words; "" when there is none to read."""
    try:
        said = json.loads(base64.b64decode(challenge))
    except (binascii.Error, ValueError, RecursionError):
        return ""
    status = said.get("status", said.get("error", "")) if isinstance(said, dict) else ""
    return "".join(sign for sign in str(status) if sign.isascii() and sign.isprintable())[:_LONGEST]
