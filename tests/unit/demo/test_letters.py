"""The mails of the week are what mail programs write."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage

from crmlink.demo.stage import ZONE
from tests.unit.demo.week_in_memory import SCRIPT, post_on

NOW = datetime(2026, 3, 11, 10, 30, tzinfo=ZONE)


def _mail(name: str) -> EmailMessage:
    (letter,) = (one for one in SCRIPT.letters if one.name == name)
    message = email.message_from_bytes(post_on(NOW).raw(letter), EmailMessage, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_answer_continues_its_thread_from_the_first_mail_on() -> None:
    answer = _mail("exhibition-3")
    assert answer["In-Reply-To"] == "<exhibition-2@northgate-museum.example>"
    ancestors = ["<exhibition-1@lindenhof.example>", "<exhibition-2@northgate-museum.example>"]
    assert answer["References"].split() == ancestors


def test_letters_beyond_ascii_survive() -> None:
    assert _mail("winterkrant")["Subject"] == "Cliëntenkrant winter"
    assert "enquête" in _mail("nieuwsbrief").get_content()


def test_a_bounce_is_a_delivery_report() -> None:
    bounce = _mail("onbestelbaar")
    assert bounce.get_content_type() == "multipart/report"
    assert bounce.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in bounce.iter_parts()] == ["text/plain", "message/delivery-status"]


def test_a_cancellation_carries_the_event_of_the_calendar() -> None:
    cancellation = _mail("kennismaking")
    text, calendar = cancellation.iter_parts()
    assert "afzeggen" in text.get_content()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "CANCEL"
    assert "UID:kennismaking@vermeulen-advies.example" in calendar.get_content()


def test_no_day_is_left_to_fill_in() -> None:
    post = post_on(NOW)
    for letter in SCRIPT.letters:
        assert b"{" not in post.raw(letter)
