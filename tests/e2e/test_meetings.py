"""Stories 1, 2, 3, 8 and 9 on real servers, in Dutch and in English, and days that are replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import pytest

from tests.e2e.office import GIJS, JANE, NOW, ZONE, Office
from tests.servers import calendars, mailboxes
from tests.servers.accounts import CalendarAccount
from tests.servers.cyrus_server import Cyrus


@dataclass(frozen=True, slots=True)
class Story:
    """One guest to let down, in one language."""

    language: str
    guest: str
    invitation: str
    trip: str
    day_off: str
    complaint: str
    sorry: str
    new_date: str
    for_nothing: str
    travelling: str
    leave: str


DUTCH = Story(
    "nl",
    GIJS,
    "Hoi Gijs,\n\nKom je koffie drinken bij mij op kantoor?\n\nGroet,\nMarleen",
    "Wereldreis",
    "Vrij",
    "Hoi Marleen,\n\nIk stond bij jullie aan de balie, maar je was er niet. Jammer.\n\nGroet,\nGijs",
    "Hoi Gijs,\n\nSorry dat ik er niet was!\n\nGroet,\nMarleen",
    "Hoi Gijs,\n\nSorry dat ik er niet was. Zullen we een nieuwe afspraak maken op {day}-{month}-{year} om 10:00 uur?\n\nGroet,\nMarleen",
    "voor niets naar Hilversum gekomen",
    "op reis",
    "vrij genomen",
)
ENGLISH = Story(
    "en",
    JANE,
    "Dear Dr Hartley,\n\nWould you come for coffee at my office?\n\nKind regards,\nMarleen van der Veen",
    "World tour",
    "Day off",
    "Dear Ms Van der Veen,\n\nI stood at your reception desk, but you were not there. A pity.\n\nKind regards,\nJane Hartley",
    "Dear Dr Hartley,\n\nI am so sorry that I was not there!\n\nKind regards,\nMarleen van der Veen",
    "Dear Dr Hartley,\n\nI am so sorry that I was not there. Could we meet on {year}-{month}-{day} at 10:00 instead?\n\nKind regards,\nMarleen van der Veen",
    "came to Hilversum for nothing",
    "travelling",
    "time off",
)
stories = pytest.mark.parametrize("story", [DUTCH, ENGLISH], ids=["nl", "en"])


def _coffee(office: Office, guest: str, *, in_days: int, made_days_ago: float = 25, uid: str = "koffie@test") -> str:
    """A coffee at ten at the owner's office, which both sides accepted; gives its address."""
    start = (NOW() + timedelta(days=in_days)).replace(hour=10, minute=0, second=0)
    name, address = guest.rstrip(">").split(" <")
    owner = office.me.rstrip(">").split(" <")[1]
    people = [
        f"ORGANIZER:mailto:{owner}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{owner}",
        f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}",
    ]
    times = [f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}", "DURATION:PT1H"]
    details = ["SUMMARY:Koffie", "LOCATION:Vaartweg 1\\, 1211 JH Hilversum", *people]
    return _put(office, uid, [*times, *details], made_days_ago)


def _away(office: Office, title: str, first: int, last: int, *, made_days_ago: float = 25) -> None:
    """Whole days in the owner's calendar, counted from today, the last included; FREE, as mail clients write them."""
    start, end = (NOW().date() + timedelta(days=days) for days in (first, last + 1))
    times = [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"]
    _put(office, f"weg{first}@test", [*times, f"SUMMARY:{title}", "TRANSP:TRANSPARENT"], made_days_ago)


def _put(office: Office, uid: str, lines: list[str], made_days_ago: float) -> str:
    assert office.calendar is not None
    return calendars.put_event(office.calendar, _calendar(uid, lines, made_days_ago))


def _calendar(uid: str, lines: list[str], made_days_ago: float, method: str = "") -> str:
    made = NOW().astimezone(UTC) - timedelta(days=made_days_ago)
    stamps = [f"{name}:{made:%Y%m%dT%H%M%SZ}" for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED")]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", *([f"METHOD:{method}"] if method else [])]
    body = ["BEGIN:VEVENT", f"UID:{uid}", *stamps, *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join([*head, *body])


def _invited(office: Office, story: Story) -> None:
    office.settings["LANGUAGE"] = story.language
    office.send("inv", story.guest, story.invitation, days_ago=25, subject="Koffie")


def _days(lapse: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(one["start"]).astimezone(ZONE) for one in lapse["draft"]["options"]]


@stories
def test_1_the_world_tour(office: Office, story: Story) -> None:
    _invited(office, story)
    _coffee(office, story.guest, in_days=-14)
    _away(office, story.trip, -15, 5)

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("missed", "me", "draft")
    assert {"calendar.event", "calendar.away", "mail.silence"} <= {one["rule"] for one in lapse["evidence"]}
    (draft,) = office.drafts()
    words = " ".join(draft.get_content().split())
    assert story.for_nothing in words
    assert story.travelling in words
    assert ("sindsdien" if story.language == "nl" else "since") in words
    assert draft["In-Reply-To"] == "<inv@test.example>"
    last_day_away = NOW().date() + timedelta(days=5)
    assert len(_days(lapse)) == 3
    assert all(day.date() > last_day_away for day in _days(lapse))


@stories
def test_2_the_day_off(office: Office, story: Story) -> None:
    office.settings["LANGUAGE"] = story.language
    _coffee(office, story.guest, in_days=-1)
    _away(office, story.day_off, -1, -1)
    told = office.receive("klacht", story.guest, story.complaint, days_ago=0.5, subject="Balie")

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("missed", "me", "draft")
    assert {"calendar", "mail"} == {one["source"] for one in lapse["evidence"]}
    assert lapse["confidence"] > 0.9
    (draft,) = office.drafts()
    assert draft["In-Reply-To"] == told
    assert story.leave in " ".join(draft.get_content().split())


@stories
def test_3_warned_in_time(office: Office, story: Story) -> None:
    _invited(office, story)
    _coffee(office, story.guest, in_days=8)
    _away(office, story.trip, 7, 27)

    (lapse,) = office.scan()

    assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("clash", "me", "draft")
    (draft,) = office.drafts()
    assert story.travelling in " ".join(draft.get_content().split())
    gone = [NOW().date() + timedelta(days=days) for days in range(7, 28)]
    assert not {day.date() for day in _days(lapse)} & set(gone)
    assert [one["decision"] for one in office.scan()] == ["drafted"]
    assert len(office.drafts()) == 1


@stories
def test_9_an_apology_without_an_action_leaves_it_open(office: Office, story: Story) -> None:
    _invited(office, story)
    _coffee(office, story.guest, in_days=-4)
    _away(office, story.trip, -5, 3)
    office.send("sorry", story.guest, story.sorry, days_ago=2, subject="Re: Koffie", answers="<inv@test.example>")
    (lapse,) = office.scan("--dry-run")
    assert (lapse["kind"], lapse["decision"]) == ("missed", "draft")

    day = NOW() + timedelta(days=10)
    text = story.new_date.format(day=f"{day:%d}", month=f"{day:%m}", year=f"{day:%Y}")
    office.send("datum", story.guest, text, days_ago=1, subject="Re: Koffie", answers="<inv@test.example>")
    assert office.scan() == []
    assert office.drafts() == []


def _their_cancel(office: Office, story: Story) -> None:
    """The organizer's CANCEL arrives by mail, and the owner's calendar shows it."""
    name, organizer = story.guest.rstrip(">").split(" <")
    owner = office.me.rstrip(">").split(" <")[1]
    start = (NOW() + timedelta(days=3)).replace(hour=10, minute=0, second=0)
    lines = [
        f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}",
        "DURATION:PT1H",
        "SEQUENCE:1",
        "SUMMARY:Intake",
        "STATUS:CANCELLED",
        f"ORGANIZER;CN={name}:mailto:{organizer}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{owner}",
    ]
    _put(office, "intake@test", lines, 2)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = story.guest, office.me, "Geannuleerd: Intake"
    message["Date"], message["Message-ID"] = format_datetime(NOW() - timedelta(days=2)), "<off@test.example>"
    message.set_content("Intake")
    text = _calendar("intake@test", lines, 2, method="CANCEL")
    message.add_alternative(text, subtype="calendar", params={"method": "CANCEL"})
    mailboxes.deliver(office.mail, message.as_bytes(policy=SMTP), "INBOX", received_at=NOW() - timedelta(days=2))


@stories
def test_8_they_cancelled(office: Office, story: Story, request: pytest.FixtureRequest) -> None:
    office.settings["LANGUAGE"] = story.language
    if office.calendar and office.calendar.mail:
        _cancelled_by_the_server(office, request.getfixturevalue("cyrus"))
    else:
        _their_cancel(office, story)

    (lapse,) = office.scan()
    assert (lapse["kind"], lapse["fault"], lapse["decision"], lapse["draft"]) == ("cancelled", "them", "skip", None)
    assert office.drafts() == []

    office.settings["WHEN_THEY_CANCEL"] = "draft"
    (lapse,) = office.scan()
    assert (lapse["fault"], lapse["decision"]) == ("them", "draft")
    (draft,) = office.drafts()
    words = draft.get_content().lower()
    assert not any(word in words for word in ("sorry", "excuses", "spijt", "apolog"))


def _cancelled_by_the_server(office: Office, cyrus: Cyrus) -> None:
    """Somebody else on the same server invites the owner and deletes the meeting: the server does the rest."""
    organizer, owner = cyrus.account(), office.me.rstrip(">").split(" <")[1]
    start = (NOW() + timedelta(days=3)).replace(hour=10, minute=0, second=0)
    lines = [
        f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}",
        "DURATION:PT1H",
        "SUMMARY:Intake",
        f"ORGANIZER;CN=Omar Idrissi:mailto:{organizer.address}",
        f"ATTENDEE;CN=Omar Idrissi;PARTSTAT=ACCEPTED:mailto:{organizer.address}",
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{owner}",
    ]
    address = calendars.put_event(organizer, _calendar("intake@test", lines, 2))
    account = office.calendar
    assert account is not None
    assert _holds(account, "UID:intake@test")
    calendars.delete_event(organizer, address)
    assert _holds(account, "STATUS:CANCELLED")


def _holds(account: CalendarAccount, words: str) -> bool:
    return any(words in text for text in calendars.events(account, "personal").values())


def _as_of(office: Office, days: float) -> list[tuple[str, str]]:
    at = NOW() + timedelta(days=days)
    return [(one["kind"], one["decision"]) for one in office.scan("--as-of", at.isoformat())]


def test_the_world_tour_day_by_day(on_dovecot: Office) -> None:
    _invited(on_dovecot, DUTCH)
    _coffee(on_dovecot, DUTCH.guest, in_days=-10, made_days_ago=25)
    _away(on_dovecot, DUTCH.trip, -12, 5, made_days_ago=20)
    told: dict[float, list[tuple[str, str]]] = {
        -24: [],
        -21: [],
        -19: [("clash", "draft")],
        -12: [("clash", "draft")],
        -11: [("clash", "draft")],
        -8: [("missed", "draft")],
        -1: [("missed", "draft")],
        0: [("missed", "draft")],
    }
    assert {days: _as_of(on_dovecot, days) for days in told} == told
    assert on_dovecot.drafts() == []


def test_the_warning_day_by_day_until_the_owner_asks_for_another_time(on_dovecot: Office) -> None:
    _invited(on_dovecot, DUTCH)
    _coffee(on_dovecot, DUTCH.guest, in_days=8, made_days_ago=25)
    _away(on_dovecot, DUTCH.trip, 7, 27, made_days_ago=10)
    text = "Hoi Gijs,\n\nIk moet onze afspraak helaas verzetten. Wat zou jou daarna passen?\n\nGroet,\nMarleen"
    on_dovecot.send("verzet", DUTCH.guest, text, days_ago=3, subject="Re: Koffie", answers="<inv@test.example>")
    told: dict[float, list[tuple[str, str]]] = {
        -11: [],
        -9: [("clash", "draft")],
        -4: [("clash", "draft")],
        -2: [],
        0: [],
    }
    assert {days: _as_of(on_dovecot, days) for days in told} == told
