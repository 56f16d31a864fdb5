"""An office for end-to-end tests: an owner with a real mailbox and a real calendar, and the real command line.

Everything goes over the wire: mail is delivered by IMAP, events by CalDAV, and crmlink gets nothing but settings in its
environment. With a `watch`, it reaches the servers through proxies, and each run is judged. Moments are days from now, because crmlink reads the real clock.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from crmlink.app.clock import system_clock
from crmlink.cli.errors import guarded
from crmlink.cli.main import main
from tests.e2e.watch import Watch
from tests.servers import calendars, mailboxes
from tests.servers.accounts import CalendarAccount, ImapAccount

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = system_clock(ZONE)
GIJS = "Gijs Bakker <gijs@bakker.example>"
JANE = "Dr. Jane Hartley <j.hartley@uni.example>"


@dataclass(frozen=True, slots=True)
class Done:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        return document


@dataclass(slots=True)
class Office:
    """One owner. `me` is the owner's mailbox as it stands in headers."""

    mail: ImapAccount
    calendar: CalendarAccount | None
    directory: Path
    me: str = "Marleen van der Veen <marleen@example.nl>"
    settings: dict[str, str] = field(default_factory=dict)
    watch: Watch | None = None

    def crmlink(self, *arguments: str) -> Done:
        """Run the command line as the owner would; under a watch, it must have done nothing it may not."""
        with self.watch.over(arguments) if self.watch else contextlib.nullcontext():
            return run_here(arguments, self.environment(), self.directory)

    def environment(self) -> dict[str, str]:
        """The settings of this office, by name without the prefix."""
        mail = self.watch.mail.account if self.watch else self.mail
        calendar = self.watch.calendar.account if self.watch and self.watch.calendar else self.calendar
        return {
            "ME": self.me,
            "MAIL": mail.url,
            "MAIL_PASSWORD": mail.password,
            "CALENDAR": calendar.url if calendar else "",
            "CALENDAR_USER": self.calendar.user if self.calendar else "",
            "CALENDAR_PASSWORD": self.calendar.password if self.calendar else "",
            "DATABASE": str(self.directory / "ledger.db"),
            **self.settings,
        }

    def scan(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """One pass; gives its lapses."""
        done = self.crmlink("scan", "--json", *arguments)
        assert done.code == code, done.err
        lapses: list[dict[str, Any]] = done.json["lapses"]
        return lapses

    def receive(
        self, name: str, sender: str, text: str, *, days_ago: float, subject: str = "Offerte", answers: str = ""
    ) -> str:
        """A mail to the owner arrives; gives its Message-ID."""
        return self._store("INBOX", name, sender, self.me, text, days_ago=days_ago, subject=subject, answers=answers)

    def send(
        self, name: str, to: str, text: str, *, days_ago: float, subject: str = "Offerte", answers: str = ""
    ) -> str:
        """The owner sends a mail from a mail client, which keeps it in Sent."""
        return self._store("Sent", name, self.me, to, text, days_ago=days_ago, subject=subject, answers=answers)

    def book(
        self,
        uid: str,
        title: str,
        guest: str,
        *,
        in_days: float,
        status: str = "CONFIRMED",
        organizer: str = "",
        changed_days_ago: float = 2,
    ) -> str:
        """A meeting in the owner's calendar; gives its address."""
        assert self.calendar is not None
        start = (NOW() + timedelta(days=in_days)).replace(hour=10, minute=0, second=0)
        changed = NOW().astimezone(UTC) - timedelta(days=changed_days_ago)
        name, address = _parts(guest)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//test//EN",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTAMP:{changed:%Y%m%dT%H%M%SZ}",
            f"CREATED:{changed - timedelta(days=5):%Y%m%dT%H%M%SZ}",
            f"LAST-MODIFIED:{changed:%Y%m%dT%H%M%SZ}",
            f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}",
            "DURATION:PT1H",
            f"SUMMARY:{title}",
            f"STATUS:{status}",
            f"ORGANIZER:mailto:{organizer or _parts(self.me)[1]}",
            f"ATTENDEE;CN={_parts(self.me)[0]};PARTSTAT=ACCEPTED:mailto:{_parts(self.me)[1]}",
            f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return calendars.put_event(self.calendar, "\r\n".join(lines) + "\r\n")

    def unbook(self, address: str) -> None:
        """The owner deletes a meeting."""
        assert self.calendar is not None
        calendars.delete_event(self.calendar, address)

    def drafts(self) -> list[EmailMessage]:
        """What lies in Drafts, in order of arrival."""
        return [_message(raw) for raw in mailboxes.messages(self.mail, "Drafts")]

    def flags(self) -> dict[str, dict[int, frozenset[str]]]:
        """The flags of every message outside Drafts."""
        return {folder: mailboxes.flags_of(self.mail, folder) for folder in ("INBOX", "Sent", "Trash")}

    def delete_draft(self) -> None:
        """The owner throws the newest draft away for good."""
        mailboxes.remove(self.mail, max(mailboxes.flags_of(self.mail, "Drafts")), "Drafts")

    def _store(
        self, folder: str, name: str, sender: str, to: str, text: str, *, days_ago: float, subject: str, answers: str
    ) -> str:
        at = NOW() - timedelta(days=days_ago)
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"], message["Message-ID"] = format_datetime(at), f"<{name}@test.example>"
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(text)
        mailboxes.deliver(self.mail, message.as_bytes(policy=email.policy.SMTP), folder, received_at=at)
        return f"<{name}@test.example>"


def run_here(arguments: Sequence[str], settings: Mapping[str, str], directory: Path) -> Done:
    """The command line in this process: the same code as the console script, without the start of an interpreter."""
    out, err = io.StringIO(), io.StringIO()
    before, code = Path.cwd(), 0
    with (
        patch.dict(os.environ, environment_of(settings), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        os.chdir(directory)
        try:
            code = guarded(
                lambda: main.main(list(arguments), prog_name="crmlink", standalone_mode=False), verbose=lambda: False
            )
        finally:
            os.chdir(before)
    return Done(code, out.getvalue(), err.getvalue())


def run_apart(
    arguments: Sequence[str], settings: Mapping[str, str], directory: Path, program: Sequence[str] = ("-m", "crmlink")
) -> Done:
    """The command line as its own process, with nothing but these settings."""
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        env=environment_of(settings),
        cwd=directory,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def environment_of(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
    return clean | {f"CRMLINK_{name}": value for name, value in settings.items()}


def _message(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _parts(mailbox: str) -> tuple[str, str]:
    name, _, address = mailbox.rstrip(">").rpartition(" <")
    return name, address
