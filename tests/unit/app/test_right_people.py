"""Right thread, right people: from bytes of mail and calendar to the head of the draft, for each kind of lapse."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.memory_office import ELS, GIJS, ME, QUESTION, MemoryOffice, letter

PROMISE = "Hoi Gijs,\n\nIk stuur je vrijdag het voorstel.\n\nGroet,\nMarleen\n"


def to(draft: EmailMessage) -> list[str]:
    return [one.addr_spec for one in draft["To"].addresses]


def head(draft: EmailMessage) -> tuple[list[str], str | None, str | None, str]:
    return to(draft), draft["In-Reply-To"], draft["References"], draft["Subject"]


def missed(office: MemoryOffice) -> None:
    office.book("koffie", 12, ME, GIJS)
    office.away(11, 13)


def complained(office: MemoryOffice) -> None:
    missed(office)
    office.receive(letter(GIJS, ME, "Hoi Marleen,\n\nIk stond vanochtend voor een dichte deur. Jammer.\n\nGijs\n", day=12, hour=15, name="deur", subject="Vanochtend"), 12, 15)  # fmt: skip


def talked(office: MemoryOffice) -> None:
    missed(office)
    office.receive(letter(GIJS, ME, "Hoi Marleen,\n\nLeuk, tot dan.\n\nGijs\n", day=2, name="leuk", subject="Re: Koffie", answers="nodig"), 2)  # fmt: skip


def cancelled(office: MemoryOffice) -> None:
    office.book("koffie", 26, ME, GIJS, ELS, more=("STATUS:CANCELLED", "LAST-MODIFIED:20260317T090000Z"))


def clash(office: MemoryOffice) -> None:
    office.book("koffie", 26, GIJS, ME, ELS)
    office.away(25, 27)


def promised(office: MemoryOffice) -> None:
    office.send(letter(ME, f"{GIJS}, {ELS}", PROMISE, day=11, name="belofte", subject="Voorstel"), 11)


def promised_and_reminded(office: MemoryOffice) -> None:
    office.send(letter(ME, GIJS, PROMISE, day=10, name="belofte", subject="Voorstel"), 10)
    office.receive(letter(GIJS, ME, "Hoi Marleen,\n\nDank je, ik kijk ernaar uit.\n\nGijs\n", day=10, hour=12, name="dank", subject="RE: Voorstel", answers="belofte"), 10, 12)  # fmt: skip


def asked(office: MemoryOffice) -> None:
    office.receive(letter(GIJS, ME, QUESTION, subject="AW: Antw: Offerte", headers=("Cc: Els <els@smit.example>",)))


KINDS: dict[str, tuple[Callable[[MemoryOffice], None], tuple[list[str], str | None, str | None, str]]] = {
    "unanswered: the question, its writer alone": (
        asked,
        (["gijs@bakker.example"], "<ask@test.example>", "<ask@test.example>", "Re: Offerte"),
    ),
    "promise: my own mail, to whom it went": (
        promised,
        (["gijs@bakker.example", "els@smit.example"], "<belofte@test.example>", "<belofte@test.example>", "Re: Voorstel"),
    ),
    "promise: their newest mail in the thread": (
        promised_and_reminded,
        (["gijs@bakker.example"], "<dank@test.example>", "<belofte@test.example> <dank@test.example>", "Re: Voorstel"),
    ),
    "missed: their complaint of that day": (
        complained,
        (["gijs@bakker.example"], "<deur@test.example>", "<deur@test.example>", "Re: Vanochtend"),
    ),
    "missed: their mail about the invitation": (
        talked,
        (["gijs@bakker.example"], "<leuk@test.example>", "<nodig@test.example> <leuk@test.example>", "Re: Koffie"),
    ),
    "missed: no mail at all, so a new thread": (missed, (["gijs@bakker.example"], None, None, "Koffie")),
    "cancelled: every attendee": (cancelled, (["gijs@bakker.example", "els@smit.example"], None, None, "Koffie")),
    "clash: the organiser and the other attendees": (
        clash,
        (["gijs@bakker.example", "els@smit.example"], None, None, "Koffie"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("story", "expected"), KINDS.values(), ids=KINDS)
def test_a_draft_answers_the_mail_that_matters_to_the_people_it_concerns(
    story: Callable[[MemoryOffice], None], expected: tuple[list[str], str | None, str | None, str]
) -> None:
    office = MemoryOffice()
    story(office)
    office.scan()
    draft = office.draft()
    assert head(draft) == expected
    assert draft["From"] == ME
    assert (draft["Cc"], draft["Bcc"]) == (None, None)


def test_the_owners_other_address_writes_when_the_calendar_knows_that_one() -> None:
    office = MemoryOffice()
    office.book("koffie", 26, "Marleen <marleen@club.example>", GIJS, more=("STATUS:CANCELLED",))
    office.scan()
    assert office.draft()["From"].addresses[0].addr_spec == "marleen@club.example"


REPLY_TO = {
    "another address of the same firm": ("gijs.bakker@mail.bakker.example", "gijs.bakker@mail.bakker.example", False),
    "its own address": ("gijs@bakker.example", "gijs@bakker.example", False),
    "another domain": ("gijs@elders.example", "gijs@bakker.example", True),
    "two addresses": ("a@bakker.example, b@bakker.example", "gijs@bakker.example", True),
    "an unread box of the firm": ("no-reply@bakker.example", "gijs@bakker.example", True),
    "the owner": ("marleen@veen.example", "gijs@bakker.example", True),
    "no address": ("gijs at bakker", "gijs@bakker.example", False),
    "encoded words with a line break": ("=?utf-8?q?x=0D=0ABcc:_eve@evil.example?= <e@evil.example>", "gijs@bakker.example", True),
}  # fmt: skip


@pytest.mark.parametrize(("reply_to", "goes_to", "told"), REPLY_TO.values(), ids=REPLY_TO)
def test_a_reply_to_is_followed_only_inside_the_house(reply_to: str, goes_to: str, told: bool) -> None:  # noqa: FBT001
    office = MemoryOffice()
    office.receive(letter(GIJS, ME, QUESTION, headers=(f"Reply-To: {reply_to}",)))
    result = office.scan()
    assert to(office.draft()) == [goes_to]
    assert office.draft().get_content().startswith("Hoi Gijs,")
    assert [one.code for one in result.problems] == (["draft.reply-to"] if told else [])


def test_my_earlier_answers_to_their_reply_to_tell_how_i_write_to_them() -> None:
    office = MemoryOffice()
    reply_to = ("Reply-To: gijs.bakker@mail.bakker.example",)
    office.receive(letter(GIJS, ME, "Beste Marleen,\n\nDank voor het gesprek.\n\nGijs\n", day=2, name="dank", headers=reply_to), 2)  # fmt: skip
    office.send(letter(ME, "gijs.bakker@mail.bakker.example", "Ha Gijs,\n\nGraag gedaan.\n\nMarleen\n", day=3, name="graag", answers="dank"), 3)  # fmt: skip
    office.receive(letter(GIJS, ME, QUESTION.replace("Hoi", "Beste"), headers=reply_to))
    office.scan()
    assert office.draft().get_content().startswith("Ha Gijs,")


NOBODY = {
    "a room": "Vergaderzaal 2 <vergaderzaal-2@veen.example>",
    "a booked resource": "Zaal <c_188@resource.calendar.google.com>",
    "an unread box": "Planner <no-reply@planner.example>",
    "a program": "Kalender <notifications@planner.example>",
    "a list": "Leden <leden@lists.club.example>",
    "a list by its name": "Leden <leden-list@club.example>",
    "the owner's other address": "Marleen <marleen+werk@club.example>",
    "somebody to be left alone": "Baas <baas@stil.example>",
    "somebody below a domain to be left alone": "Baas <baas@mail.stil.example>",
}


@pytest.mark.parametrize("nobody", NOBODY.values(), ids=NOBODY)
def test_among_several_only_people_get_the_draft(nobody: str) -> None:
    office = MemoryOffice({"IGNORE": "stil.example"})
    office.book("koffie", 26, ME, GIJS, nobody, more=("STATUS:CANCELLED",))
    office.scan()
    assert to(office.draft()) == ["gijs@bakker.example"]
    assert "Jullie" not in office.draft().get_content()


SUBJECTS = {
    "Offerte": "Re: Offerte",
    "RE: AW: Antw: Re: Offerte": "Re: Offerte",
    "Fwd: Offerte": "Re: Offerte",
    "Re:": "Re:",
    "": "Re:",
    "Geannuleerd: Overleg": "Re: Geannuleerd: Overleg",
    "[club] Re: Offerte": "Re: [club] Offerte",
    "=?utf-8?q?Koffie_caf=C3=A9_=E2=98=95?=": "Re: Koffie café ☕",
    "=?iso-8859-1?q?Geb=FChr?=": "Re: Gebühr",
}


@pytest.mark.parametrize(("subject", "answer"), SUBJECTS.items())
def test_the_subject_is_kept_under_one_re(subject: str, answer: str) -> None:
    office = MemoryOffice()
    office.receive(letter(GIJS, ME, QUESTION, subject=subject))
    office.scan()
    assert office.draft()["Subject"] == answer


def test_a_very_long_subject_is_cut() -> None:
    office = MemoryOffice()
    office.receive(letter(GIJS, ME, QUESTION, subject="Offerte " * 2000))
    office.scan()
    assert 200 < len(str(office.draft()["Subject"])) <= 250


def test_the_crm_gets_a_blind_copy_and_nothing_else_changes() -> None:
    plain, filed = MemoryOffice(), MemoryOffice({"CRM_BCC": "Files@CRM.example"})
    for office in (plain, filed):
        asked(office)
    result = filed.scan()
    plain.scan()
    ((one,), (other,)) = plain.raw_drafts(), filed.raw_drafts()
    assert b"Bcc: files@crm.example\r\n" in other
    assert other.replace(b"Bcc: files@crm.example\r\n", b"") == one
    assert [[to.address for to in draft.to] for draft in result.drafts.values()] == [["gijs@bakker.example"]]


def test_a_recipient_who_is_the_crm_is_not_copied_twice() -> None:
    office = MemoryOffice({"CRM_BCC": "gijs@bakker.example"})
    asked(office)
    office.scan()
    assert office.draft()["Bcc"] is None


def test_my_earlier_mail_with_a_blind_copy_to_the_crm_still_tells_how_i_greet() -> None:
    office = MemoryOffice({"CRM_BCC": "files@crm.example"})
    office.send(letter(ME, GIJS, "Ha Gijs,\n\nMooi, tot gauw.\n\nMarleen\n", day=3, name="eerder", headers=("Bcc: files@crm.example",)), 3)  # fmt: skip
    asked(office)
    office.scan()
    assert office.draft().get_content().startswith("Ha Gijs,")


def test_the_owners_signature_stands_below_once(tmp_path: Path) -> None:
    file = tmp_path / "signature.txt"
    file.write_text("Marleen van der Veen\r\nVeen Advies — 06 1234 5678\r\n", encoding="utf-8")
    office = MemoryOffice({"SIGNATURE_FILE": str(file)})
    asked(office)
    office.scan()
    (raw,) = office.raw_drafts()
    assert b"\r\nGroet,\r\n\r\n--=20\r\nMarleen van der Veen\r\nVeen Advies" in raw
    text = office.draft().get_content().replace("\r\n", "\n")
    assert text.endswith("Groet,\n\n-- \nMarleen van der Veen\nVeen Advies — 06 1234 5678\n")
