"""Mail that is read by several processes comes back as one process would have read it, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crmlink.app.gathering import crew
from crmlink.app.gathering.crew import Crew, Item
from crmlink.cache.mail import Written, written
from crmlink.model.mail import Role
from crmlink.sources.port import FolderRead, RawMessage
from tests.two_readers import READER

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def mail(number: int, raw: bytes | None = None) -> RawMessage:
    text = (
        f"From: Gijs <gijs@bakker.example>\r\nTo: marleen@vandam.example\r\nMessage-ID: <{number}@bakker.example>\r\n"
        f"Subject: Offerte {number}\r\n\r\nKun je me voor vrijdag offerte {number} sturen?\r\n"
    )
    at = NOW - timedelta(minutes=number)
    return RawMessage(
        f"INBOX;1;{number}", "INBOX", Role.INBOX, frozenset(), at, 100, text.encode() if raw is None else raw
    )


def stream(count: int) -> Iterator[Item]:
    for number in range(count):
        yield mail(number)
        if number % 25 == 24:
            yield FolderRead(f"folder {number}", Role.OTHER, "stand")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORTH_IT", 5)


def read_by(many: Crew, items: list[Item]) -> list[tuple[Item, Written | None]]:
    with many:
        return list(many.ahead_of(items))


@pytest.mark.parametrize("size", [2, 3])
def test_everything_comes_in_order_and_reads_as_it_would_here(size: int) -> None:
    items = list(stream(300))
    found = read_by(Crew(READER, lambda _: True, size), items)
    assert [item for item, _ in found] == items
    for item, done in found[5:]:
        assert done == (written(READER.read(item)) if isinstance(item, RawMessage) else None)


def test_few_mails_and_a_single_processor_call_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    few = list(stream(4))
    assert read_by(Crew(READER, lambda _: True, 2), few) == [(item, None) for item in few]
    many = list(stream(60))
    assert read_by(Crew(READER, lambda _: True, 1), many) == [(item, None) for item in many]


def test_what_is_not_trusted_stays_here() -> None:
    items = list(stream(40))
    found = read_by(Crew(READER, lambda raw: not raw.key.endswith("7"), 2), items)
    kept_back = [item for item, done in found[5:] if isinstance(item, RawMessage) and done is None]
    assert [item.key for item in kept_back] == ["INBOX;1;7", "INBOX;1;17", "INBOX;1;27", "INBOX;1;37"]


def test_what_nobody_can_read_comes_back_unread() -> None:
    items = [*stream(10), mail(10, b""), mail(11)]
    by_key = {
        item.key: done for item, done in read_by(Crew(READER, lambda _: True, 2), items) if isinstance(item, RawMessage)
    }
    assert by_key["INBOX;1;10"] is None
    assert by_key["INBOX;1;11"] == written(READER.read(mail(11)))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_helper_that_dies_costs_only_the_time(how: signal.Signals) -> None:
    """A stopped one is not waited for at the end either: leaving the block kills it."""
    items = list(stream(400))
    with Crew(READER, lambda _: True, 2) as many:
        found = many.ahead_of(items)
        first = [next(found) for _ in range(100)]
        child = many._helpers[0]._child
        assert child is not None
        os.kill(child.pid, how)
        if how is signal.SIGKILL:
            first += found
            assert [item for item, _ in first] == items
            assert any(done is None for item, done in first[100:] if isinstance(item, RawMessage))
    assert child.returncode is not None


def test_where_no_process_can_be_started_all_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refused)
    items = list(stream(60))
    assert read_by(Crew(READER, lambda _: True, 2), items) == [(item, None) for item in items]


def test_helpers_end_when_nobody_asks_any_more() -> None:
    with Crew(READER, lambda _: True, 2) as many:
        taken = many.ahead_of(stream(10_000))
        for _ in range(200):
            next(taken)
        children = [helper._child for helper in many._helpers]
    assert len(children) == 2
    assert all(child is not None and child.poll() is not None for child in children)
