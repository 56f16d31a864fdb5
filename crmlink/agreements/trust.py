"""Who may say what about a meeting: the rights of RFC 5546 section 3.2 and the origin of the mail (RFC 6047 section 3).

Only the organizer, or who the stored event lets act for them (SENT-BY), may change or cancel. A relay that mails in the
organizer's name proves nothing by itself; its word counts only where the calendar says the same. Nobody signs such
mail in practice, so the receiving server's verdict on its origin stands in. In: a mail, the event as it was known before.
"""

from __future__ import annotations

from enum import StrEnum

from crmlink.facts.authentication import is_verified
from crmlink.facts.people import is_role_address
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Event

# Calendar services that mail for their users from an address of their own.
RELAYS = frozenset({"calendar-notification@google.com", "noreply@calendar.yahoo.com", "calendar-noreply@google.com"})


class Standing(StrEnum):
    """What a sender's word about a meeting is worth."""

    VERIFIED = "verified"  # may say so, and provably did
    UNVERIFIED = "unverified"  # may say so, but the origin is not proven
    RELAYED = "relayed"  # a calendar service in the organizer's name
    STRANGER = "stranger"  # may not say so


def standing_of(message: Message, told: Event, known: Event, *, authserv_ids: frozenset[str]) -> Standing:
    """The standing of who sent `told` about the meeting that was `known` before."""
    organizer, sender = known.organizer, message.sender
    if organizer is None or sender is None or not same_organizer(told, known):
        return Standing.STRANGER
    if sender.address in {one.address for one in (organizer, known.sent_by) if one}:
        return Standing.VERIFIED if is_verified(message, authserv_ids=authserv_ids) else Standing.UNVERIFIED
    if sender.address in RELAYS:
        return Standing.RELAYED
    in_their_name = organizer.address in {one.address for one in message.reply_to}
    if in_their_name and (sender.domain == organizer.domain or is_role_address(sender.address)):
        return Standing.RELAYED
    return Standing.STRANGER


def same_organizer(told: Event, known: Event) -> bool:
    """Whether a message names the organizer the meeting has; Outlook.com leaves it out, which changes nothing."""
    return told.organizer is None or known.organizer is None or told.organizer.address == known.organizer.address


def is_mine(message: Message, *, authserv_ids: frozenset[str] = frozenset()) -> bool:
    """Whether the owner wrote it: "From: me" in the inbox is what a forger would send."""
    return message.from_me and (message.role is not Role.INBOX or is_verified(message, authserv_ids=authserv_ids))
