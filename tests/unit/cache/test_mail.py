"""The cache of read mail: what a pass may rely on, what a kill costs, and what is erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmlink.cache.file import open_cache
from crmlink.cache.mail import LAYOUT, MailCache, ReadMail, forget, written
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
BEGIN = datetime(2026, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def read(name: str, sender: str = "els@x.example", text: str = "Tot dan!") -> ReadMail:
    message = Message(MessageId(f"<{name}@x>"), NOW, Address("", sender), (), (), name, text, "", from_me=False)
    return ReadMail(message)


@contextmanager
def cache(
    path: Path | None = None, *, begin: datetime = BEGIN, now: datetime = NOW, reader: str = "v1"
) -> Iterator[MailCache]:
    with open_cache(path, layout=LAYOUT, read_only=False) as connection:
        yield MailCache(connection, "me@x.example", reader, begin, now)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cache in which one pass read two messages of the inbox."""
    path = tmp_path / "cache"
    with cache(path) as first:
        assert not first.begun
        first.put("INBOX", "a", NOW - DAY, written(read("a")))
        first.put("INBOX", "b", NOW, written(read("b")))
        first.settle("INBOX", Role.INBOX, "stood here", frozenset())
        first.mark_seen(kept.number for kept in first.mails())
    return path


def names(one: MailCache) -> list[str]:
    return sorted(kept.read.message.subject for kept in one.mails() if kept.read.message)


def test_the_next_pass_knows_what_was_read_and_where_reading_stood(path: Path) -> None:
    with cache(path) as later:
        assert (later.stand("INBOX"), later.keys("INBOX")) == ("stood here", frozenset({"a", "b"}))
        assert (later.stand("Archive"), later.keys("Archive")) == ("", frozenset())
        later.settle("INBOX", Role.INBOX, "stood here", frozenset())
        assert names(later) == ["a", "b"]
        assert later.begun
        assert all(kept.seen for kept in later.mails())


def test_an_unchanged_pass_writes_nothing(path: Path) -> None:
    before = path.read_bytes(), path.stat().st_mtime_ns
    with cache(path) as later:
        later.settle("INBOX", Role.INBOX, "stood here", frozenset())
        later.mark_seen(kept.number for kept in later.mails() if not kept.seen)
        later.prune(complete=True)
        assert later.connection.total_changes == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_folder_not_settled_in_this_pass_gives_no_mail(path: Path) -> None:
    with cache(path) as later:
        assert names(later) == []


def test_a_folder_has_the_role_of_today(path: Path) -> None:
    with cache(path) as later:
        later.settle("INBOX", Role.ARCHIVE, "stood here", frozenset())
        assert {kept.read.message.role for kept in later.mails() if kept.read.message} == {Role.ARCHIVE}


@pytest.mark.parametrize(
    ("begin", "now"),
    [
        pytest.param(BEGIN - timedelta(seconds=1), NOW, id="a wider window"),
        pytest.param(BEGIN, NOW + DAY, id="a day later"),
        pytest.param(BEGIN, NOW - timedelta(hours=1), id="a replay"),
    ],
)
def test_some_passes_must_look_at_the_whole_window(path: Path, begin: datetime, now: datetime) -> None:
    with cache(path, begin=begin, now=now) as later:
        assert (later.stand("INBOX"), later.keys("INBOX")) == ("", frozenset({"a", "b"}))


def test_a_look_at_the_whole_window_lasts_a_day(path: Path) -> None:
    with cache(path, now=NOW + DAY) as second:
        second.settle("INBOX", Role.INBOX, "stood there", frozenset())
    with cache(path, now=NOW + DAY * 1.9) as third:
        assert third.stand("INBOX") == "stood there"
        third.settle("INBOX", Role.INBOX, "stood there", frozenset())
    with cache(path, now=NOW + DAY * 2) as fourth:
        assert fourth.stand("INBOX") == ""


def test_a_window_that_moves_on_leaves_old_mail_behind(path: Path) -> None:
    with cache(path, begin=NOW - timedelta(hours=1)) as later:
        assert later.stand("INBOX") == "stood here"
        later.settle("INBOX", Role.INBOX, "stood here", frozenset())
        assert names(later) == ["b"]
        later.prune(complete=False)
    with cache(path) as wide:
        assert (wide.stand("INBOX"), wide.keys("INBOX")) == ("", frozenset({"b"}))


def test_mail_that_is_gone_goes_and_its_name_is_told(path: Path) -> None:
    with cache(path) as later:
        later.settle("INBOX", Role.INBOX, "further", frozenset({"a"}))
        assert (names(later), later.gone) == (["b"], {MessageId("<a@x>")})


def test_folders_that_are_no_more_are_dropped_when_all_were_read(path: Path) -> None:
    for complete, left in ((False, {"a", "b"}), (True, set())):
        with cache(path) as later:
            later.prune(complete=complete)
            assert later.keys("INBOX") == left


def test_another_reader_begins_anew(path: Path) -> None:
    with cache(path, reader="v2") as later:
        assert (later.begun, later.stand("INBOX"), later.keys("INBOX")) == (False, "", frozenset())


def test_a_killed_pass_costs_reading_again_and_never_claims_more_than_it_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    with cache(path) as killed:
        for number in range(450):
            killed.put("INBOX", str(number), NOW, written(read(str(number))))
    with cache(path) as later:
        assert later.stand("INBOX") == ""
        assert len(later.keys("INBOX")) == 400


def test_a_message_read_again_replaces_itself(path: Path) -> None:
    with cache(path) as later:
        later.put("INBOX", "a", NOW, written(read("anders")))
        later.settle("INBOX", Role.INBOX, "further", frozenset())
        assert names(later) == ["anders", "b"]


def test_a_damaged_row_is_said(path: Path) -> None:
    with cache(path) as later:
        later.connection.execute("UPDATE mail SET facts = 'rubbish'")
        later.settle("INBOX", Role.INBOX, "stood here", frozenset())
        with pytest.raises(sqlite3.DatabaseError):
            list(later.mails())


def test_what_names_a_forgotten_address_is_overwritten_and_may_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "cache"
    with cache(path) as first:
        first.put("INBOX", "a", NOW, written(read("a", "weg@x.example")))
        first.put("INBOX", "b", NOW, written(read("b", text="Vraag het aan Weg@X.example, zei hij.")))
        first.put("INBOX", "c", NOW, written(read("c")))
        first.settle("INBOX", Role.INBOX, "stood here", frozenset())
        assert forget(first.connection, "weg@x.example") == 2
        assert (first.keys("INBOX"), first.stand("INBOX")) == (frozenset({"c"}), "")
        for file in tmp_path.iterdir():
            assert b"weg@x.example" not in file.read_bytes().lower(), file
