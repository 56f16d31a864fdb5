"""Promises by the owner: what was promised to whom, by when, and whether it was kept.

A later mail of the owner to the same person keeps it when it delivers: it carries an attachment, or in the same
conversation a link or the words that hand something over. A promise to answer is kept by any later mail of substance
in the conversation. An acknowledgement, or another promise, keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crmlink.agreements.picture import Picture
from crmlink.facts.people import contact_of, is_no_reply
from crmlink.language.closing import answering_words, delivering_words
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.contact import Address
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, MessageId, ThreadId, short_id
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import Promise

LINK = re.compile(r"https?://\S+")
SUBSTANCE = 60  # characters; a shorter mail ("Dank, top!") is an acknowledgement

Sent = tuple[Thread, Message]


def promises(picture: Picture) -> tuple[Agreement, ...]:
    """All promises by the owner in the picture, open and kept, in order of making."""
    mine = sorted(
        (pair for pair in picture.messages() if pair[1].from_me and pair[1].automatic is None),
        key=lambda pair: (pair[1].sent_at, pair[1].id),
    )
    sent_to: dict[str, list[Sent]] = {}
    for pair in mine:
        for person in pair[1].recipients:
            sent_to.setdefault(person.address, []).append(pair)
    return tuple(
        _agreement(picture, (thread, message), promise, other, sent_to[other.address])
        for thread, message, other in _to_somebody(picture, mine)
        for promise in picture.readings[message.id].promises
    )


def _to_somebody(picture: Picture, mine: Iterable[Sent]) -> Iterator[tuple[Thread, Message, Address]]:
    for thread, message in mine:
        people = (one for one in message.to if not picture.owner.is_me(one.address) and not is_no_reply(one.address))
        other = next(people, None)
        if other and message.id in picture.readings:
            yield thread, message, other


def _agreement(picture: Picture, made_in: Sent, promise: Promise, other: Address, sent: list[Sent]) -> Agreement:
    thread, message = made_in
    made = Evidence(promise.rule, EvidenceSource.MAIL, message.id, promise.quote)
    kept = _kept_by(
        picture, message.id, thread.id, promise, [pair for pair in sent if pair[1].sent_at > message.sent_at]
    )
    return Agreement(
        id=AgreementId(
            short_id(picture.owner.address, AgreementKind.PROMISE, message.id, " ".join(promise.quote.split()))
        ),
        kind=AgreementKind.PROMISE,
        state=State.KEPT if kept else State.OPEN,
        contact=contact_of(other),
        subject=message.subject,
        made_at=message.sent_at,
        ref=message.id,
        quote=promise.quote,
        due=promise.due,
        changed_at=kept[1].sent_at if kept else None,
        evidence=(made, kept[0]) if kept else (made,),
        others=(other,),
        thread=thread.id,
        anchor=message,
    )


def _kept_by(
    picture: Picture, made_in: MessageId, thread: ThreadId, promise: Promise, later: list[Sent]
) -> tuple[Evidence, Message] | None:
    """The first later mail that keeps the promise, with the evidence."""
    answer = answering_words(promise.quote, language=_language(picture, made_in))
    for where, message in later:
        reading = picture.readings.get(message.id)
        if message.attachments:
            return Evidence("promise.attachment", EvidenceSource.MAIL, message.id, message.attachments[0].name), message
        if where.id != thread:
            continue
        link = LINK.search(message.text)
        words = link.group() if link else delivering_words(message.text, language=_language(picture, message.id))
        if words:
            return Evidence("promise.delivered", EvidenceSource.MAIL, message.id, words), message
        if answer and len(message.text) >= SUBSTANCE and not (reading and reading.promises):
            return Evidence("promise.followed-up", EvidenceSource.MAIL, message.id, message.text[:100]), message
    return None


def _language(picture: Picture, message: MessageId) -> str:
    reading = picture.readings.get(message)
    return reading.language if reading else picture.policy.language
