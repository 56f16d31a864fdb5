"""The JSON of `contacts export`: everything that is held on one address, for whoever asks what is known of them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from crmlink.app.documents import SCHEMA, Document
from crmlink.app.people.contacts import Held
from crmlink.ledger.crm import ListedEvent
from crmlink.ledger.records import LapseRecord, Unreadable
from crmlink.model.contact import Address, Card
from crmlink.model.draft import Acceptance, StoredDraft
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.introduction import RecordedIntroduction
from crmlink.model.mail import Message
from crmlink.model.meeting import Event
from crmlink.model.memory import RememberedEvent


def export_document(held: Held, now: datetime) -> Document:
    """`contacts export`; times are in the zone of `now`."""
    zone = now.tzinfo
    return {
        "schema": SCHEMA,
        "as_of": _time(now, zone),
        "address": held.address,
        "names": sorted(set(held.names)),
        "company": held.company or None,
        "lapses": [_lapse(one, zone) for one in held.lapses],
        "drafts": [_draft(one, zone) for one in held.drafts],
        "meetings": [_meeting(one, zone) for one in held.meetings],
        "agreements": [_agreement(one, zone) for one in held.agreements],
        "contact_days": [_day(one) for one in held.days],
        "introductions": [_introduction(one, zone) for one in held.introductions],
        "crm_events": [_told(one, zone) for one in held.told],
        "unreadable": [_unreadable(one, zone) for one in held.unreadable],
        "mails": [_mail(one, zone) for one in held.mails],
        "address_book": _card(held.card) if held.card else None,
        "calendar_items": list(held.calendar_items),
    }


def _lapse(one: LapseRecord, zone: tzinfo | None) -> Document:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "fault": one.fault.value,
        "confidence": round(one.confidence, 2),
        "subject": one.subject,
        "happened_at": _time(one.happened_at, zone),
        "due": _time(one.due, zone),
        "evidence": [
            {"rule": each.rule, "source": each.source.value, "ref": each.ref, "quote": each.quote}
            for each in one.evidence
        ],
        "decision": one.decision.value,
        "reason": one.reason,
        "first_seen_at": _time(one.first_seen_at, zone),
        "last_seen_at": _time(one.last_seen_at, zone),
        "dismissed_at": _time(one.dismissed_at, zone),
        "closed_at": _time(one.closed_at, zone),
    }


def _draft(one: StoredDraft, zone: tzinfo | None) -> Document:
    draft = one.draft
    return {
        "message_id": draft.message_id,
        "lapse": draft.lapse,
        "outcome": one.state.value,
        "folder": one.position.folder,
        "to": [_person(person) for person in draft.to],
        "subject": draft.subject,
        "language": draft.language,
        "register": draft.register.value,
        "options": [{"start": _time(each.start, zone), "end": _time(each.end, zone)} for each in draft.options],
        "body": draft.body,
        "raw": draft.raw.decode("utf-8", "replace"),
        "in_reply_to": draft.in_reply_to,
        "created_at": _time(one.created_at, zone),
        "placed_at": _time(one.placed_at, zone),
        "closed_at": _time(one.closed_at, zone),
        "accepted": _accepted(one.acceptance, zone) if one.acceptance else None,
    }


def _accepted(one: Acceptance, zone: tzinfo | None) -> Document:
    return {
        "start": _time(one.option.start, zone),
        "end": _time(one.option.end, zone),
        "ref": one.answer,
        "quote": one.quote,
        "at": _time(one.at, zone),
    }


def _meeting(one: RememberedEvent, zone: tzinfo | None) -> Document:
    event = one.event
    return {
        "uid": event.uid,
        "calendar": event.calendar,
        "recurrence_id": event.recurrence_id,
        "title": event.title,
        **_when(event, zone),
        "location": event.location,
        "categories": list(event.categories),
        "status": event.status.value,
        "organizer": _person(event.organizer),
        "sent_by": _person(event.sent_by),
        "attendees": [{**_known(each.address), "participation": each.participation.value} for each in event.attendees],
        "first_seen_at": _time(one.first_seen_at, zone),
        "last_seen_at": _time(one.last_seen_at, zone),
        "gone_since": _time(one.gone_since, zone),
    }


def _when(event: Event, zone: tzinfo | None) -> Document:
    """Whole days as dates, all else as moments."""
    return {
        name: _time(value, zone) if isinstance(value, datetime) else value.isoformat()
        for name, value in (("start", event.start), ("end", event.end))
    }


def _agreement(one: PastAgreement, zone: tzinfo | None) -> Document:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": one.state.value,
        "fault": one.fault.value,
        "subject": one.subject,
        "quote": one.quote,
        "ref": one.ref,
        "refs": list(one.refs),
        **{
            name: _time(getattr(one, name), zone) for name in ("made_at", "due", "ended_at", "broken_at", "repaired_at")
        },
    }


def _card(one: Card) -> Document:
    return {
        "name": one.name,
        "organisation": one.organisation,
        "title": one.title,
        "nickname": one.nickname,
        "addresses": list(one.addresses),
    }


def _day(one: ContactDay) -> Document:
    return {
        "day": one.day.isoformat(),
        "mails_in": one.mails_in,
        "mails_out": one.mails_out,
        "meetings": one.meetings,
    }


def _introduction(one: RecordedIntroduction, zone: tzinfo | None) -> Document:
    said = one.introduction
    return {
        "id": said.id,
        "introduced": said.introduced,
        "asked": said.asked,
        "step": said.step.value,
        "purpose": said.purpose,
        "created_at": _time(one.created_at, zone),
    }


def _told(one: ListedEvent, zone: tzinfo | None) -> Document:
    return {
        "id": one.id,
        "type": one.type.value,
        "lapse": one.lapse,
        "outcome": one.outcome or None,
        "queued_at": _time(one.queued_at, zone),
        "told_at": _time(one.told_at, zone),
        "given_up_at": _time(one.given_up_at, zone),
    }


def _unreadable(one: Unreadable, zone: tzinfo | None) -> Document:
    return {"item": one.item, "tries": one.tries, "reason": one.reason, "tried_at": _time(one.tried_at, zone)}


def _mail(one: Message, zone: tzinfo | None) -> Document:
    return {
        "message_id": one.id,
        "sent_at": _time(one.sent_at, zone),
        "from": _person(one.sender),
        "to": [_known(each) for each in one.recipients],
        "subject": one.subject,
        "text": one.text,
        "signature": one.signature,
        "attachments": [each.name for each in one.attachments],
    }


def _person(person: Address | None) -> dict[str, Any] | None:
    return _known(person) if person else None


def _known(person: Address) -> dict[str, Any]:
    return {"name": person.name, "address": person.address}


def _time(moment: datetime | None, zone: tzinfo | None) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None
