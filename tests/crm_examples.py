"""Values for tests of connectors: one event, a secret, and a connector that notes what it is told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from crmlink.crm.port import CrmAccess
from crmlink.model.contact import Address, Contact
from crmlink.model.crm_event import CrmDraft, CrmEvent, CrmEventType
from crmlink.model.draft import Option
from crmlink.model.ids import LapseId, MessageId
from crmlink.model.lapse import Fault, LapseKind
from tests.servers.scripted_http import Asked

SECRET = "whsec_" + base64.b64encode(b"kanariegeheim-van-de-webhook-01").decode()
NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
FOUND = CrmEvent(
    id="evt_1",
    type=CrmEventType.LAPSE_FOUND,
    account="marleen@veen.example",
    at=NOW,
    lapse=LapseId("een"),
    kind=LapseKind.MISSED,
    fault=Fault.ME,
    contact=Contact("Gijs Bakker", "gijs@bakker.example", "bakker.example"),
    subject="Kennismaking – koffie",
    happened_at=NOW - timedelta(days=1),
)
ACCEPTED = replace(
    FOUND,
    id="evt_3",
    type=CrmEventType.DRAFT_OUTCOME,
    draft=CrmDraft(
        MessageId("<een@veen.example>"), (Address("Gijs Bakker", "gijs@bakker.example"),), "Re: Kennismaking"
    ),
    outcome="accepted",
    accepted=Option(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1)),
)


def access(
    url: str,
    *,
    key: str = SECRET,
    user: str = "",
    ca_file: Path | None = None,
    seconds: float = 5,
    now: Callable[[], datetime] = lambda: NOW,
) -> CrmAccess:
    """Where a test server is."""
    return CrmAccess(url, now, user=user, key=key, ca_file=ca_file, seconds=seconds)


def told(asked: Asked) -> dict[str, Any]:
    """The event in a request."""
    document: dict[str, Any] = json.loads(asked.body)
    return document


@dataclass(slots=True)
class NotingConnector:
    """Takes everything and remembers it, or raises `failure` instead."""

    name: ClassVar[str] = "noting"
    settings: ClassVar[tuple[str, ...]] = ()
    events: list[CrmEvent] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    failure: Callable[[CrmEvent], BaseException | None] = lambda _event: None
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    def deliver(self, event: CrmEvent) -> None:
        """Note it."""
        self.before()
        self.tries.append(event.id)
        if (error := self.failure(event)) is not None:
            raise error
        self.events.append(event)
        self.after()
