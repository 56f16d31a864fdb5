import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crmlink.model.errors import SourceError
from crmlink.sources.maildir import MaildirMailSource

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
    found = list(MaildirMailSource(tmp_path).changes(None, since=SINCE).messages)
    assert [message.received_at for message in found] == [None] * 3


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    deliver(tmp_path, "1.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    path = deliver(tmp_path, "2.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    source = MaildirMailSource(tmp_path)
    changes = source.changes(None, since=SINCE)
    # Root may read everything: a file that became a directory fails for everybody.
    path.unlink()
    path.mkdir()
    assert [message.key for message in changes.messages] == ["INBOX;1.a.host"]
    assert [(problem.code, problem.subject) for problem in changes.problems] == [("mail.unreadable", "INBOX;2.a.host")]
    assert changes.truncated


def test_a_message_renamed_or_removed_while_reading_is_no_problem(tmp_path: Path) -> None:
    marked = deliver(tmp_path, "1.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    removed = deliver(tmp_path, "2.a.host", datetime(2026, 3, 9, tzinfo=UTC), "new")
    changes = MaildirMailSource(tmp_path).changes(None, since=SINCE)
    removed.unlink()
    (tmp_path / "cur").mkdir()
    marked.rename(tmp_path / "cur" / "1.a.host:2,S")
    assert [(message.key, message.flags) for message in changes.messages] == [("INBOX;1.a.host", frozenset({"\\seen"}))]
    assert (changes.problems, changes.truncated) == ([], False)


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read: no such file"):
        MaildirMailSource(tmp_path / "weg").changes(None, since=SINCE)
