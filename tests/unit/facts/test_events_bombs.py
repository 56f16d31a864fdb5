"""Calendars that would keep a machine busy for ever, or fill its memory."""

from __future__ import annotations

import time

import pytest

from tests import bombs
from tests.unit.facts.calendar_texts import calendar, codes, read

HEAD = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:een\r\nDTSTART:20260310T090000Z\r\n"
FOOT = b"END:VEVENT\r\nEND:VCALENDAR\r\n"
OLD_SERIES = "DTSTART:19900310T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 60_000, id="60,000 open events"),
        pytest.param(HEAD + b"ATTENDEE" + b";A=b" * 200_000 + b":mailto:a@b.nl\r\n" + FOOT, id="200,000 parameters"),
        pytest.param(HEAD + b"DTEND" + b";TZID=b" * 120_000 + b":20260310T100000\r\n" + FOOT, id="120,000 zones in a line"),
        pytest.param(HEAD + b"ATTENDEE:" + b"a@" * 400_000 + b"\r\n" + FOOT, id="an endless address"),
        pytest.param(HEAD + b"CATEGORIES:" + b"a," * 400_000 + b"\r\n" + FOOT, id="400,000 categories"),
        pytest.param(HEAD + b"RRULE:FREQ=MONTHLY;BYMONTHDAY=" + b"31," * 200_000 + b"1\r\n" + FOOT, id="an endless rule"),
        pytest.param(calendar(*[f"UID:{n}\n{OLD_SERIES}" for n in range(1_900)]), id="1,900 daily series since 1990"),
        pytest.param(
            calendar(
                *[f"UID:{n}\nDTSTART;TZID=a{n}:20260310T090000" for n in range(1_500)],
                zones="".join(f"BEGIN:VTIMEZONE\nTZID:a{n}\nBEGIN:STANDARD\nTZOFFSETTO:+0107\nEND:STANDARD\nEND:VTIMEZONE\n" for n in range(1_500)),
            ),
            id="1,500 odd zones",
        ),
    ],
)  # fmt: skip
def test_a_bomb_is_over_in_seconds(raw: bytes) -> None:
    begin = time.process_time()
    facts = read(raw)
    assert time.process_time() - begin < 10
    assert len(facts.events) < 6_000


@pytest.mark.parametrize("name", bombs.CALENDAR)
def test_each_bomb_is_told_by_its_name_and_is_still_there(name: str) -> None:
    raw, (_, told) = bombs.calendar_bomb(name), bombs.CALENDAR[name]
    begin = time.process_time()
    facts = read(raw)
    assert time.process_time() - begin < 10
    assert codes(facts) == ([told] if told else [])
    assert facts.uids == {name}
    assert len(facts.events) < 100
