"""Reads one mail: from the bytes of a server to the facts that everything else rests on.

In: raw bytes, who the owner is, the owner's zone, and the folder's role. Out: a `Message` and what was wrong with it.
Never raises and never runs long, whatever the bytes: sizes, counts and depths are capped before anything is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crmlink.facts.addresses import addresses, sender
from crmlink.facts.automatic import automatic
from crmlink.facts.bodies import Body, read_body
from crmlink.facts.headers import NAME_LENGTH, Headers, clean, message_ids, moment
from crmlink.facts.itip import invitations
from crmlink.facts.letter import Letter
from crmlink.facts.parts import Budget, Part, read_parts
from crmlink.facts.quoting import VisibleReply, visible_reply
from crmlink.model.contact import Address, Owner
from crmlink.model.ids import MessageId, digest
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Invitation
from crmlink.model.problem import Problem

TOO_LARGE = "mail.too-large"
"""The code of the problem that something of a mail was left out."""
MAX_MESSAGE = 8 * 1024 * 1024
_MAX_CALENDARS = 10
_MAX_RESULTS = 10
_PAGES = 20_000
_EARLIEST = 1980
_FUTURE = timedelta(days=2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What was read of one mail. `message` is None only when there was nothing to read."""

    message: Message | None
    problems: tuple[Problem, ...]


def read_message(
    raw: bytes, *, owner: Owner, zone: ZoneInfo, role: Role = Role.INBOX, received_at: datetime | None = None
) -> MessageFacts:
    """The message in `raw` (RFC 5322, RFC 2045). `received_at` (aware) stands in for a date that cannot be used."""
    if not raw.strip():
        return MessageFacts(
            None, (Problem("mail.empty", "message", "The message is empty.", "Nothing to do; it was left alone."),)
        )
    budget = Budget(spent=len(raw) > MAX_MESSAGE)
    root = read_parts(raw[:MAX_MESSAGE], budget)
    reader = _Reader(root, read_body(root), owner, zone)
    message = reader.message(role, received_at)
    if budget.spent:
        reader.problems.append(
            Problem(
                TOO_LARGE,
                message.id,
                "The message is larger or deeper than crmlink reads; the rest was left out.",
                "Nothing to do, unless it holds a question; then answer it yourself.",
            )
        )
    return MessageFacts(message, tuple(reader.problems))


def header_block(raw: bytes) -> bytes:
    """The headers alone, as a message without a body."""
    ends = [at for gap in (b"\n\n", b"\n\r\n") if (at := raw.find(gap)) >= 0]
    return raw[: min(ends, default=len(raw))] + b"\r\n\r\n"


@dataclass(slots=True)
class _Reader:
    """One message on its way from parts to facts."""

    root: Part
    body: Body
    owner: Owner
    zone: ZoneInfo
    problems: list[Problem]

    def __init__(self, root: Part, body: Body, owner: Owner, zone: ZoneInfo) -> None:
        self.root, self.body, self.owner, self.zone, self.problems = root, body, owner, zone, []

    def message(self, role: Role, received_at: datetime | None) -> Message:
        headers = self.root.headers
        author = sender(headers)
        to, cc, bcc, reply_to = (addresses(", ".join(headers.all(name))) for name in ("to", "cc", "bcc", "reply-to"))
        identity = self._identity(headers)
        subject = headers.text("subject")
        reply = visible_reply(self.body.text, writer=author)
        found = self._invitations()
        claimed = author or next(iter(addresses(headers.first("from"))), None)
        kind, reason = automatic(self._letter(claimed, (*to, *cc, *bcc), subject, reply))
        if author is None and kind is None:
            self.problems.append(_no_sender(identity))
        answered = message_ids(headers.first("in-reply-to"))
        from_me = author is not None and self.owner.is_me(author.address)
        return Message(
            id=identity,
            sent_at=self._sent_at(headers, identity, received_at),
            sender=author,
            to=to,
            cc=cc,
            subject=subject,
            text=reply.reply,
            full_text=self.body.text,
            from_me=from_me,
            role=role,
            bcc=bcc,
            reply_to=reply_to,
            in_reply_to=answered[0] if answered else None,
            references=message_ids(headers.first("references")),
            automatic=kind,
            automatic_reason=reason,
            attachments=self.body.attachments,
            invitations=found,
            authentication_results=tuple(
                clean(value, 4000) for value in headers.all("authentication-results")[:_MAX_RESULTS]
            ),
            signature=reply.signature,
        )

    def _identity(self, headers: Headers) -> MessageId:
        """The Message-ID; when there is none to use, one that follows from what the message says."""
        given = message_ids(headers.first("message-id"))
        if given:
            return given[0]
        said = (headers.first(name) for name in ("date", "from", "to", "subject"))
        return MessageId(f"<{digest(*said, self.body.text)[:40]}@derived.invalid>")

    def _sent_at(self, headers: Headers, identity: MessageId, received_at: datetime | None) -> datetime:
        given = moment(headers.first("date"))
        latest = received_at + _FUTURE if received_at else None
        if given and given.year >= _EARLIEST and (given <= latest if latest else given.year < 2100):  # noqa: PLR2004
            return given
        self.problems.append(
            Problem(
                "mail.date",
                identity,
                "The message has no usable date; the time of its arrival was taken instead.",
                "Nothing to do; look in your mail program when a date seems wrong.",
            )
        )
        stamps = (moment(value.rpartition(";")[2]) for value in headers.all("received")[:1])
        return received_at or next(filter(None, stamps), None) or _EPOCH

    def _invitations(self) -> tuple[Invitation, ...]:
        found: list[Invitation] = []
        for part in self.body.calendars[:_MAX_CALENDARS]:
            read, problems = invitations(part.data, zone=self.zone, in_forward=part.in_forward)
            self.problems.extend(problems)
            found.extend(one for one in read if one not in found)
        return tuple(found)

    def _letter(self, author: Address | None, people: tuple[Address, ...], subject: str, reply: VisibleReply) -> Letter:
        method = next(
            (
                part.method
                for part in self.body.calendars
                if part.method not in ("", "PUBLISH") and not part.attached and not part.in_forward
            ),
            "",
        )
        return Letter(
            headers=self.root.headers,
            owner=self.owner,
            sender=author,
            recipients=people,
            subject=subject,
            text=_pages(f"{subject}\n{reply.reply}\n{reply.signature}"),
            said=_pages(f"{subject}\n{reply.reply}"),
            html=self.body.html,
            plain=self.body.plain,
            types=self.body.types,
            report_type=clean(self.root.parameters.get("report-type", ""), NAME_LENGTH).lower()
            if self.root.content_type == "multipart/report"
            else "",
            calendar_method=method,
            raw=self.root.raw,
        )


def _no_sender(identity: MessageId) -> Problem:
    return Problem(
        "mail.sender",
        identity,
        "The message does not name exactly one sender.",
        "Nothing will be drafted for it; answer it yourself if it matters.",
    )


def _pages(text: str) -> str:
    """The first and last pages of a text, in lower case."""
    return (text if len(text) <= _PAGES else f"{text[: _PAGES // 2]}\n{text[-_PAGES // 2 :]}").lower()
