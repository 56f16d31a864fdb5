"""The JSON that crmlink promises to the outside (schema 1): plain dictionaries, made at the very edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from crmlink.agreements.picked import awaits_calendar
from crmlink.app.scan import ScanResult
from crmlink.model.agreement import Agreement, AgreementKind
from crmlink.model.contact import Contact
from crmlink.model.draft import Draft
from crmlink.model.evidence import Evidence
from crmlink.model.lapse import Lapse, Verdict
from crmlink.model.mail import Message
from crmlink.model.reading import DateMention, Reading

SCHEMA = 1
Document = dict[str, Any]


def scan_document(result: ScanResult) -> Document:
    """`scan --json`."""
    zone = result.task.now.tzinfo
    return {
        "schema": SCHEMA,
        "as_of": _time(result.task.now, zone),
        "dry_run": result.task.dry_run,
        "account": result.account,
        "sources": [
            {
                "name": one.name,
                "state": one.health.value,
                "seen": one.seen,
                "new": one.new,
                "truncated": one.truncated,
                "set_aside": one.set_aside,
            }
            for one in result.reports
        ],
        "lapses": [_verdict(one, result.drafts.get(one.lapse.id), result.folder, zone) for one in result.verdicts],
        "problems": [
            {"code": one.code, "subject": one.subject, "message": one.message, "hint": one.hint}
            for one in result.problems
        ],
    }


def owed_document(agreements: Iterable[Agreement], now: datetime) -> Document:
    """`owed --json`."""
    return {
        "schema": SCHEMA,
        "as_of": _time(now, now.tzinfo),
        "agreements": [_agreement(one, now.tzinfo) for one in agreements],
    }


def explain_document(read: Iterable[tuple[str, Message, Reading]], zone: tzinfo) -> Document:
    """`explain --json`: source name, message and reading of each."""
    return {
        "schema": SCHEMA,
        "messages": [_reading(source, message, reading, zone) for source, message, reading in read],
    }


def lapse_document(lapse: Lapse, zone: tzinfo | None) -> Document:
    """One lapse without the decision on it."""
    return {
        "id": lapse.id,
        "kind": lapse.kind.value,
        "fault": lapse.fault.value,
        "confidence": round(lapse.confidence, 2),
        "contact": _contact(lapse.agreement.contact),
        "subject": lapse.agreement.subject,
        "happened_at": _time(lapse.happened_at, zone),
        "due": _time(lapse.due, zone),
        "evidence": [_evidence(one) for one in lapse.evidence],
    }


def _verdict(verdict: Verdict, draft: Draft | None, folder: str, zone: tzinfo | None) -> Document:
    return lapse_document(verdict.lapse, zone) | {
        "decision": verdict.decision.value,
        "reason": verdict.reason,
        "draft": _draft(draft, folder, zone) if draft else None,
    }


def _draft(draft: Draft, folder: str, zone: tzinfo | None) -> Document:
    return {
        "message_id": draft.message_id,
        "folder": folder,
        "to": [one.address for one in draft.to],
        "subject": draft.subject,
        "language": draft.language,
        "register": draft.register.value,
        "options": [{"start": _time(one.start, zone), "end": _time(one.end, zone)} for one in draft.options],
        "body": draft.body,
    }


def _agreement(agreement: Agreement, zone: tzinfo | None) -> Document:
    document: Document = {
        "id": agreement.id,
        "kind": agreement.kind.value,
        "state": agreement.state.value,
        "contact": _contact(agreement.contact),
        "subject": agreement.subject,
        "made_at": _time(agreement.made_at, zone),
        "due": _time(agreement.due, zone),
        "quote": agreement.quote,
        "ref": agreement.ref,
        "evidence": [_evidence(one) for one in agreement.evidence],
    }
    if agreement.kind is AgreementKind.MEETING:
        document["fault"] = agreement.fault.value
    if awaits_calendar(agreement):
        document["hint"] = "put it in your calendar"
    return document


def _reading(source: str, message: Message, reading: Reading, zone: tzinfo) -> Document:
    talk = reading.meeting
    return {
        "source": source,
        "message_id": message.id,
        "from_me": message.from_me,
        "language": reading.language,
        "register": reading.register.value,
        "automatic": message.automatic.value if message.automatic else None,
        "requests": [{"quote": one.quote, "to_me": one.to_me, "due": _time(one.due, zone)} for one in reading.requests],
        "promises": [{"quote": one.quote, "due": _time(one.due, zone)} for one in reading.promises],
        "dates": [_date(one, zone) for one in reading.dates],
        "meeting": {
            "act": talk.act.value,
            "fault": talk.fault.value if talk.fault else None,
            "quote": talk.quote,
            "when": _date(talk.when, zone) if talk.when else None,
        },
    }


def _date(mention: DateMention, zone: tzinfo) -> Document:
    return {
        "quote": mention.quote,
        "start": _time(mention.start, zone),
        "end": _time(mention.end, zone),
        "grain": mention.grain.value,
    }


def _contact(contact: Contact) -> Mapping[str, str | None]:
    return {"name": contact.name, "address": contact.address, "company": contact.company}


def _evidence(evidence: Evidence) -> Mapping[str, str]:
    return {"rule": evidence.rule, "source": evidence.source.value, "ref": evidence.ref, "quote": evidence.quote}


def _time(moment: datetime | None, zone: tzinfo | None) -> str | None:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None
