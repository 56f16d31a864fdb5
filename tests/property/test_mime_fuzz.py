"""Whatever the bytes, a mail is read: a message or a problem, never an exception."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmlink.facts.mime import read_message
from crmlink.facts.quoting import visible_reply
from crmlink.model.contact import Address
from tests.unit.facts.mails import OWNER, ZONE, mail, multipart

SEEDS = [
    mail(),
    mail("=?utf-8?q?x?=\n> a\nOp 1 jan 2026 om 10:00 schreef x <y@z>:\n\n-- \nJan", Subject="=?utf-8?b?aGk=?= =?x?q?=ff?=", References="<a@b> <c@d>", Auto_Submitted="no"),
    mail("<div style='display:none'>a</div><blockquote>b<p>c", Content_Type="text/html; charset=utf-16"),
    multipart("alternative", "Content-Type: text/plain; format=flowed; delsp=yes\n\na \nb", "Content-Type: text/html\n\n<p>a<br>b"),
    multipart("mixed", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nRnJvbTogYUBiCgpo", "Content-Type: text/calendar; method=CANCEL\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101\nEND:VEVENT\nEND:VCALENDAR"),
    multipart("report; report-type=delivery-status", "Content-Type: message/delivery-status\n\nStatus: 5.1.1", From="MAILER-DAEMON@x.example"),
]  # fmt: skip

PIECES = [
    b"\r\n",
    b"\n\n",
    b":",
    b";",
    b"<",
    b">",
    b"(",
    b'"',
    b"\\",
    b"=?",
    b"?=",
    b"--grens",
    b"=",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"&#xD800;",
    b"From: ",
    b"Content-Type: ",
    b"> ",
    b"@",
    b",",
    b"utf-7",
    b"charset=",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 20))] = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
    return bytes(raw)


def check(raw: bytes) -> None:
    found = read_message(raw, owner=OWNER, zone=ZONE, received_at=datetime(2026, 3, 2, tzinfo=UTC))
    assert found.message is not None or found.problems
    if found.message is None:
        return
    message = found.message
    assert message.id.startswith("<")
    assert message.sent_at.tzinfo is not None
    lines = [
        message.subject,
        message.id,
        message.automatic_reason,
        *(one.name for one in message.recipients),
        *(one.name for one in message.attachments),
    ]
    assert not any(character < " " or "\u007f" <= character <= "\u009f" for line in lines for character in line)
    for text in (*lines, message.text, message.full_text, message.signature):
        text.encode()
    assert all(
        person.address == person.address.lower() and person.address.count("@") == 1 for person in message.recipients
    )
    assert read_message(raw, owner=OWNER, zone=ZONE, received_at=datetime(2026, 3, 2, tzinfo=UTC)) == found


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_read(raw: bytes) -> None:
    check(raw)


@given(mutated())
@example(SEEDS[4].replace(b"method=CANCEL", b"method=\x00CANCEL"))
@settings(max_examples=400, deadline=None)
def test_mutated_mail_is_read(raw: bytes) -> None:
    check(raw)


@given(st.text(alphabet=st.sampled_from(list("<>/ =\"'adivspbqlockuetr!-&;#x0\n"))))
@settings(max_examples=200, deadline=None)
def test_any_html_is_read(html: str) -> None:
    check(mail(html, Content_Type="text/html"))


LINES = [
    "Hoi Els,",
    "Kun je dinsdag?",
    "> oud",
    "",
    "Groet,",
    "Jan",
    "-- ",
    "P.S. nog iets",
    "Op 1 jan 2026 om 10:00 schreef Els:",
    "Van: Els",
    "Aan: Jan",
    "Onderwerp: x",
    "Verstuurd vanaf mijn iPhone",
    "_____",
    "Bedankt!",
    "On",
    "wrote:",
]


@given(st.lists(st.sampled_from(LINES), max_size=25))
@settings(max_examples=300, deadline=None)
def test_every_line_lands_in_one_of_the_three_parts_and_none_is_invented(lines: list[str]) -> None:
    read = visible_reply("\n".join(lines), writer=Address("Jan", "jan@x.example"))
    parts = [*read.reply.split("\n"), *read.quoted.split("\n"), *read.signature.split("\n")]
    decoration = {"", "-- ", "--", "_____"}
    assert {line.strip() for line in parts} - decoration <= {line.strip() for line in lines}
    assert {line.strip() for line in lines} - decoration <= {line.strip() for line in parts}
    assert "> oud" not in read.reply
