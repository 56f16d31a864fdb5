"""On which days there was contact with whom: mail both ways, and meetings that took place.

In: the picture and the remembered agreements of one pass. Out: counts per address and day (UTC, so that a move to another
zone counts nothing twice). Only people the owner deals with: who never got a mail of the owner's, and has no agreement
with the owner, is left out. Automatic mail is no contact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date
from functools import cache

from crmlink.agreements.picture import Picture
from crmlink.facts.people import clean_name, reaches_a_person
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.mail import Message, Role

MANY_RECIPIENTS = 10
_Key = tuple[str, date]


def contact_days(
    picture: Picture, agreements: Collection[PastAgreement], known: Collection[str] = ()
) -> tuple[ContactDay, ...]:
    """The days of contact in this picture, in order. `known` are addresses that count from earlier passes."""
    mails_in: Counter[_Key] = Counter()
    mails_out: Counter[_Key] = Counter()
    names: dict[_Key, str] = {}
    cleaned = cache(clean_name)
    for _, message in picture.messages():
        if message.automatic or len(message.recipients) > MANY_RECIPIENTS:
            continue
        counted = mails_out if message.from_me else mails_in
        for person in _other_side(message, picture):
            key = person.address, message.sent_at.astimezone(UTC).date()
            counted[key] += 1
            names[key] = max(names.get(key, ""), cleaned(person.name), key=lambda name: (len(name), name))
    met = Counter(_met(agreements))
    dealt_with = {*known, *(one.address for one in agreements), *(address for address, _ in mails_out)}
    dealt_with = {address for address in dealt_with if reaches_a_person(address)}
    keys = sorted(key for key in {*mails_in, *mails_out, *met} if key[0] in dealt_with)
    return tuple(ContactDay(*key, mails_in[key], mails_out[key], met[key], names.get(key, "")) for key in keys)


def _other_side(message: Message, picture: Picture) -> Iterator[Address]:
    """Who wrote, or to whom the owner wrote; what lies in the inbox under the owner's name may be anybody's."""
    if message.from_me and message.role is Role.INBOX:
        return
    people = message.recipients if message.from_me else (message.sender,)
    once = {one.address: one for one in people if one}
    yield from (one for one in once.values() if not picture.owner.is_me(one.address))


def _met(agreements: Iterable[PastAgreement]) -> Iterator[_Key]:
    for one in agreements:
        if one.kind is AgreementKind.MEETING and one.state is State.KEPT and one.ended_at:
            yield one.address, one.ended_at.astimezone(UTC).date()
