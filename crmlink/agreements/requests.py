"""Requests to the owner: who asked what, and whether it was answered, withdrawn or is still open.

One agreement per thread and asker: a reminder adds to the first question, it does not open a second one. An automatic
reply of mine does not answer; a colleague of mine who answers does. Questions to many, or with me only in Cc, are not
mine to answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crmlink.agreements.picture import NO_EVIDENCE, Picture
from crmlink.facts.people import company_of, contact_of, is_no_reply
from crmlink.facts.subjects import bare_subject
from crmlink.language.closing import withdrawing_words
from crmlink.model.agreement import Agreement, AgreementKind, State
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.ids import AgreementId, short_id
from crmlink.model.mail import Message, Thread
from crmlink.model.reading import Request

MANY_RECIPIENTS = 10


@dataclass(slots=True)
class _Asked:
    """The questions of one person in one thread, first to last, and how they ended."""

    thread: Thread
    asks: list[tuple[Message, Request]] = field(default_factory=list)
    state: State = State.OPEN
    changed_at: datetime | None = None
    closed_by: Evidence | None = None

    def close(self, state: State, message: Message, rule: str, quote: str) -> None:
        self.state, self.changed_at = state, message.sent_at
        self.closed_by = Evidence(rule, EvidenceSource.MAIL, message.id, quote)


def requests(picture: Picture) -> tuple[Agreement, ...]:
    """All requests to the owner in the picture, open and closed, in order of asking."""
    elsewhere = _Elsewhere(picture)
    found = [asked for thread in picture.threads for asked in _in_thread(picture, thread)]
    for asked in found:
        if asked.state is State.OPEN:
            elsewhere.close(asked)
    return tuple(sorted((_agreement(picture, asked) for asked in found), key=lambda one: (one.made_at, one.id)))


def _in_thread(picture: Picture, thread: Thread) -> Iterator[_Asked]:
    asked: dict[str, _Asked] = {}
    finished: list[_Asked] = []
    for message in thread.messages:
        if not _counts(message):
            continue
        _close_by(picture, message, asked)
        finished += [asked.pop(asker) for asker in list(asked) if asked[asker].state is not State.OPEN]
        asks = _asks(picture, message)
        if asks and message.sender:
            one = asked.setdefault(message.sender.address, _Asked(thread))
            one.asks += [(message, request) for request in asks]
    yield from finished
    yield from asked.values()


def _counts(message: Message) -> bool:
    return message.sender is not None and message.automatic is None and message.role not in NO_EVIDENCE


def _asks(picture: Picture, message: Message) -> list[Request]:
    to_me = any(picture.owner.is_me(address.address) for address in message.to)
    few = len(message.recipients) <= MANY_RECIPIENTS
    if message.from_me or not to_me or not few or message.sender is None or is_no_reply(message.sender.address):
        return []
    reading = picture.readings.get(message.id)
    return [request for request in reading.requests if request.to_me] if reading else []


def _close_by(picture: Picture, message: Message, asked: dict[str, _Asked]) -> None:
    """Close what this message answers or withdraws."""
    addressed = {address.address for address in message.recipients}
    for asker, one in asked.items():
        if message.from_me:
            if asker in addressed or not addressed:
                one.close(State.KEPT, message, "request.answered-by-me", _first_line(message))
        elif message.sender and message.sender.address == asker:
            words = withdrawing_words(message.text, language=_language(picture, message))
            if words and not _asks(picture, message):
                one.close(State.WITHDRAWN, message, "request.withdrawn", words)
        elif message.sender and asker in addressed and _colleague(picture, message.sender.address, asker):
            one.close(State.KEPT, message, "request.answered-by-colleague", _first_line(message))


def _colleague(picture: Picture, sender: str, asker: str) -> bool:
    """Whether the sender is on my side and the asker is not; inside one firm nobody answers for another."""
    mine = {company_of(address) for address in picture.owner.addresses} - {None}
    return company_of(sender) in mine and company_of(asker) not in mine


class _Elsewhere:
    """Answers outside the thread: a new mail of mine on the same subject, or a meeting made since."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.mine: dict[str, list[Message]] = {}
        for _, message in picture.messages():
            if message.from_me and message.automatic is None:
                for address in message.recipients:
                    self.mine.setdefault(address.address, []).append(message)

    def close(self, asked: _Asked) -> None:
        message, _ = asked.asks[-1]
        asker = message.sender.address if message.sender else ""
        for answer in sorted(self.mine.get(asker, []), key=lambda one: one.sent_at):
            if answer.sent_at > message.sent_at and _near(answer.subject, message.subject):
                asked.close(State.KEPT, answer, "request.answered-in-new-thread", answer.subject)
                return
        for event in self.picture.agenda.events:
            people = {one.address.address for one in event.attendees} | (
                {event.organizer.address} if event.organizer else set()
            )
            if asker in people and event.created_at and message.sent_at < event.created_at <= self.picture.now:
                asked.state, asked.changed_at = State.KEPT, event.created_at
                asked.closed_by = Evidence("request.meeting-made", EvidenceSource.CALENDAR, event.uid, event.title)
                return


def _near(one: str, two: str) -> bool:
    """Whether two subjects speak of the same thing: equal but for prefixes, or one inside the other and not tiny."""
    first, second = sorted((bare_subject(one).casefold(), bare_subject(two).casefold()), key=len)
    return bool(first) and (first == second or (len(first.split()) > 1 and first in second))


def _agreement(picture: Picture, asked: _Asked) -> Agreement:
    message, request = asked.asks[0]
    newest, _ = asked.asks[-1]
    assert message.sender is not None
    evidence = [Evidence(one.rule, EvidenceSource.MAIL, mail.id, one.quote) for mail, one in asked.asks]
    if asked.closed_by:
        evidence.append(asked.closed_by)
    dues = [one.due for _, one in asked.asks if one.due]
    return Agreement(
        id=AgreementId(short_id(picture.owner.address, AgreementKind.REQUEST, message.id, message.sender.address)),
        kind=AgreementKind.REQUEST,
        state=asked.state,
        contact=contact_of(newest.sender or message.sender),
        subject=newest.subject,
        made_at=message.sent_at,
        ref=message.id,
        quote=request.quote,
        due=min(dues) if dues else None,
        changed_at=asked.changed_at,
        evidence=tuple(evidence),
        thread=asked.thread.id,
        anchor=newest,
    )


def _first_line(message: Message) -> str:
    return next((line.strip() for line in message.text.splitlines() if line.strip()), message.subject)[:200]


def _language(picture: Picture, message: Message) -> str:
    reading = picture.readings.get(message.id)
    return reading.language if reading else picture.policy.language
