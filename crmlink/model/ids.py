"""Names for identifiers, and how they are derived: same input, same identifier, on every machine."""

from __future__ import annotations

import base64
import hashlib
from typing import NewType

MessageId = NewType("MessageId", str)
"""A Message-ID with its angle brackets, as in the header (RFC 5322 section 3.6.4)."""

EventUid = NewType("EventUid", str)
"""The UID of a calendar component (RFC 5545 section 3.8.4.7)."""

AgreementId = NewType("AgreementId", str)
LapseId = NewType("LapseId", str)
ThreadId = NewType("ThreadId", str)


def digest(*parts: str) -> str:
    """64 hex characters that stand for exactly these parts in this order."""
    joined = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hashlib.sha256(joined).hexdigest()


def short_id(*parts: str) -> str:
    """Eight characters a person can type (a-z and 2-7), derived from the parts."""
    return base64.b32encode(bytes.fromhex(digest(*parts)))[:8].decode().lower()
