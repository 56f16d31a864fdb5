"""Whatever happens between two passes, reading only what changed gives what reading everything gives."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.contract.boxes import Box, MaildirBox, MemoryBox
from tests.two_readers import ZONE, TwoReaders
from tests.unit.facts.mails import mail, multipart

NOW = datetime(2026, 3, 10, 9, tzinfo=ZONE)
FOLDERS = ("INBOX", "Sent", "Archive", "Trash")
FOLDER = st.sampled_from(FOLDERS)
PLACE = st.integers(0, 5)
AGE = st.sampled_from([timedelta(0), timedelta(days=1), timedelta(days=29, hours=20), timedelta(days=31), timedelta(days=400)])  # fmt: skip
INVITATION = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:a\nDTSTART;TZID=Europe/Amsterdam:20260312T100000\nEND:VEVENT\nEND:VCALENDAR"
KINDS: dict[str, Callable[[str], bytes]] = {
    "question": lambda name: mail(Message_ID=name),
    "mine": lambda name: mail("Ik stuur je morgen de offerte.", Message_ID=name, From="marleen@vandam.example"),
    "newsletter": lambda name: mail("Deze week: lampen!", Message_ID=name, List_Id="<lampen.example>"),
    "newsletter without a name": lambda _name: mail("Lampen!", Message_ID="", List_Id="<lampen.example>"),
    "without a date": lambda name: mail(Message_ID=name, Date="gisteren"),
    "in the future": lambda name: mail(Message_ID=name, Date="Wed, 11 Mar 2026 10:00:00 +0100"),
    "empty": lambda _name: b"\r\n",
    "invitation to a list": lambda name: multipart(
        "mixed", "\nUitnodiging", f"Content-Type: text/calendar\n\n{INVITATION}", Message_ID=name, List_Id="<x.example>"
    ),
}


class Mailbox(RuleBasedStateMachine):
    """Deliveries, deletions, moves, flags, time, other windows and killed passes, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.readers = TwoReaders(self.new_box(Path(self.directory.name)), Path(self.directory.name) / "cache")
        self.box = self.readers.box
        self.now = NOW
        self.count = 0

    def new_box(self, directory: Path) -> Box:
        raise NotImplementedError

    @rule(kind=st.sampled_from(sorted(KINDS)), folder=FOLDER, age=AGE, number=st.integers(0, 3))
    def deliver(self, kind: str, folder: str, age: timedelta, number: int) -> None:
        raw = KINDS[kind](f"<{number}@kantoor.example>")
        self.box.deliver(raw, folder, received_at=self.now - age)

    @rule(folder=FOLDER, place=PLACE)
    def remove(self, folder: str, place: int) -> None:
        if place < len(self.box.stored(folder)):
            self.box.remove(folder, place)

    @rule(folder=FOLDER, place=PLACE, other=FOLDER)
    def move(self, folder: str, place: int, other: str) -> None:
        if place < len(self.box.stored(folder)) and other != folder:
            self.box.move(folder, place, other)

    @rule(folder=FOLDER)
    def flag(self, folder: str) -> None:
        self.box.flag(folder, "\\seen")

    @rule()
    def a_folder_comes_and_goes(self) -> None:
        self.count += 1
        if self.count % 2:
            self.box.make("Project")
            self.box.deliver(mail(Message_ID="<project@kantoor.example>"), "Project", received_at=self.now)
        else:
            self.box.drop("Project")

    @rule(hours=st.sampled_from([0, 1, 23, 25]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.sampled_from([30, 30, 30, 2, 500]))
    def whole_pass(self, days: int) -> None:
        self.readers.one_pass(self.now, days)

    @rule(after=st.integers(0, 8))
    def killed_pass(self, after: int) -> None:
        self.readers.killed_pass(self.now, after)

    def teardown(self) -> None:
        self.readers.one_pass(self.now)
        self.readers.one_pass(self.now)
        self.directory.cleanup()


class InMemory(Mailbox):
    """A mailbox that also renumbers its folders."""

    def new_box(self, directory: Path) -> Box:  # noqa: ARG002 - nothing lies on disk
        return MemoryBox()

    @rule(folder=FOLDER)
    def renumber(self, folder: str) -> None:
        assert isinstance(self.box, MemoryBox)
        self.box.mailbox.folders[folder].renumber()


class OnDisk(Mailbox):
    """A Maildir."""

    def new_box(self, directory: Path) -> Box:
        return MaildirBox(directory / "Maildir")


OPTIONS = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
TestWhatChangedInMemory = InMemory.TestCase
TestWhatChangedInMemory.settings = OPTIONS
TestWhatChangedOnDisk = OnDisk.TestCase
TestWhatChangedOnDisk.settings = OPTIONS
