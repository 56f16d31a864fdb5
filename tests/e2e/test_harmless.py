"""A pass over a full mailbox leaves everything as it was, but for the drafts. The office's watch judges every run."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from tests.e2e.office import GIJS, JANE, NOW, Office, run_apart
from tests.faults.guard import changes
from tests.servers import calendars, mailboxes
from tests.servers.accounts import CalendarAccount

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
MESSAGES, EVENTS = 2000, 500
FLAGS = ((), ("\\Seen",), ("\\Seen", "\\Answered"), ("\\Flagged",), ("\\Seen", "$Forwarded"))


def test_two_thousand_messages_and_five_hundred_events_are_left_as_they_were(on_dovecot: Office) -> None:
    calendar = on_dovecot.calendar
    assert calendar is not None
    _fill_mailbox(on_dovecot)
    _fill_calendar(on_dovecot)
    events = _etags(calendar)
    assert len(events) == EVENTS

    lapses = on_dovecot.scan()

    assert len(lapses) > 5
    assert len(on_dovecot.drafts()) == 5
    assert [one["decision"] for one in lapses].count("draft") == 5
    assert _etags(calendar) == events
    on_dovecot.scan()
    assert len(on_dovecot.drafts()) == 5
    assert on_dovecot.watch
    assert changes(on_dovecot.watch.mail.said) == ["APPEND"] * 5


@pytest.mark.parametrize("arguments", [["scan", "--dry-run"], ["scan", "--as-of", "2030-01-01"], ["owed"], ["check"]])
def test_looking_only_stores_nothing(on_dovecot: Office, arguments: list[str]) -> None:
    on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)

    on_dovecot.crmlink(*arguments)

    assert on_dovecot.watch
    assert on_dovecot.watch.mail.said
    assert changes(on_dovecot.watch.mail.said) == []
    assert on_dovecot.drafts() == []
    assert [one["decision"] for one in on_dovecot.scan()] == ["draft"]


def test_a_whole_run_connects_to_mailbox_and_calendar_and_to_nothing_else(on_dovecot: Office) -> None:
    on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)
    on_dovecot.book("u1", "Kennismaking", JANE, in_days=3)
    watch = on_dovecot.watch
    assert watch
    assert watch.calendar
    code = (
        "import atexit, runpy, sys; seen = set()\n"
        "sys.addaudithook(lambda event, given: event == 'socket.connect' and seen.add(given[1]))\n"
        "atexit.register(lambda: open('connections', 'w').write(repr(seen)))\n"
        "runpy.run_module('crmlink', run_name='__main__', alter_sys=True)"
    )

    done = run_apart(["scan"], on_dovecot.environment(), on_dovecot.directory, program=["-c", code])

    assert done.code == 0, done.err
    assert len(on_dovecot.drafts()) == 1, done.out
    seen = ast.literal_eval((on_dovecot.directory / "connections").read_text())
    assert seen == {("127.0.0.1", watch.mail.account.port), ("127.0.0.1", watch.calendar.port)}


def _fill_mailbox(office: Office) -> None:
    with mailboxes.connected(office.mail) as client:
        for number in range(MESSAGES):
            at = NOW() - timedelta(days=25, minutes=-number * 15)
            mine = number % 3 == 0
            message = EmailMessage()
            message["From"], message["To"] = (
                (office.me, GIJS) if mine else (f"P{number} <p{number}@firm{number % 40}.example>", office.me)
            )
            message["Subject"], message["Date"] = f"Project {number}", format_datetime(at)
            message["Message-ID"] = f"<m{number}@test.example>"
            text = (
                f"Hoi,\n\nKun je me zeggen of nummer {number} klopt?\n\nGroet"
                if number % 200 == 1
                else f"Hoi,\n\nTer info: nummer {number} is klaar.\n\nGroet"
            )
            message.set_content(text)
            client.append("Sent" if mine else "INBOX", message.as_bytes(), FLAGS[number % len(FLAGS)], at)


def _fill_calendar(office: Office) -> None:
    for number in range(EVENTS):
        office.book(f"e{number}@test", f"Overleg {number}", f"P <p{number}@firm.example>", in_days=number % 60 - 10)


def _etags(account: CalendarAccount) -> dict[str, str]:
    """Address -> ETag of every event."""
    query = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
    login = (account.user, account.password)
    answer = calendars.expect(
        "PROPFIND", account.calendars["Agenda"], login, body=query, content="xml", headers={"Depth": "1"}
    )
    found = re.findall(r"<href>([^<]+\.ics)</href>.*?<getetag>([^<]+)</getetag>", answer, re.DOTALL)
    return dict(found)
