"""How owner and contact write to each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crmlink.drafts.correspondence import phone_in, read_correspondence
from crmlink.drafts.greeting import Greeting
from crmlink.model.contact import Address, Contact
from crmlink.model.ids import MessageId
from crmlink.model.mail import Automatic, Message
from crmlink.model.reading import Reading, Register
from tests.unit.drafts.desk import AMSTERDAM, OWNER, local

JAN = Contact("Jan van der Berg", "jan@berg.example")
JAN_ADDRESS = Address(JAN.name, JAN.address)
Mail = tuple[Message, Reading]


def mail(  # a letter and what was read in it
    *,
    mine: bool,
    at: datetime,
    text: str = "",
    signature: str = "",
    reading: Reading | None = None,
    automatic: Automatic | None = None,
    cc: tuple[Address, ...] = (),
) -> Mail:
    message = Message(
        id=MessageId(f"<{at.timestamp()}@x>"),
        sent_at=at,
        sender=OWNER.mailbox if mine else JAN_ADDRESS,
        to=(JAN_ADDRESS,) if mine else (OWNER.mailbox,),
        cc=cc,
        subject="",
        text=text,
        full_text=text,
        from_me=mine,
        automatic=automatic,
        signature=signature,
    )
    return message, reading or Reading("nl")


def test_who_never_wrote_is_addressed_formally_in_the_owners_language() -> None:
    found = read_correspondence(JAN, [], language="nl")
    assert (found.language, found.register, found.last_written, found.greeting) == ("nl", Register.FORMAL, None, None)


def test_the_language_is_that_of_their_last_mail() -> None:
    mails = [
        mail(mine=False, at=local(2026, 3, 3), reading=Reading("nl")),
        mail(mine=False, at=local(2026, 3, 5), reading=Reading("en")),
        mail(mine=True, at=local(2026, 3, 6), reading=Reading("nl")),
    ]
    assert read_correspondence(JAN, reversed(mails), language="de").language == "en"


def test_the_newest_greeting_of_the_owner_to_them_alone_is_taken() -> None:
    mails = [
        mail(mine=True, at=local(2026, 3, 3), text="Hoi Janneman,\n\nTot morgen."),
        mail(mine=True, at=local(2026, 3, 4), text="Dag Els,\n\nTot morgen.", cc=(Address("Els", "els@smit.example"),)),
        mail(mine=True, at=local(2026, 3, 5), text="Prima, tot dan."),
    ]
    assert read_correspondence(JAN, mails, language="nl").greeting == Greeting("Hoi", called="Janneman")


def test_without_an_own_greeting_theirs_is_answered_in_kind() -> None:
    mails = [mail(mine=False, at=local(2026, 3, 3), text="Hoi Marleen,\n\nKun je vrijdag?")]
    assert read_correspondence(JAN, mails, language="nl").greeting == Greeting("Hoi")


def test_nobody_is_called_dear_in_return() -> None:
    mails = [mail(mine=False, at=local(2026, 3, 3), text="Lieve Marleen,\n\nKun je vrijdag?")]
    assert read_correspondence(JAN, mails, language="nl").greeting is None


def test_an_automatic_mail_says_nothing_about_a_person() -> None:
    bounce = mail(
        mine=False, at=local(2026, 3, 5), reading=Reading("en", Register.INFORMAL), automatic=Automatic.AUTO_REPLY
    )
    found = read_correspondence(JAN, [bounce], language="nl")
    assert (found.language, found.register) == ("nl", Register.FORMAL)


def test_when_the_owner_last_wrote_counts_copies_too() -> None:
    message, reading = mail(mine=True, at=local(2026, 3, 5))
    assert read_correspondence(JAN, [(message, reading)], language="nl").last_written == local(2026, 3, 5)


TITLES = {
    "Dhr. in front": ("Dhr. J. van der Berg\nDirecteur", "Dhr"),
    "mw. behind": ("E. Smit (mw.)\nSmit Advies", "mw"),
    "nothing": ("Jan van der Berg\nDirecteur", ""),
    "a title in running text": ("Vraag naar dhr. de Boer", ""),
}


@pytest.mark.parametrize(("signature", "title"), TITLES.values(), ids=TITLES)
def test_a_form_of_address_is_read_under_their_mail(signature: str, title: str) -> None:
    mails = [mail(mine=False, at=local(2026, 3, 5), signature=signature)]
    assert read_correspondence(JAN, mails, language="nl").gender_title == title


CLOCKS = {
    "the same clock": (local(2026, 3, 5), False),
    "New York": (datetime(2026, 3, 5, tzinfo=timezone(-timedelta(hours=5))), True),
    "UTC tells nothing": (datetime(2026, 3, 5, tzinfo=UTC), False),
}


@pytest.mark.parametrize(("at", "elsewhere"), CLOCKS.values(), ids=CLOCKS)
def test_another_clock_is_seen_by_their_date_header(at: datetime, elsewhere: bool) -> None:  # noqa: FBT001  a table column
    mails = [mail(mine=False, at=at)]
    assert (read_correspondence(JAN, mails, language="nl", zone=AMSTERDAM).clock is not None) is elsewhere


PHONES = {
    "mobile with a hyphen": ("M 06 - 1234 5678", "06 - 1234 5678"),
    "mobile, spaced": ("T: 06 1234 5678", "06 1234 5678"),
    "international": ("tel +31 (0)20 123 45 67", "+31 (0)20 123 45 67"),
    "with hyphens": ("035-1234567", "035-1234567"),
    "a trade register number is none": ("KvK 01234567", ""),
    "a bank account is none": ("IBAN NL00 BANK 0123 4567 89", ""),
    "the fax line is passed over": ("Fax 020 765 4321\nTel 020 123 4567", "020 123 4567"),
    "none": ("Jan van der Berg", ""),
}


@pytest.mark.parametrize(("signature", "phone"), PHONES.values(), ids=PHONES)
def test_a_telephone_number_is_found(signature: str, phone: str) -> None:
    assert phone_in(signature) == phone


def test_the_language_of_the_thread_comes_before_that_of_newer_mail_elsewhere() -> None:
    in_thread = mail(mine=False, at=local(2026, 3, 3), reading=Reading("en"))
    elsewhere = mail(mine=False, at=local(2026, 3, 5), reading=Reading("nl"))
    mine = mail(mine=True, at=local(2026, 3, 6), reading=Reading("nl"))
    found = read_correspondence(JAN, [in_thread, elsewhere, mine], language="nl", thread={in_thread[0].id, mine[0].id})
    assert found.language == "en"


SIGNED = {
    "a full name": ("Jan van der Berg\nDirecteur", "Jan van der Berg"),
    "a first name": ("Jan", "Jan"),
    "a form of address": ("Mevr. A. Smit", "Mevr. A. Smit"),
    "a department": ("Team Planning\nBerg B.V.", ""),
    "a number": ("06 1234 5678", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("signature", "signed"), SIGNED.values(), ids=SIGNED)
def test_the_name_under_their_mail_is_read(signature: str, signed: str) -> None:
    mails = [mail(mine=False, at=local(2026, 3, 5), signature=signature)]
    assert read_correspondence(JAN, mails, language="nl").signed == signed


NAMES_UNDER = {
    "a full name": ("Jan de Vries\nVeen Advies", "Jan de Vries"),
    "a first name": ("Jan", "Jan"),
    "titles": ("drs. J. de Vries", "drs. J. de Vries"),
    "a device": ("Verstuurd vanaf mijn iPhone", ""),
    "thanks": ("Hartelijk dank", ""),
    "a firm": ("Veen Advies B.V.", ""),
}


@pytest.mark.parametrize(("signature", "name"), NAMES_UNDER.values(), ids=NAMES_UNDER)
def test_the_name_under_a_mail_is_read_and_nothing_else(signature: str, name: str) -> None:
    found = read_correspondence(JAN, [mail(mine=False, at=local(2026, 3, 3), signature=signature)], language="nl")
    assert found.signed == name
