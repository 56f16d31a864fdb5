"""One message read whole: what stands in it together, and what a machine may and may not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crmlink.language.reader import MAX_TEXT, Reader
from crmlink.model.contact import Address, Owner
from crmlink.model.mail import Automatic
from crmlink.model.reading import MeetingAct, Register
from crmlink.model.workdays import WorkingCalendar
from tests.picture_of import GIJS, ME, mail, march

READER = Reader(ME, WorkingCalendar(ZoneInfo("Europe/Amsterdam"), "NL"))
WHOLE = (
    "Hoi Marleen,\n\nZou je me voor vrijdag kunnen laten weten of de kleur akkoord is?\n"
    "Ik stuur je morgen de nieuwe offerte.\nMocht je nog vragen hebben, bel gerust.\n\nGroet,"
)


def test_a_mail_is_read_for_everything_at_once() -> None:
    reading = READER.read(mail("m", march(2), text=WHOLE))
    assert (reading.language, reading.register) == ("nl", Register.INFORMAL)
    assert [one.quote for one in reading.requests] == [
        "Zou je me voor vrijdag kunnen laten weten of de kleur akkoord is?"
    ]
    assert reading.requests[0].to_me
    assert reading.requests[0].due == datetime(2026, 3, 6, 17, tzinfo=march(1).tzinfo)
    assert [one.quote for one in reading.promises] == ["Ik stuur je morgen de nieuwe offerte."]
    assert [one.due.day for one in reading.promises if one.due] == [3]
    assert reading.meeting.act is MeetingAct.NONE


def test_every_quote_stands_where_it_says() -> None:
    text = WHOLE
    reading = READER.read(mail("m", march(2), text=text))
    places = [(one.offset, one.quote) for one in reading.requests]
    places += [(one.offset, one.quote) for one in reading.promises]
    places += [(one.offset, one.quote) for one in reading.dates]
    places += [(one.offset, one.quote) for one in reading.near_misses]
    assert len(places) >= 4
    for offset, quote in places:
        assert text[offset:].startswith(quote)


def test_what_is_asked_of_somebody_else_is_not_to_me() -> None:
    both = (ME.mailbox, Address("Piet Smit", "piet@example.nl"))
    reading = READER.read(
        mail("m", march(2), to=both, text="Hoi allen,\n\nPiet, kun jij de sleutel ophalen?\n\nGroet,")
    )
    assert [one.to_me for one in reading.requests] == [False]


OFF = "Onze afspraak van dinsdag 10 maart om 10 uur gaat helaas niet door."
ROBOTS = {
    "a calendar robot reports that it is off": (Automatic.INVITATION, OFF, MeetingAct.CANCEL),
    "a notification does too": (Automatic.NOTIFICATION, OFF, MeetingAct.CANCEL),
    "a newsletter proposes no meeting": (Automatic.LIST, "Zullen we dinsdag om 10 uur afspreken?", MeetingAct.NONE),
    "a person does": (None, "Zullen we dinsdag om 10 uur afspreken?", MeetingAct.PROPOSE),
}


@pytest.mark.parametrize(("automatic", "text", "act"), ROBOTS.values(), ids=ROBOTS)
def test_what_a_machine_may_say_of_a_meeting(automatic: Automatic | None, text: str, act: MeetingAct) -> None:
    message = replace(mail("m", march(2), text=f"Hoi Marleen,\n\n{text}\n\nGroet,\nGijs"), automatic=automatic)
    assert READER.read(message).meeting.act is act


@pytest.mark.parametrize(
    "text", ["", "\n\n", "?", "x" * (MAX_TEXT + 10)], ids=["nothing", "white space", "a mark", "too much"]
)
def test_odd_text_is_read_without_a_word(text: str) -> None:
    reading = READER.read(mail("m", march(2), text=text))
    assert reading.promises == ()


def test_an_owner_without_a_name_is_no_trouble() -> None:
    nameless = Reader(Owner("", ("marleen@example.nl",)), READER.calendar)
    message = mail("m", march(2), sender=replace(GIJS, name=""), to=(Address("", "marleen@example.nl"),), text=WHOLE)
    assert nameless.read(message).requests[0].to_me
