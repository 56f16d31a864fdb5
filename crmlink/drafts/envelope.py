"""Addresses a draft: from whom, to whom, under which subject, in answer to which mail.

In: a lapse and the desk of this pass. Out: the `Envelope` that `compose` writes. Never an address that was not seen in
the conversation or the calendar.
"""

from __future__ import annotations

from crmlink.drafts.circumstances import topic_of
from crmlink.drafts.compose import LONGEST_SUBJECT, Envelope, draft_message_id
from crmlink.drafts.desk import Desk
from crmlink.drafts.quoting import one_line
from crmlink.facts.subjects import reply_subject
from crmlink.model.contact import Address, Owner
from crmlink.model.lapse import Lapse
from crmlink.model.mail import Message

_FALLBACK_SUBJECT = {"nl": "Onze afspraak", "en": "Our meeting", "de": "Unser Termin"}


def recipients(lapse: Lapse, owner: Owner) -> tuple[Address, ...]:
    """The contact and the other participants, each once, never the owner."""
    contact = lapse.agreement.contact
    everyone = {contact.address: Address(contact.name, contact.address)}
    for address in lapse.agreement.others:
        if not owner.is_me(address.address):
            everyone.setdefault(address.address, address)
    return tuple(everyone.values())


def sender_of(owner: Owner, anchor: Message | None) -> Address:
    """The owner at the address this conversation uses, else at the main one."""
    used = (anchor.sender, *anchor.recipients) if anchor else ()
    known = next((one.address for one in used if one is not None and one.address in owner.addresses), owner.address)
    return Address(owner.name, known)


def envelope_for(lapse: Lapse, desk: Desk, language: str) -> Envelope:
    """The envelope of the draft about this lapse; `language` is that of the letter."""
    anchor = lapse.agreement.anchor
    title = reply_subject(anchor.subject) if anchor else topic_of(lapse.agreement) or _FALLBACK_SUBJECT[language]
    return Envelope(
        sender=sender_of(desk.owner, anchor),
        to=recipients(lapse, desk.owner),
        subject=one_line(title, LONGEST_SUBJECT),
        message_id=draft_message_id(desk.owner.address, lapse.id, desk.owner.mailbox.domain),
        date=desk.now.astimezone(desk.policy.zone),
        anchor=anchor,
    )
