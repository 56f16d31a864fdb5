"""What a mail does to a meeting, over many short mails that people might write."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.dates import find_dates
from crmlink.language.meetings import read_meeting
from crmlink.model.lapse import Fault
from crmlink.model.reading import MeetingAct, MeetingTalk
from crmlink.model.workdays import WorkingCalendar

ZONE = ZoneInfo("Europe/Amsterdam")
SAID_AT = datetime(2025, 3, 5, 9, 0, tzinfo=ZONE)
SAMPLES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("meeting_samples.toml").read_text(encoding="utf-8")
)


def read(text: str, *, language: str = "nl", from_me: bool = False) -> MeetingTalk:
    calendar = WorkingCalendar(country="NL", zone=ZONE)
    dates = find_dates(text, language=language, said_at=SAID_AT, calendar=calendar)
    return read_meeting(text, language=language, from_me=from_me, dates=dates)[0]


def rows(*names: str) -> list[tuple[str, str]]:
    return [(row[:2], row[4:]) for name in names for row in SAMPLES[name]]


def told(act: str) -> list[str]:
    return [act] if act in SAMPLES else ["no_show_by_writer", "no_show_by_reader"]


@pytest.mark.parametrize(
    ("act", "language", "text"), [(act, *row) for act in MeetingAct for row in rows(*told(act))], ids=lambda one: str(one)
)
def test_reads_the_act(act: MeetingAct, language: str, text: str) -> None:
    assert read(text, language=language).act is act
