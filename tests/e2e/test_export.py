"""`crmlink export` by the real command line: to stdout, or to a file that is only yours and never half."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest
import vobject

from tests.e2e.office import Done, run_here
from tests.e2e.test_contacts import settings as settings  # noqa: PLC0414 -- the same office: Gijs and Els wait for an answer


def crmlink(settings: dict[str, str], *arguments: str) -> Done:
    return run_here(arguments, settings, Path(settings["DATABASE"]).parent)


@pytest.fixture
def scanned(settings: dict[str, str]) -> dict[str, str]:
    assert crmlink(settings, "scan").code == 0
    return settings


def test_lapses_come_as_a_table_and_as_lines(scanned: dict[str, str]) -> None:
    table = list(csv.DictReader(io.StringIO(crmlink(scanned, "export").out, newline="")))
    lines = [json.loads(line) for line in crmlink(scanned, "export", "--format", "jsonl").out.splitlines()]
    expected = [("els@smitsen.example", "placed"), ("gijs@bakkerman.example", "placed")]
    assert sorted((one["address"], one["draft"]) for one in table) == expected
    assert sorted((one["address"], one["draft"]) for one in lines) == expected
    assert {one["schema"] for one in lines} == {1}


def test_contacts_come_as_cards_of_the_version_asked_for(scanned: dict[str, str]) -> None:
    for version in ("4", "3"):
        text = crmlink(scanned, "export", "--format", "vcard", "--vcard", version).out
        cards = list(vobject.readComponents(text))
        assert [(one.version.value, one.fn.value) for one in cards] == [
            (f"{version}.0", "Els Smitsen"),
            (f"{version}.0", "Gijs Bakkerman"),
        ]


def test_a_day_from_which_to_begin(scanned: dict[str, str]) -> None:
    for kind in ("csv", "jsonl", "vcard"):
        everything, nothing = (
            crmlink(scanned, "export", "--format", kind, "--since", day).out for day in ("2020-01-01", "2099-01-01")
        )
        assert "bakkerman" in everything
        assert "bakkerman" not in nothing
    assert crmlink(scanned, "export", "--since", "gisteren").code == 2


def test_a_file_is_only_yours_and_replaced_as_a_whole(scanned: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "uitvoer.csv"
    path.write_text("oud")
    path.chmod(0o644)
    assert crmlink(scanned, "export", str(path)).out == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().decode() == crmlink(scanned, "export", "-").out
    assert [one.name for one in tmp_path.glob("*uitvoer*")] == ["uitvoer.csv"]


def test_a_place_that_cannot_be_written_is_said(scanned: dict[str, str], tmp_path: Path) -> None:
    for bad in (tmp_path / "nergens" / "uit.csv", tmp_path / "state"):
        done = crmlink(scanned, "export", str(bad))
        assert done.code == 2
        assert "cannot be written" in done.err
    assert not list(tmp_path.glob(".state-*"))


def test_an_empty_ledger_gives_an_empty_table(settings: dict[str, str]) -> None:
    assert crmlink(settings, "export").out.count("\r\n") == 1
    assert crmlink(settings, "export", "--format", "jsonl").out == ""
    assert not Path(settings["DATABASE"]).exists()
