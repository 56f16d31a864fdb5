"""Reads a case of the corpus and plays it: real RFC 5322 bytes through facts, language, agreements and lapses.

A case is a directory with a `thread.toml`: the mails (and events) of a conversation, the moment of looking, and what is
expected then. Mails are numbered from 1; `answers` names the one a mail replies to. Days are of March 2026, in Amsterdam.
Expected are the agreements of each kind as "state [fault] [due day]" and the lapses as "kind" or "kind waits".
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from crmlink.agreements.agree import agreements
from crmlink.agreements.picture import Picture
from crmlink.facts.mime import read_message
from crmlink.facts.threads import merged, threads
from crmlink.language.reader import Reader
from crmlink.lapses.find import find_lapses
from crmlink.model.agreement import Agreement, AgreementKind
from crmlink.model.contact import Address
from crmlink.model.lapse import Fault, Lapse
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Agenda, Event
from crmlink.model.workdays import WorkingCalendar
from tests.picture_of import GIJS, ME, OMAR, POLICY, ZONE, event

CORPUS = Path(__file__).parent
PEOPLE = {
    "me": ME.mailbox,
    "me2": Address("Marleen van der Veen", "info@example.nl"),
    "els": Address("Els de Boer", "els@example.nl"),
    "gijs": GIJS,
    "bram": Address("Bram Visser", "bram@bakker.example"),
    "omar": OMAR,
    "jane": Address("Jane Hartley", "jane@hartley.example"),
    "petra": Address("Petra Vogel", "petra.vogel@vogel.example"),
}
KINDS = {"requests": AgreementKind.REQUEST, "promises": AgreementKind.PROMISE, "meetings": AgreementKind.MEETING}
Result = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, and what its file says."""

    name: str
    data: dict[str, Any]

    @property
    def expected(self) -> Result:
        """What must be found."""
        told = self.data["expected"]
        return {name: sorted(told.get(name, [])) for name in (*KINDS, "lapses")}

    @property
    def messages(self) -> tuple[Message, ...]:
        """The mails, read from their bytes."""
        return tuple(self._message(number, mail) for number, mail in enumerate(self.data["mail"], start=1))

    def play(self, messages: Iterable[Message]) -> tuple[tuple[Agreement, ...], tuple[Lapse, ...]]:
        """Everything that is agreed, and the lapses that stand, when these messages are all there is."""
        view = self.picture(messages)
        agreed = agreements(view)
        return agreed, find_lapses(agreed, view).standing

    def picture(self, messages: Iterable[Message]) -> Picture:
        """All that is known at the moment of looking."""
        workdays = WorkingCalendar(ZONE, "NL")
        reader = Reader(ME, workdays, "nl")
        known = merged(messages)
        return Picture(
            owner=ME,
            policy=POLICY,
            workdays=workdays,
            now=_at(self.data["as_of"]),
            threads=threads(known),
            readings={one.id: reader.read(one) for one in known},
            agenda=self._agenda(),
        )

    def _message(self, number: int, mail: dict[str, Any]) -> Message:
        message = EmailMessage(policy=SMTP)
        message["From"] = _mailbox(mail["from"])
        message["To"] = ", ".join(map(_mailbox, self._to(mail)))
        if "cc" in mail:
            message["Cc"] = ", ".join(map(_mailbox, mail["cc"]))
        message["Subject"] = self._subject(mail)
        message["Date"], message["Message-ID"] = format_datetime(_at(mail["at"])), _name(number)
        if "answers" in mail:
            message["In-Reply-To"] = message["References"] = _name(mail["answers"])
        if mail.get("automatic"):
            message["Auto-Submitted"] = "auto-replied"
        message.set_content(mail["text"])
        for file in mail.get("files", ()):
            kind = ("image", "png") if file.endswith(".png") else ("application", "octet-stream")
            message.add_attachment(b"x" * 99, maintype=kind[0], subtype=kind[1], filename=file)
        read = read_message(message.as_bytes(), owner=ME, zone=ZONE, role=_role(mail)).message
        assert read is not None
        return read

    def _to(self, mail: dict[str, Any]) -> list[str]:
        if "to" in mail:
            return list(mail["to"])
        if not mail["from"].startswith("me"):
            return ["me"]
        return [self.data["mail"][mail["answers"] - 1]["from"]]

    def _subject(self, mail: dict[str, Any]) -> str:
        if "subject" in mail:
            return str(mail["subject"])
        return f"Re: {self._subject(self.data['mail'][mail['answers'] - 1]).removeprefix('Re: ')}"

    def _agenda(self) -> Agenda:
        events = tuple(map(_event, self.data.get("event", ())))
        return Agenda(events, {"Agenda": frozenset(one.uid for one in events)})


def cases() -> list[Case]:
    """All cases of the corpus, in order of name."""
    return [
        Case(path.parent.name, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(CORPUS.glob("*/thread.toml"))
    ]


def result(agreed: Sequence[Agreement], lapses: Sequence[Lapse]) -> Result:
    """What was found, in the words of `expected`."""
    found = {name: sorted(_short(one) for one in agreed if one.kind is kind) for name, kind in KINDS.items()}
    return found | {"lapses": sorted(f"{one.kind}{' waits' if one.agreement.doubts else ''}" for one in lapses)}


def _short(agreement: Agreement) -> str:
    fault = "" if agreement.fault is Fault.UNKNOWN else agreement.fault.value
    due = f"{agreement.due.astimezone(ZONE):%Y-%m-%d}" if agreement.due else ""
    return " ".join(part for part in (agreement.state.value, fault, due) if part)


def _event(data: dict[str, Any]) -> Event:
    start = _at(data["at"])
    created = _at(data["created"])
    return event(
        data["title"], start, title=data["title"], others=(PEOPLE[data["with"]],), created=created, modified=created
    )


def _at(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE)


def _name(number: int) -> str:
    return f"<mail{number}@corpus.example>"


def _mailbox(name: str) -> str:
    return f"{PEOPLE[name].name} <{PEOPLE[name].address}>"


def _role(mail: dict[str, Any]) -> Role:
    if "folder" in mail:
        return Role(mail["folder"])
    return Role.SENT if mail["from"].startswith("me") else Role.INBOX
