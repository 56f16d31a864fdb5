import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crmlink.model.errors import SourceError
from crmlink.sources.maildir import MaildirMailSource
from crmlink.sources.port import NOTHING_KNOWN, FolderRead, RawMessage
from tests.read_mail import Memory, read_mail

SINCE = date(2026, 3, 1)


def deliver(root: Path, name: str, day: datetime, folder: str = "cur") -> Path:
    path = root / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"Subject: x\n\nhallo\n")
    os.utime(path, (day.timestamp(), day.timestamp()))
    return path


def test_times_of_a_copied_directory_are_not_believed(tmp_path: Path) -> None:
    for number in range(3):
        deliver(tmp_path, f"{number}.a.host:2,S", datetime(2020, 1, 1, tzinfo=UTC))
    found = read_mail(MaildirMailSource(tmp_path), SINCE).messages
    assert [message.received_at for message in found] == [None] * 3


def test_times_that_become_believable_make_all_mail_read_anew(tmp_path: Path) -> None:
    memory = Memory()
    for number in range(2):
        deliver(tmp_path, f"{number}.a.host:2,S", datetime(2020, 1, 1, tzinfo=UTC))
    source = MaildirMailSource(tmp_path)
    memory.learn(read_mail(source, SINCE))
    before = memory.keys("INBOX")
    deliver(tmp_path, "9.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    found = read_mail(source, SINCE, memory)
    assert [message.key.split(";")[1] for message in found.messages] == ["9.a.host"]
    assert (len(before), found.folders["INBOX"].gone) == (2, before)


def test_a_file_written_anew_is_read_again_at_the_daily_look(tmp_path: Path) -> None:
    memory = Memory()
    path = deliver(tmp_path, "1.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    source = MaildirMailSource(tmp_path)
    memory.learn(read_mail(source, SINCE))
    path.write_bytes(b"Subject: x\n\nheel iets anders\n")
    memory.stands.clear()
    assert len(read_mail(source, SINCE, memory).messages) == 1


def test_a_file_that_cannot_be_read_is_a_problem_until_it_can(tmp_path: Path) -> None:
    deliver(tmp_path, "1.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    path = deliver(tmp_path, "2.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    changes = MaildirMailSource(tmp_path).changes(NOTHING_KNOWN, since=SINCE)
    first = next(changes.items)
    # Root may read everything: a file that became a directory fails for everybody.
    path.unlink()
    path.mkdir()
    [folder] = changes.items
    assert isinstance(first, RawMessage)
    assert isinstance(folder, FolderRead)
    assert (first.key.split(";")[1], folder.stand) == ("1.a.host", "")
    assert [(problem.code, problem.subject) for problem in changes.problems] == [("mail.unreadable", "INBOX;2.a.host")]
    assert changes.truncated


def test_a_message_renamed_or_removed_while_reading_is_no_problem(tmp_path: Path) -> None:
    for number in range(3):
        deliver(tmp_path, f"{number}.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    changes = MaildirMailSource(tmp_path).changes(NOTHING_KNOWN, since=SINCE)
    next(changes.items)
    (tmp_path / "new" / "1.a.host").unlink()
    (tmp_path / "cur").mkdir()
    (tmp_path / "new" / "2.a.host").rename(tmp_path / "cur" / "2.a.host:2,S")
    rest = [item for item in changes.items if isinstance(item, RawMessage)]
    assert [(message.key.split(";")[1], message.flags) for message in rest] == [("2.a.host", frozenset({"\\seen"}))]
    assert (changes.problems, changes.truncated) == ([], False)


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: no such file"):
        MaildirMailSource(tmp_path / "weg").changes(NOTHING_KNOWN, since=SINCE)
