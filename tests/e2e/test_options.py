"""The dates in a draft, on real servers: free over all calendars, after an absence, by the reader's clock, or none and why."""

from __future__ import annotations

import email.policy
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.e2e.office import GIJS, JANE, NOW, ZONE, Office
from tests.servers import mailboxes

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"


def _vdir(office: Office, name: str, *events: list[str]) -> str:
    """One more calendar of the owner, a directory of files; gives its address."""
    folder: Path = office.directory / name
    folder.mkdir()
    for number, lines in enumerate(events):
        head = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//test//test//EN",
            "BEGIN:VEVENT",
            f"UID:{name}{number}@test",
        ]
        text = [*head, "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
        (folder / f"{number}.ics").write_text("\r\n".join(text), encoding="utf-8")
    return f"vdir://{folder}"


def _days(first: int, last: int, title: str, *more: str) -> list[str]:
    """Whole days, counted from today, the last included."""
    start, end = (NOW().date() + timedelta(days=day) for day in (first, last + 1))
    return [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}", f"SUMMARY:{title}", *more]


def _weekly(days: str, begins: int, ends: int, title: str, *more: str) -> list[str]:
    """Every week on these days, from this hour to that one."""
    start = (NOW() - timedelta(days=14)).replace(minute=0, second=0, hour=begins)
    rule = f"RRULE:FREQ=WEEKLY;BYDAY={days}"
    times = [f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}", f"DURATION:PT{ends - begins}H", rule]
    return [*times, f"SUMMARY:{title}", *more]


def _starts(lapse: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(one["start"]).astimezone(ZONE) for one in lapse["draft"]["options"]]


def test_moments_are_free_in_every_calendar_and_what_is_free_or_declined_there_blocks_nothing(on_pymap: Office) -> None:
    assert on_pymap.calendar is not None
    on_pymap.book("intake@test", "Intake", GIJS, in_days=3, status="CANCELLED")
    on_pymap.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=4)
    workdays = "MO,TU,WE,TH,FR"
    mornings = _vdir(on_pymap, "ochtend", _weekly(workdays, 8, 14, "Misschien", "STATUS:TENTATIVE"))
    others = _vdir(
        on_pymap,
        "rest",
        _weekly(workdays, 8, 19, "Verjaardagen", "TRANSP:TRANSPARENT"),
        _weekly(workdays, 8, 19, "Vervallen", "STATUS:CANCELLED"),
        _weekly(workdays, 8, 19, "Beurs", "ATTENDEE;PARTSTAT=DECLINED:mailto:marleen@example.nl"),
        _weekly(workdays, 16, 19, "Raad", "LOCATION:Stadhuis\\, Utrecht"),
    )
    on_pymap.settings["CALENDAR"] = f"{on_pymap.calendar.url},{mornings},{others}"

    (lapse,) = on_pymap.scan()

    starts = _starts(lapse)
    assert len(starts) == 3
    # From two o'clock, an hour long, and at half past three the way to Utrecht begins.
    assert {(start.hour, start.minute) for start in starts} <= {(14, 0), (14, 30)}
    assert not any(start.date() == (NOW() + timedelta(days=3)).date() for start in starts)


def test_a_tour_that_begins_tomorrow_and_lasts_for_weeks_puts_everything_after_it(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8)
    on_pymap.settings["CALENDAR"] = _vdir(on_pymap, "agenda", _days(1, 30, "Wereldreis", "TRANSP:TRANSPARENT"))

    (lapse,) = on_pymap.scan()

    back = NOW().date() + timedelta(days=31)
    assert _starts(lapse)
    assert all(start.date() >= back for start in _starts(lapse))
    assert "no dates" not in lapse["reason"]


def test_without_a_calendar_the_letter_asks_and_the_lapse_goes_on_saying_why(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8)
    on_pymap.settings["CALENDAR"] = ""
    (first,) = on_pymap.scan()
    assert first["draft"]["options"] == []
    assert first["reason"].endswith("; the draft offers no dates: no calendar is set")
    (second,) = on_pymap.scan()
    assert second["decision"] == "drafted"
    assert second["reason"].endswith("; the draft offers no dates: no calendar is set")
    shown = on_pymap.crmlink("lapses", "show", second["id"])
    assert "no calendar is set" in shown.out


def test_a_calendar_that_cannot_be_read_is_named_as_the_reason(on_pymap: Office) -> None:
    on_pymap.receive("ask", GIJS, QUESTION, days_ago=8)
    on_pymap.settings["CALENDAR"] = f"vdir://{on_pymap.directory / 'weg'}"
    (lapse,) = on_pymap.scan(code=1)
    assert lapse["draft"]["options"] == []
    assert lapse["reason"].endswith("the draft offers no dates: the calendar could not be read or trusted in that pass")


def test_who_writes_from_india_reads_both_hours_and_is_offered_none_at_night(on_pymap: Office) -> None:
    at = NOW().astimezone(timezone(timedelta(hours=5, minutes=30))) - timedelta(days=8)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = JANE, on_pymap.me, "Appendices"
    message["Date"], message["Message-ID"] = format_datetime(at), "<india@test.example>"
    message.set_content(
        "Dear Ms Van der Veen,\n\nCould you tell me which of the two appendices we may quote?\n\nKind regards,\nJane Hartley"
    )
    mailboxes.deliver(on_pymap.mail, message.as_bytes(policy=email.policy.SMTP), "INBOX", received_at=at)
    on_pymap.settings["CALENDAR"] = _vdir(on_pymap, "agenda", _days(-3, -3, "Beurs"))

    (lapse,) = on_pymap.scan()

    theirs = [start.astimezone(timezone(timedelta(hours=5, minutes=30))) for start in _starts(lapse)]
    assert theirs
    assert all(8 <= one.hour < 18 for one in theirs)
    for one in theirs:
        assert f"({one.hour}:{one.minute:02} your time)" in lapse["draft"]["body"]
