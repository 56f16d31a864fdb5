"""Addresses a draft: from whom, to whom, under which subject, in answer to which mail.

In: a lapse, the desk of this pass, and the `recipients`. Out: the `Envelope` that `compose` writes. The owner writes from
the address that was written to; the only other address in it is the owner's own blind copy.
"""

from __future__ import annotations

from crmlink.drafts.circumstances import topic_of
from crmlink.drafts.compose import LONGEST_SUBJECT, Envelope, draft_message_id
from crmlink.drafts.desk import Desk
from crmlink.drafts.quoting import one_line
from crmlink.facts.subjects import reply_subject
from crmlink.model.agreement import Agreement
from crmlink.model.contact import Address, Owner
from crmlink.model.lapse import Lapse, LapseKind

_GREETING = {"nl": "Hoe gaat het?", "en": "How are you?", "de": "Ein Gruß"}
_FALLBACK_SUBJECT = {"nl": "Onze afspraak", "en": "Our meeting", "de": "Unser Termin"}


def sender_of(owner: Owner, agreement: Agreement) -> Address:
    """The owner at the address that this conversation, else the calendar entry, uses; else at the main one."""
    anchor, event = agreement.anchor, agreement.event
    in_mail = (anchor.sender, *anchor.recipients) if anchor else ()
    in_calendar = (event.organizer, *(one.address for one in event.attendees)) if event else ()
    used = (one.address for one in (*in_mail, *in_calendar) if one is not None)
    return Address(owner.name, next((one for one in used if one in owner.addresses), owner.address))


def copy_for_the_crm(desk: Desk, to: tuple[Address, ...]) -> Address | None:
    """Where a blind copy files the sent mail, unless that address gets the mail anyway."""
    wanted = desk.policy.crm_bcc
    return Address("", wanted) if wanted and wanted not in {one.address for one in to} else None


def _without_topic(lapse: Lapse, language: str) -> str:
    return (_GREETING if lapse.kind is LapseKind.SILENT else _FALLBACK_SUBJECT)[language]


def envelope_for(lapse: Lapse, desk: Desk, to: tuple[Address, ...], language: str) -> Envelope:
    """The envelope of the draft about this lapse to these people; `language` is that of the letter."""
    anchor = lapse.agreement.anchor
    title = reply_subject(anchor.subject) if anchor else topic_of(lapse.agreement) or _without_topic(lapse, language)
    return Envelope(
        sender=sender_of(desk.owner, lapse.agreement),
        to=to,
        subject=one_line(title, LONGEST_SUBJECT),
        message_id=draft_message_id(
            desk.owner.address, lapse.id, desk.owner.mailbox.domain, edition=desk.editions.get(lapse.id, 0)
        ),
        date=desk.now.astimezone(desk.policy.zone),
        anchor=anchor,
        bcc=copy_for_the_crm(desk, to),
    )
