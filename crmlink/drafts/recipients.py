"""Decides who gets a draft: the people of the agreement, at the address where they want their answers.

Only addresses that stand in the thread or in the calendar. Never the owner, a list, a program, a room, or whom the owner
ignores. A Reply-To counts when it is one address in the same house as From; another one is told, not followed: whoever
forges a mail wants the answer (RFC 5322 section 3.6.2). In: a lapse, the owner and the ignored. Out: addresses, and a
problem where a Reply-To was left aside.
"""

from __future__ import annotations

from dataclasses import dataclass

from crmlink.facts.domains import same_house
from crmlink.facts.people import is_ignored, reaches_a_person
from crmlink.model.contact import Address, Owner
from crmlink.model.lapse import Lapse
from crmlink.model.mail import Message
from crmlink.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets the draft, the contact first; nobody when no address is fit. `problem` tells of a Reply-To left aside."""

    to: tuple[Address, ...]
    problem: Problem | None = None


def recipients(lapse: Lapse, owner: Owner, ignore: frozenset[str] = frozenset()) -> Recipients:
    """The contact and the other participants, each once, where they want to be answered."""
    contact = lapse.agreement.contact
    people = {contact.address: Address(contact.name, contact.address)}
    for other in lapse.agreement.others:
        people.setdefault(other.address, other)
    fit = tuple(one for one in people.values() if _is_fit(one.address, owner, ignore))
    asked = _reply_to(lapse.agreement.anchor, fit, owner)
    if asked is None:
        return Recipients(fit)
    sender, wanted = asked
    if wanted is None:
        return Recipients(fit, _left_aside(lapse, sender))
    moved = (Address(one.name, wanted) if one.address == sender else one for one in fit)
    return Recipients(tuple({one.address: one for one in moved}.values()))


def _is_fit(address: str, owner: Owner, ignore: frozenset[str]) -> bool:
    return not owner.is_me(address) and reaches_a_person(address) and not is_ignored(address, ignore)


def _reply_to(anchor: Message | None, people: tuple[Address, ...], owner: Owner) -> tuple[str, str | None] | None:
    """Who wants to be answered elsewhere, and where; None for the place when it may not be followed."""
    if anchor is None or anchor.from_me or anchor.sender is None or not anchor.reply_to:
        return None
    sender = anchor.sender.address
    wanted = {one.address for one in anchor.reply_to}
    if sender in wanted or sender not in {one.address for one in people}:
        return None
    only = next(iter(wanted)) if len(wanted) == 1 else ""
    good = only and same_house(only.rpartition("@")[2], anchor.sender.domain) and _is_fit(only, owner, frozenset())
    return sender, only if good else None


def _left_aside(lapse: Lapse, sender: str) -> Problem:
    return Problem(
        "draft.reply-to",
        str(lapse.id),
        f"{sender} wants answers at another address (Reply-To) that is not surely theirs; the draft goes to {sender}.",
        "Change the recipient in the draft if you know the other address to be right.",
    )
