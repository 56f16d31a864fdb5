"""The heartbeat file: whole or not at all, for its owner alone, and never in the way."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.app.service.heartbeat import Heartbeat, read_heartbeat, sentence, write_heartbeat
from crmlink.model.errors import LedgerError, SourceError

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))
WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(beat=st.builds(Heartbeat, last_success=MOMENTS, last_failure=MOMENTS, failure=WORDS, stopped=WORDS))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, beat: Heartbeat) -> None:
    path = tmp_path_factory.getbasetemp() / "beat" / "one"
    write_heartbeat(path, beat)
    assert read_heartbeat(path) == beat
    assert [one.name for one in path.parent.iterdir()] == ["one"]


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_heartbeat(tmp_path / "state" / "beat", Heartbeat())
    assert stat.S_IMODE((tmp_path / "state" / "beat").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


GOOD = (
    b'{"version": 1, "last_success": "2026-03-10T09:00:00+00:00", "last_failure": null, "failure": "", "stopped": ""}'
)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\x00",
        b"[" * 5000,
        GOOD[:-3],
        GOOD.replace(b"1,", b"2,", 1),
        GOOD.replace(b"+00:00", b""),
        GOOD.replace(b'""', b"7", 1),
        GOOD.replace(b'"failure"', b'"x"'),
    ],
)
def test_a_damaged_one_tells_nothing_and_is_written_anew(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "beat"
    path.write_bytes(GOOD)
    assert read_heartbeat(path) == Heartbeat(last_success=NOW)
    path.write_bytes(damaged)
    assert read_heartbeat(path) is None
    write_heartbeat(path, Heartbeat().succeeded(NOW))
    assert read_heartbeat(path) == Heartbeat(last_success=NOW)


@given(st.binary(max_size=200))
def test_any_bytes_are_no_heartbeat_or_one(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(data)
    assert read_heartbeat(path) is None


def test_without_a_place_there_is_none(tmp_path: Path) -> None:
    write_heartbeat(None, Heartbeat().succeeded(NOW))
    assert read_heartbeat(None) is read_heartbeat(tmp_path / "none") is None


def test_a_place_that_cannot_be_written_is_a_ledger_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "beat").mkdir()
    (tmp_path / "beat" / "in the way").touch()
    with pytest.raises(LedgerError) as caught:
        write_heartbeat(tmp_path / "beat", Heartbeat())
    assert caught.value.hint
    assert [one.name for one in tmp_path.iterdir()] == ["beat"]


def test_a_success_keeps_what_went_wrong_before_and_only_service_ends_a_stop() -> None:
    beat = Heartbeat().failed(NOW, "no network").given_up("no login").succeeded(NOW + timedelta(minutes=5))
    assert beat == Heartbeat(NOW + timedelta(minutes=5), NOW, "no network", "no login")
    assert beat.served().stopped == ""


def test_of_a_foreign_error_only_the_kind_is_told() -> None:
    assert sentence(SourceError("the server is down")) == "the server is down"
    assert sentence(ValueError("words of a mail")) == "internal error: ValueError"
