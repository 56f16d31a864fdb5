from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from crmlink.model.errors import SourceError
from crmlink.sources.port import CalendarChanges, KnownCalendar
from crmlink.sources.resource_window import may_touch, split_resources
from crmlink.sources.vdir import VdirSource

START, END = date(2026, 3, 1), date(2026, 4, 1)
EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20260310T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def known_after(changes: CalendarChanges) -> dict[str, KnownCalendar]:
    etags = {event.href: event.etag for event in changes.events} | dict(changes.elsewhere)
    return {changes.key: KnownCalendar(changes.state, etags)}


def read(path: Path, known: CalendarChanges | None = None) -> list[CalendarChanges]:
    return list(VdirSource(path).changes(known_after(known) if known else {}, start=START, end=END))


def test_a_directory_with_events_is_one_calendar(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT.format(uid="a"))
    (tmp_path / "note.txt").write_text("geen agenda")
    (tmp_path / ".b.ics").write_text(EVENT.format(uid="b"))
    [changes] = read(tmp_path)
    assert [item.href for item in changes.events] == ["a.ics"]


def test_a_calendar_is_called_what_its_displayname_says(tmp_path: Path) -> None:
    for folder in ("x1", "x2", "x3"):
        (tmp_path / folder).mkdir()
    (tmp_path / "x1" / "displayname").write_text("Werk\n")
    (tmp_path / "x2" / "displayname").write_text("Werk")
    assert [changes.calendar for changes in read(tmp_path)] == ["Werk (x1)", "Werk (x2)", "x3"]


def test_a_missing_directory_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path / "weg")


def test_a_file_instead_of_a_directory_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT)
    with pytest.raises(SourceError):
        read(tmp_path / "a.ics")


def test_one_unreadable_file_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT.format(uid="a"))
    (tmp_path / "b.ics").symlink_to(tmp_path / "nergens")
    [changes] = read(tmp_path)
    assert [item.href for item in changes.events] == ["a.ics"]
    assert [(problem.code, problem.subject) for problem in changes.problems] == [("calendar.unreadable-file", "b.ics")]


def test_an_exported_file_falls_into_one_resource_per_uid(tmp_path: Path) -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:X\r\nEND:VTIMEZONE\r\n"
    event = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:20260310T090000Z\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{zone}{event.format('a')}{event.format('b')}{event.format('a')}END:VCALENDAR\r\n"
    (tmp_path / "alles.ics").write_text(text)
    [changes] = read(tmp_path)
    assert [(item.href, item.raw.count(b"UID:a"), item.raw.count(b"UID:b")) for item in changes.events] == [
        ("alles.ics#0", 2, 0),
        ("alles.ics#1", 0, 1),
    ]
    assert all(b"TZID:X" in item.raw for item in changes.events)


class TestReadingAgain:
    def test_a_file_replaced_by_one_of_the_same_size_and_date_is_seen(self, tmp_path: Path) -> None:
        path = tmp_path / "a.ics"
        path.write_text(EVENT.format(uid="a"))
        [first] = read(tmp_path)
        times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
        (tmp_path / "new").write_text(EVENT.format(uid="b"))
        os.utime(tmp_path / "new", ns=times)
        (tmp_path / "new").replace(path)
        [later] = read(tmp_path, first)
        assert [(event.href, b"UID:b" in event.raw) for event in later.events] == [("a.ics", True)]

    def test_an_exported_file_is_replaced_as_a_whole(self, tmp_path: Path) -> None:
        event = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:20260310T090000Z\r\nEND:VEVENT\r\n"
        path = tmp_path / "alles.ics"
        path.write_text(f"BEGIN:VCALENDAR\r\n{''.join(map(event.format, 'abc'))}END:VCALENDAR\r\n")
        [first] = read(tmp_path)
        assert not next(iter(read(tmp_path, first))).events
        path.write_text(f"BEGIN:VCALENDAR\r\n{''.join(map(event.format, 'ab'))}END:VCALENDAR\r\n")
        [later] = read(tmp_path, first)
        assert set(later.gone) == {"alles.ics#0", "alles.ics#1", "alles.ics#2"}
        assert [item.href for item in later.events] == ["alles.ics#0", "alles.ics#1"]

    def test_a_file_outside_the_window_is_looked_into_once_a_window(self, tmp_path: Path) -> None:
        (tmp_path / "a.ics").write_text(EVENT.format(uid="a").replace("20260310", "20260601"))
        [first] = read(tmp_path)
        assert (first.events, list(first.elsewhere)) == ((), ["a.ics"])
        assert next(iter(read(tmp_path, first))).elsewhere == {}
        [later] = VdirSource(tmp_path).changes(known_after(first), start=START, end=date(2026, 6, 1))
        assert [item.href for item in later.events] == ["a.ics"]


@pytest.mark.parametrize(
    ("lines", "inside"),
    [
        pytest.param("DTSTART:20260310T090000Z", True, id="a day in the window"),
        pytest.param("DTSTART;TZID=Europe/Amsterdam:20260402T010000", True, id="just over the edge"),
        pytest.param("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101", True, id="around the window"),
        pytest.param("DTSTART:20250310T090000Z", False, id="a year before"),
        pytest.param("DTSTART:20270310T090000Z\r\nDTEND:20270311T090000Z", False, id="a year after"),
        pytest.param("DTSTART:20200310T090000Z\nRRULE:FREQ=WEEKLY", True, id="a series may reach it"),
        pytest.param("DTSTART:20200310T090000Z\nDURATION:P9000D", True, id="a duration may reach it"),
        pytest.param("DTSTART:morgen", True, id="a date nobody understands"),
        pytest.param("DTSTART:20261399T090000Z", True, id="a day that does not exist"),
        pytest.param("SUMMARY:niets", True, id="no date at all"),
    ],
)
def test_only_what_surely_lies_outside_is_left_out(lines: str, *, inside: bool) -> None:
    assert may_touch(f"BEGIN:VEVENT\n{lines}\nEND:VEVENT".encode(), START, END) is inside


def test_a_broken_file_is_not_split() -> None:
    broken = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\n"
    assert split_resources(broken) == [broken]
