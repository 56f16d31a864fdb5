"""The JSON of an event (schema 1), the same for every connector that sends JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from crmlink.model.crm_event import CrmDraft, CrmEvent

SCHEMA: Final = 1


def event_document(event: CrmEvent) -> dict[str, Any]:
    """Type, timestamp and data, as Standard Webhooks wants them. Times are in UTC."""
    return {
        "schema": SCHEMA,
        "id": event.id,
        "type": event.type.value,
        "timestamp": _time(event.at),
        "account": event.account,
        "data": {
            "lapse": {
                "id": event.lapse,
                "kind": event.kind.value,
                "fault": event.fault.value,
                "subject": event.subject,
                "happened_at": _time(event.happened_at),
                "due": _time(event.due),
                "contact": {
                    "name": event.contact.name,
                    "address": event.contact.address,
                    "company": event.contact.company,
                },
            },
            "draft": _draft(event.draft) if event.draft else None,
            "outcome": event.outcome or None,
            "accepted": (
                {"start": _time(event.accepted.start), "end": _time(event.accepted.end)} if event.accepted else None
            ),
        },
    }


def _draft(draft: CrmDraft) -> dict[str, Any]:
    to = [{"name": one.name, "address": one.address} for one in draft.to]
    return {"message_id": draft.message_id, "to": to, "subject": draft.subject}


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
