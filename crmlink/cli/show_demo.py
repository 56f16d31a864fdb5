"""Shows the demo to a person. Every figure and every letter comes from the scan or from the servers."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from email.message import EmailMessage

from rich.console import Console
from rich.text import Text

from crmlink.app.scan import ScanResult
from crmlink.cli.show_scan import show_reports, show_scan
from crmlink.demo.stage import Stage
from crmlink.model.lapse import Decision

INDENT = "  "


class Show:
    """Prints the demo, step by step."""

    def __init__(self, console: Console | None = None) -> None:
        self._out = console or Console(highlight=False)

    def opening(self) -> None:
        """What is about to happen."""
        self._say(
            "Starting a mail server and a calendar server on this machine, with an invented week in them …", "dim"
        )

    def stage(self, stage: Stage) -> None:
        """Whose week it is."""
        mails, events = len(stage.script.letters), len(stage.script.bookings)
        owner = stage.script.owner
        self._say(
            f"The mailbox and calendar of {owner.name} <{owner.address}>, who runs a small communications agency in"
            f" Hilversum: {mails} mails over IMAP, {events} events over CalDAV. All people are invented."
        )

    def first_scan(self, result: ScanResult) -> None:
        """What was found, what is done about it, and why."""
        self._heading("crmlink scan")
        show_scan(result, self._out)

    def drafts(self, stage: Stage, drafts: Sequence[EmailMessage]) -> None:
        """Each draft in full."""
        for number, draft in enumerate(drafts, start=1):
            self._heading(f"Draft {number} of {len(drafts)}, as it lies in the Drafts folder")
            answered = stage.answered_by(draft)
            thread = f"“{answered.subject}” from {answered.sender.name}" if answered else "none, a new conversation"
            for name, value in (
                ("From", draft["From"]),
                ("To", draft["To"]),
                ("Subject", draft["Subject"]),
                ("Answers", thread),
            ):
                self._indented(Text.assemble((f"{name + ':':<9}", "dim"), str(value)))
            self._out.print()
            self._indented(Text(str(draft.get_content()).rstrip()))

    def second_scan(self, result: ScanResult, *, unchanged: bool) -> bool:
        """That it found nothing new; or that it did, which it never should. Gives which of the two."""
        self._heading("crmlink scan, a second time")
        placed = sum(verdict.decision is Decision.DRAFT for verdict in result.verdicts)
        lying = sum(verdict.decision is Decision.DRAFTED for verdict in result.verdicts)
        show_reports(result, self._out)
        self._say(f"drafts: {placed} placed, {lying} there from before")
        self._out.print()
        quiet = placed == 0 and unchanged
        if quiet:
            self._say("Nothing new: the Drafts folder is byte for byte as it was.", "bold green")
        else:
            self._say("The second scan changed something; please report this.", "bold red")
        return quiet

    def duration(self, seconds: float) -> None:
        """How long it all took, servers included."""
        self._out.print()
        self._say(
            f"The servers and both scans took {seconds:.1f} seconds. Nothing was sent; crmlink cannot send.", "dim"
        )

    def ways_in(self, stage: Stage, program: Sequence[str]) -> None:
        """How to look at the servers with other programs. Addresses stay whole, so that they can be copied."""
        self._heading("Look for yourself")
        mail, calendar = stage.mail, stage.calendar
        self._say("With a mail client (IMAP, no encryption, this machine only):")
        self._copy(f"host {mail.host}, port {mail.port}, user {mail.user}, password {mail.password}")
        self._say("With a calendar (CalDAV):")
        self._copy(f"{calendar.url}  user {calendar.user}, password {calendar.password}")
        self._say("With crmlink in a second terminal:")
        for words in (("scan",), ("owed",), ("lapses", "list")):
            self._copy(shlex.join([*program, "--env-file", str(stage.env_file), *words]))
        self._say("The .env that uses these servers:")
        for line in stage.env_file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                self._copy(line)
        self._out.print()
        self._say("The servers run until you press Ctrl-C; then everything is removed.", "bold")

    def closing(self) -> None:
        """After the servers have ended."""
        self._say(
            "The servers have ended and their data is removed; `crmlink demo --keep` leaves them running to look around.",
            "dim",
        )

    def stopped(self) -> None:
        """After a stop in the middle."""
        self._out.print()
        self._say("Stopped: the servers have ended and their data is removed.", "dim")

    def _heading(self, words: str) -> None:
        self._out.print()
        self._out.rule(Text(words, "bold"), align="left")
        self._out.print()

    def _say(self, words: str, style: str = "") -> None:
        self._out.print(Text(words, style))

    def _indented(self, words: Text) -> None:
        """Wrapped by hand, because padding would fill every line with blanks."""
        for line in words.wrap(self._out, self._out.width - len(INDENT)):
            line.rstrip()
            self._out.print(Text.assemble(INDENT, line) if line else Text())

    def _copy(self, words: str) -> None:
        self._out.print(f"{INDENT}{words}", markup=False, soft_wrap=True)
