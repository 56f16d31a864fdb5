"""The connector `webhook`: posts each event as JSON to one address, signed as Standard Webhooks 1.0 describes.

`webhook-id` is the event's own identifier (the receiver can drop what it has), `webhook-timestamp` the second of
sending, `webhook-signature` an HMAC-SHA256 over both and the body. Without a secret nothing is sent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import ClassVar, Final

from crmlink.crm.document import event_document
from crmlink.crm.port import CrmAccess
from crmlink.crm.web import CrmWeb
from crmlink.model.crm_event import CrmEvent
from crmlink.model.errors import SettingsError

_PREFIX: Final = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64


class Webhook:
    """A `Connector` to any address that takes Standard Webhooks."""

    name: ClassVar[str] = "webhook"
    settings: ClassVar[tuple[str, ...]] = ("crm_webhook", "crm_webhook_secret")

    def __init__(self, access: CrmAccess) -> None:
        self._url = access.url
        self._web = CrmWeb(access)
        self._secret = secret_bytes(access.key)
        self._clock = access.clock

    def deliver(self, event: CrmEvent) -> None:
        """Post it. Raises as the port says."""
        body = json.dumps(event_document(event), ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed(event.id, self._clock(), body, self._secret)
        self._web.ask("POST", self._url, {"Content-Type": "application/json", **headers}, body)


def signed(name: str, now: datetime, body: bytes, secret: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks for this body."""
    second = str(int(now.timestamp()))
    mark = hmac.new(secret, f"{name}.{second}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": second,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }


def secret_bytes(text: str) -> bytes:
    """The bytes to sign with: base64 of 24 to 64 bytes, with or without `whsec_` before it.

    Raises:
        SettingsError: it is something else. The secret is not repeated.
    """
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not _LEAST_BYTES <= len(secret) <= _MOST_BYTES:
        raise SettingsError(
            (f"CRMLINK_CRM_WEBHOOK_SECRET: is no whsec_ with {_LEAST_BYTES} to {_MOST_BYTES} bytes in base64",),
            hint='make one: echo "whsec_$(openssl rand -base64 32)"',
        )
    return secret
