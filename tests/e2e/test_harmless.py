"""A pass over a full mailbox leaves everything as it was, but for the drafts."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from tests.e2e.office import GIJS, NOW, Office
from tests.servers import calendars, mailboxes
from tests.servers.accounts import CalendarAccount

MESSAGES, EVENTS = 2000, 500
FLAGS = ((), ("\\Seen",), ("\\Seen", "\\Answered"), ("\\Flagged",), ("\\Seen", "$Forwarded"))


def test_two_thousand_messages_and_five_hundred_events_are_left_as_they_were(on_dovecot: Office) -> None:
    calendar = on_dovecot.calendar
    assert calendar is not None
    _fill_mailbox(on_dovecot)
    _fill_calendar(on_dovecot)
    flags, modseq, events = on_dovecot.flags(), _modseq(on_dovecot), _etags(calendar)
    assert len(events) == EVENTS

    lapses = on_dovecot.scan()

    assert len(lapses) > 5
    assert len(on_dovecot.drafts()) == 5
    assert [one["decision"] for one in lapses].count("draft") == 5
    assert on_dovecot.flags() == flags
    assert _modseq(on_dovecot) == modseq
    assert _etags(calendar) == events
    on_dovecot.scan()
    assert len(on_dovecot.drafts()) == 5
    assert on_dovecot.flags() == flags


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


def _modseq(office: Office) -> dict[str, object]:
    with mailboxes.connected(office.mail) as client:
        return {
            folder: client.folder_status(folder, ["HIGHESTMODSEQ", "MESSAGES", "UIDNEXT", "UNSEEN"])
            for folder in ("INBOX", "Sent", "Trash")
        }


def _etags(account: CalendarAccount) -> dict[str, str]:
    """Address -> ETag of every event."""
    query = '<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
    login = (account.user, account.password)
    answer = calendars.expect(
        "PROPFIND", account.calendars["Agenda"], login, body=query, content="xml", headers={"Depth": "1"}
    )
    found = re.findall(r"<href>([^<]+\.ics)</href>.*?<getetag>([^<]+)</getetag>", answer, re.DOTALL)
    return dict(found)
