"""Whole mails, as servers hand them over."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest

from crmlink.facts.mime import read_message
from crmlink.model.contact import Address
from crmlink.model.mail import Attachment, Automatic, Role
from tests import bombs
from tests.unit.facts.mails import OWNER, ZONE, facts, mail, multipart, read

PLAIN = "Content-Type: text/plain; charset=utf-8\n\nDinsdag is goed."
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>Dinsdag is <b>goed</b> hoor, tot dan.</p>"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:een
DTSTAMP:20260301T090000Z
DTSTART:20260310T090000Z
DTEND:20260310T100000Z
SUMMARY:Koffie
ORGANIZER:mailto:els@kantoor.example
ATTENDEE:mailto:marleen@vandam.example
END:VEVENT
END:VCALENDAR"""


def test_an_ordinary_mail_is_read_whole() -> None:
    message = read(
        mail(
            Cc="Club <info@club.example>",
            In_Reply_To="<nul@kantoor.example>",
            References="<min@x.example> <nul@kantoor.example>",
            Reply_To="els@thuis.example",
        )
    )
    assert message.id == "<een@kantoor.example>"
    assert message.sender == Address("Els Smit", "els@kantoor.example")
    assert message.to == (Address("Marleen van Dam", "marleen@vandam.example"),)
    assert message.cc == (Address("Club", "info@club.example"),)
    assert message.reply_to == (Address("", "els@thuis.example"),)
    assert message.in_reply_to == "<nul@kantoor.example>"
    assert message.references == ("<min@x.example>", "<nul@kantoor.example>")
    assert message.sent_at.isoformat() == "2026-03-02T10:00:00+01:00"
    assert message.text == "Hoi Marleen,\n\nKun je dinsdag om tien uur?\n\nGroet,"
    assert message.signature == "Els"
    assert message.automatic is None
    assert not message.from_me
    assert facts(mail()).problems == ()


def test_mail_from_any_of_my_addresses_is_from_me() -> None:
    assert read(mail(From="MVD+tag@Club.Example")).from_me


def test_the_role_of_the_folder_is_kept() -> None:
    found = read_message(mail(), owner=OWNER, zone=ZONE, role=Role.SENT).message
    assert found is not None
    assert found.role is Role.SENT


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "boss@bank.example <eve@elsewhere.example>"}, {"From": '"boss@bank.example" <eve@elsewhere.example>'}, {"From": "=?utf-8?q?boss=40bank=2Eexample?= <eve@elsewhere.example>"}, {"From": "a@x.example, b@x.example"}, {"From": "a@x.example\r\nFrom: b@x.example"},
        {"From": ""}, {"From": "Els Smit"}, {"From": "<>"}, {"From": "Els <a@x.example> <b@x.example>"}, {"From": "a@b@c.example"}, {"From": "groep: a@x.example, b@x.example;"},
    ],
    ids=lambda headers: headers["From"],
)  # fmt: skip
def test_without_exactly_one_honest_sender_there_is_none(headers: dict[str, str]) -> None:
    found = facts(mail(**headers))
    assert found.message is not None
    assert found.message.sender is None
    assert "mail.sender" in {problem.code for problem in found.problems}


def test_a_machine_that_writes_for_somebody_else_is_no_problem_but_no_sender() -> None:
    found = facts(mail(From='"els@kantoor.example (via Docs)" <drive-noreply@docs.example>'))
    assert found.message is not None
    assert found.message.sender is None
    assert found.message.automatic is Automatic.NOTIFICATION
    assert found.problems == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("els@x.example <els@x.example>", Address("els@x.example", "els@x.example")), ('"E. Smit" <E.Smit@X.Example>', Address("E. Smit", "e.smit@x.example")), ("els@x.example (Els Smit)", Address("Els Smit", "els@x.example")), ("=?utf-8?b?RWxzIEJvZXJzbWE=?= <els@x.example>", Address("Els Boersma", "els@x.example")),
        ("=?utf-8?q?Ren=C3?= =?utf-8?q?=A9?= <r@x.example>", Address("René", "r@x.example")), ("Smit, Els <els@x.example>", Address("Smit, Els", "els@x.example")), ("=?utf-8?q?Smit=2C_Els_(HR)?= <els@x.example>", Address("Smit, Els (HR)", "els@x.example")), ("<els@x.example>,", Address("", "els@x.example")), ("mailto:els@x.example", Address("", "els@x.example")),
        ('"alias@x.example" <els@x.example>', Address("alias@x.example", "els@x.example")),
    ],
)  # fmt: skip
def test_senders_in_many_forms(value: str, expected: Address) -> None:
    assert read(mail(From=value)).sender == expected


def test_a_header_that_decodes_to_line_breaks_cannot_smuggle_a_header() -> None:
    message = read(
        mail(
            Subject="=?utf-8?q?hoi=0D=0ABcc=3A_v=40x=2Eexample=00?=",
            From="=?utf-8?q?Els=0D=0ABcc=3A_x?= <els@x.example>",
        )
    )
    assert message.subject == "hoi Bcc: v@x.example"
    assert message.sender == Address("Els Bcc: x", "els@x.example")
    assert message.bcc == ()


def test_bidirectional_and_zero_width_characters_are_taken_out() -> None:
    assert read(mail(Subject="a\u202eb\u200bc\u2066d\ufeff")).subject == "abcd"


def test_long_subjects_and_names_are_cut() -> None:
    message = read(mail(Subject="x" * 10_000, From=f"{'y' * 10_000} <els@x.example>"))
    assert len(message.subject) == 250
    assert message.sender is not None
    assert len(message.sender.name) == 100


@pytest.mark.parametrize("given", ["", "<", "<>", "<[]", "een@x.example", "<een twee@x.example>", "<\x00>"])
def test_a_bad_message_id_is_replaced_by_one_that_follows_from_the_content(given: str) -> None:
    first, again = read(mail(Message_ID=given)).id, read(mail(Message_ID=given, Received="from elsewhere")).id
    assert first == again
    assert first.startswith("<")
    assert first.endswith("@derived.invalid>")
    assert first != read(mail("iets anders", Message_ID=given)).id


def test_a_strange_message_id_is_still_a_name() -> None:
    assert read(mail(Message_ID="<[]@x>")).id == "<[]@x>"


ARRIVED = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "gisteren",
        "Mon, 02 Mar 1926 10:00:00 +0100",
        "Mon, 02 Mar 2099 10:00:00 +0100",
        "Mon, 32 Mar 2026 10:00:00 +0100",
        "Mon, 02 Mar 2026 10:00:00 +9999",
        "\x00",
    ],
)
def test_a_date_that_cannot_be_is_replaced_by_the_arrival(date: str) -> None:
    found = read_message(mail(Date=date), owner=OWNER, zone=ZONE, received_at=ARRIVED)
    assert found.message is not None
    assert found.message.sent_at == ARRIVED
    assert [problem.code for problem in found.problems] == ["mail.date"]


def test_without_any_date_the_newest_received_line_counts() -> None:
    assert read(mail(Date="", Received="from a by b; Tue, 03 Mar 2026 08:00:00 +0000")).sent_at == datetime(
        2026, 3, 3, 8, tzinfo=UTC
    )
    assert read(mail(Date="")).sent_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_date_without_zone_is_aware() -> None:
    assert read(mail(Date="Mon, 02 Mar 2026 10:00:00 -0000")).sent_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "reünie €".encode()), ("iso-8859-1", "reünie €".encode()), ("us-ascii", "reünie €".encode()), ("utf-8", "reünie €".encode("cp1252")), ("iso-8859-1", "reünie €".encode("cp1252")), ("windows-1252", "reünie €".encode("cp1252")),
        ("iso-8859-15", "reünie €".encode("iso-8859-15")), ("zorg-1", "reünie €".encode("cp1252")), ("unicode_escape", "reünie €".encode()), ("utf-16", "reünie €".encode("utf-16")), ("", "reünie €".encode("cp1252")), ("utf-8", "reünie €".encode().decode("cp1252").encode()),
    ],
)  # fmt: skip
def test_every_charset_ends_as_the_same_text(charset: str, data: bytes) -> None:
    raw = mail("@", Content_Type=f'text/plain; charset="{charset}"', Content_Transfer_Encoding="base64").replace(
        b"\r\n\r\n@", b"\r\n\r\n" + base64.b64encode(data)
    )
    assert read(raw).text == "reünie €"


def test_of_alternatives_the_plain_one_is_read() -> None:
    assert read(multipart("alternative", PLAIN, HTML)).text == "Dinsdag is goed."


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "  ",
        "Uw e-mailprogramma kan geen HTML weergeven.",
        "This message requires an HTML capable mail reader to view.",
    ],
)
def test_a_plain_alternative_that_says_nothing_is_passed_over(plain: str) -> None:
    html = HTML.replace("tot dan.", "tot dan, en neem de grote tekening van de eerste verdieping mee.")
    assert read(multipart("alternative", f"Content-Type: text/plain\n\n{plain}", html)).text.startswith(
        "Dinsdag is goed hoor"
    )


def test_attachments_are_listed_and_not_read() -> None:
    data = base64.b64encode(b"0123456789" * 10).decode()
    pdf = f'Content-Type: application/pdf; name="=?utf-8?q?off=C3=A9rte=2Epdf?="\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n{data}'
    named = (
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''notul%C3%A9n.txt\n\nKun je morgen?"
    )
    message = read(multipart("mixed", PLAIN, pdf, named))
    assert message.attachments == (
        Attachment("offérte.pdf", "application/pdf", 100),
        Attachment("notulén.txt", "text/plain", 14),
    )
    assert message.text == "Dinsdag is goed."


def test_logos_and_signatures_are_no_attachments() -> None:
    html = "Content-Type: text/html\n\n<p>Dinsdag is goed.<img src='cid:logo@x'></p>"
    logo = 'Content-Type: image/png; name="logo.png"\nContent-ID: <logo@x>\n\nx'
    inline = 'Content-Type: image/png; name="icoon.png"\nContent-ID: <b@x>\nContent-Disposition: inline\n\nx'
    photo = 'Content-Type: image/jpeg; name="foto.jpg"\nContent-Disposition: inline\n\nx'
    key = 'Content-Type: application/pgp-signature; name="sig.asc"\n\nx'
    assert [one.name for one in read(multipart("mixed", html, logo, inline, photo, key)).attachments] == ["foto.jpg"]


def test_a_named_text_beside_the_text_is_a_file() -> None:
    notes = 'Content-Type: text/plain; name="notulen.txt"\nContent-Disposition: inline\n\nKun je maandag?'
    message = read(multipart("mixed", PLAIN, notes))
    assert message.text == "Dinsdag is goed."
    assert [one.name for one in message.attachments] == ["notulen.txt"]


def test_the_text_of_an_attached_mail_is_not_mixed_in() -> None:
    inner = (
        "Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: oud\nContent-Type: text/plain\n\nKun je maandag?"
    )
    message = read(multipart("mixed", PLAIN, inner))
    assert message.text == "Dinsdag is goed."
    assert [(one.name, one.content_type) for one in message.attachments] == [("oud", "message/rfc822")]


def test_an_invitation_is_evidence_and_automatic() -> None:
    message = read(multipart("alternative", PLAIN, f"Content-Type: text/calendar; method=REQUEST\n\n{CALENDAR}"))
    assert [(one.method.value, one.event.uid, one.in_forward) for one in message.invitations] == [
        ("request", "een", False)
    ]
    assert message.automatic is Automatic.INVITATION


def test_a_calendar_file_from_a_person_leaves_the_mail_personal() -> None:
    message = read(
        multipart(
            "mixed",
            PLAIN,
            f'Content-Type: application/octet-stream; name="koffie.ics"\nContent-Disposition: attachment\n\n{CALENDAR}',
        )
    )
    assert len(message.invitations) == 1
    assert message.automatic is None


def test_an_invitation_inside_a_forwarded_mail_is_marked() -> None:
    inner = f"Content-Type: message/rfc822\n\nFrom: x@y.example\nContent-Type: text/calendar; method=CANCEL\n\n{CALENDAR.replace('REQUEST', 'CANCEL')}"
    message = read(multipart("mixed", PLAIN, inner))
    assert [one.in_forward for one in message.invitations] == [True]
    assert message.automatic is None


def test_the_same_invitation_twice_counts_once() -> None:
    part = f"Content-Type: text/calendar; method=REQUEST\n\n{CALENDAR}"
    assert len(read(multipart("mixed", PLAIN, part, part)).invitations) == 1


def test_flowed_lines_are_joined_and_quotes_stay_apart() -> None:
    body = "Dit is een lange \nregel.\n\n> een vraag die \n> doorloopt\nJa.\n-- \nJan"
    message = read(mail(body, Content_Type="text/plain; format=flowed"))
    assert message.text == "Dit is een lange regel.\n\nJa."
    assert "een vraag die doorloopt" in message.full_text
    assert read(mail("ver \nlengd", Content_Type="text/plain; format=flowed; delsp=yes")).text == "verlengd"


def test_an_empty_message_is_a_problem() -> None:
    assert facts(b" \r\n").message is None
    assert [problem.code for problem in facts(b"").problems] == ["mail.empty"]


def test_authentication_results_keep_their_order() -> None:
    message = read(mail(Authentication_Results="mx.a.example; dkim=pass\r\nAuthentication-Results: b; spf=fail"))
    assert message.authentication_results == ("mx.a.example; dkim=pass", "b; spf=fail")


HEAD = mail("", Content_Type="").rstrip() + b"\r\n"


@pytest.mark.parametrize("bomb", bombs.MAIL.values(), ids=bombs.MAIL)
def test_hostile_mail_costs_little(bomb: bombs.Bomb) -> None:
    raw = HEAD + bomb()
    started = time.process_time()
    message = read(raw)
    assert time.process_time() - started < 10
    assert message.sender == Address("Els Smit", "els@kantoor.example")


@pytest.mark.parametrize("value", bombs.MESSAGE_IDS, ids=lambda value: repr(value[:20]))
def test_a_message_id_that_breaks_parsers_does_not_break_this_one(value: bytes) -> None:
    message = read(mail(Message_ID="").replace(b"\r\n\r\n", b"\r\nMessage-ID: " + value + b"\r\n\r\n", 1))
    assert message.id.startswith("<")
    assert message.id.endswith(">")
    assert len(message.id) < 600
