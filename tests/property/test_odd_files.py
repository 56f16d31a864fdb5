"""Whatever lies in a Maildir or a vdir: mail, events and problems come out, or one of crmlink's errors; nothing hangs."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlink.model.ids import EventUid
from crmlink.sources.maildir import MaildirMailSource
from crmlink.sources.vdir import VdirSource
from tests.read_mail import read_mail

SINCE = date(2026, 3, 1)
relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

# File names are bytes to the kernel, whatever they mean.
odd = st.binary(min_size=1, max_size=12).filter(
    lambda name: not {0, ord("/")} & set(name) and name not in (b".", b"..")
)
mail_names = st.one_of(odd, odd.map(lambda name: name + b":2,S"), st.sampled_from([b"1:2,", b"1:2,SRT", b"a.b.c", b"1;2,D", b":2,", b"\xff:2,S"]))  # fmt: skip
event_names = st.one_of(odd, odd.map(lambda name: name + b".ics"), st.sampled_from([b"displayname", b"color", b".ics", b"a.ICS", b"x.ics#0"]))  # fmt: skip
folders = st.sampled_from([b"", b".Sent", b".Drafts", b".A&AOk-", b".&", b".\xff", b"INBOX", b"..", b".a.b.c", b"cur", b".Sent.cur"]).filter(lambda name: name != b"..")  # fmt: skip
contents = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"From: a@b.nl\n\nhoi", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260310T090000Z\nEND:VEVENT\nEND:VCALENDAR"]),
)  # fmt: skip
kinds = st.sampled_from(["file", "file", "file", "pipe", "directory", "link to nowhere", "link to itself", "endless"])
entries = st.tuples(kinds, contents)


def put(place: Path, parts: tuple[bytes, ...], kind: str, content: bytes) -> None:
    """Make one odd thing; what the file system refuses is left out."""
    path = place.joinpath(*map(os.fsdecode, parts))
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):  # a pipe that is there would be written to without end
            return
        match kind:
            case "file":
                path.write_bytes(content)
            case "pipe":
                os.mkfifo(path)
            case "directory":
                path.mkdir()
            case "link to nowhere":
                path.symlink_to("/nowhere/at/all")
            case "link to itself":
                path.symlink_to(path)
            case _:
                path.symlink_to("/dev/zero")


@contextlib.contextmanager
def somewhere() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@given(st.lists(st.tuples(folders, st.sampled_from([b"cur", b"new", b"tmp", b"x"]), mail_names, entries), max_size=8))
@relaxed
def test_any_maildir_is_read(things: list[tuple[bytes, bytes, bytes, tuple[str, bytes]]]) -> None:
    with somewhere() as place:
        (place / "cur").mkdir()
        for folder, part, name, entry in things:
            put(place, (folder, part, name), *entry)
        found = read_mail(MaildirMailSource(place), SINCE)
        assert all(len(one.raw) <= one.size and one.raw is not None for one in found.messages)
        assert found.truncated >= bool(found.problems)
        for text in (*found.folders, *(one.key for one in found.messages)):
            text.encode()


@given(st.lists(st.tuples(st.sampled_from([b"", b"werk", b"\xff"]), event_names, entries), max_size=8))
@relaxed
def test_any_vdir_is_read(things: list[tuple[bytes, bytes, tuple[str, bytes]]]) -> None:
    with somewhere() as place:
        for folder, name, entry in things:
            put(place, (folder, name), *entry)
        source = VdirSource(place)
        found = list(source.changes({}, start=SINCE, end=date(2026, 5, 1)))
        source.find(frozenset({EventUid("1")}))
        assert found
        for calendar in found:
            for text in (
                calendar.calendar,
                *(event.href for event in calendar.events),
                calendar.key,
                *map(repr, calendar.problems),
            ):
                text.encode()
            assert all(problem.code == "calendar.unreadable-file" and problem.hint for problem in calendar.problems)
