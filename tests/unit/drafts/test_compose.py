"""The bytes of a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.drafts.compose import Envelope, answered_id, compose, draft_message_id, references_of
from crmlink.model.contact import Address
from crmlink.model.ids import LapseId, MessageId
from crmlink.model.mail import Message
from tests.unit.drafts.desk import OWNER, THURSDAY

ANCHOR = Message(
    id=MessageId("<q1@berg.example>"),
    sent_at=THURSDAY - timedelta(days=5),
    sender=Address("Jan van der Berg", "jan@berg.example"),
    to=(OWNER.mailbox,),
    cc=(),
    subject="Bijlagen",
    text="",
    full_text="",
    from_me=False,
    references=(MessageId("<a@berg.example>"), MessageId("<b@veen.example>")),
)
ENVELOPE = Envelope(
    sender=OWNER.mailbox,
    to=(Address("Jan van der Berg", "jan@berg.example"),),
    subject="Re: Bijlagen",
    message_id=MessageId("<m1@veen.example>"),
    date=THURSDAY,
    anchor=ANCHOR,
)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def test_a_reply_has_exactly_the_headers_of_a_reply() -> None:
    message = parsed(compose(ENVELOPE, "Hoi Jan,\n\nSorry.\n"))
    assert message.keys() == HEADERS
    assert message["In-Reply-To"] == "<q1@berg.example>"
    assert message["References"] == "<a@berg.example> <b@veen.example> <q1@berg.example>"
    assert message["Date"] == "Thu, 19 Mar 2026 09:00:00 +0100"
    assert message.get_content_type() == "text/plain"


def test_a_first_mail_answers_nothing() -> None:
    message = parsed(compose(replace(ENVELOPE, anchor=None), "Hoi"))
    assert message.keys() == [name for name in HEADERS if name not in {"In-Reply-To", "References"}]


def test_all_lines_end_in_crlf_and_stay_short() -> None:
    raw = compose(ENVELOPE, "Eén lange regel. " * 40 + "\n\nGroet,\nMarleen\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_the_body_survives() -> None:
    body = "Beste Renée,\n\nOp 3 maart… „zo“ — 't kan = 100% 👍.\nFrom hier\n.\n\nGroet,\nMarleen\n"
    assert parsed(compose(ENVELOPE, body)).get_content().replace("\r\n", "\n") == body


SUBJECTS = {
    "accents": "Re: Überprüfung – café",
    "very long": "Re: " + "heel lang onderwerp " * 11,
    "what looks like an encoded word": "Re: =?utf-8?q?x?= y",
    "emoji": "Re: koffie ☕ met 👩🏽‍💻",
}


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_subject_survives(subject: str) -> None:
    read = parsed(compose(replace(ENVELOPE, subject=subject), "x"))["Subject"]
    assert str(read) == subject.replace("\u200d", "").strip()


NAMES = {
    "plain": "Jan van der Berg",
    "accents": "Renée Müller",
    "a comma": "Berg, Jan van der",
    "accents and a comma": "Müller, Jörg",
    "quotes and a backslash": 'Jan "de \\ Kale" Berg',
    "an at sign": "jan@berg.example",
    "an angle bracket": "Jan <baas@bank.example>",
    "long with accents": "Drs. Étienne-François van Überlingen tot Weißenburg van de Waterkant en Omstreken",
    "an encoded word": "=?utf-8?q?Eve?=",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_survives_and_the_address_stays_the_only_one(name: str) -> None:
    to = (Address(name, "jan@berg.example"), Address("Els", "els@smit.example"))
    addresses = parsed(compose(replace(ENVELOPE, to=to), "x"))["To"].addresses
    assert [one.addr_spec for one in addresses] == ["jan@berg.example", "els@smit.example"]
    # The standard parser puts a space too many between two encoded words of a name.
    assert " ".join(addresses[0].display_name.split()) == name


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example>\r\nBcc: <x@y.example",
        "a b@c.example",
        "jan",
        "<a@b.example>",
        "a@b@c.example",
        "",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        compose(replace(ENVELOPE, to=(Address("", address),)), "x")


def test_a_draft_to_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="recipient"):
        compose(replace(ENVELOPE, to=()), "x")


@given(
    subject=st.text(max_size=300),
    name=st.text(max_size=120),
    identifier=st.text(max_size=60),
    body=st.text(max_size=400),
)
def test_nothing_a_stranger_writes_adds_a_header_or_a_recipient(
    subject: str, name: str, identifier: str, body: str
) -> None:
    anchor = replace(ANCHOR, id=MessageId(f"<{identifier}>"), references=(MessageId(identifier), MessageId("<a@b>")))
    envelope = replace(ENVELOPE, subject=subject, to=(Address(name, "jan@berg.example"),), anchor=anchor)
    raw = compose(envelope, body)
    message = parsed(raw)
    assert [name for name in message.keys() if name not in {"In-Reply-To", "References"}] == [  # noqa: SIM118  a Message is no dict
        name for name in HEADERS if name not in {"In-Reply-To", "References"}
    ]
    assert [one.addr_spec for one in message["To"].addresses] == ["jan@berg.example"]
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert not any(char < 32 for char in head.replace(b"\r\n", b""))


def test_a_domain_with_accents_is_written_in_ascii() -> None:
    raw = compose(replace(ENVELOPE, to=(Address("", "jan@bücher.example"),)), "x")
    assert b"To: jan@xn--bcher-kva.example\r\n" in raw


def test_references_of_a_long_thread_keep_the_first_and_the_newest() -> None:
    row = tuple(MessageId(f"<{number}@x>") for number in range(50))
    kept = references_of(replace(ANCHOR, references=row))
    assert (len(kept), kept[0], kept[1], kept[-1]) == (20, "<0@x>", "<32@x>", ANCHOR.id)


def test_without_references_the_parent_of_the_parent_is_kept() -> None:
    assert references_of(replace(ANCHOR, references=(), in_reply_to=MessageId("<p@x>"))) == ("<p@x>", ANCHOR.id)


def test_a_mail_without_an_id_of_its_own_cannot_be_answered_in_a_thread() -> None:
    anchor = replace(ANCHOR, id=MessageId("<abc@derived.invalid>"))
    message = parsed(compose(replace(ENVELOPE, anchor=anchor), "x"))
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert answered_id(anchor) is None


def test_an_id_is_named_once() -> None:
    assert references_of(replace(ANCHOR, references=(MessageId("<a@x>"), ANCHOR.id, MessageId("<a@x>")))) == (
        "<a@x>",
        ANCHOR.id,
    )


def test_a_message_id_is_derived_and_looks_like_any_other() -> None:
    first = draft_message_id("Me@veen.example", LapseId("l1"), "veen.example")
    assert first == draft_message_id("me@veen.example", LapseId("l1"), "veen.example")
    assert first != draft_message_id("me@veen.example", LapseId("l2"), "veen.example")
    assert first != draft_message_id("you@veen.example", LapseId("l1"), "veen.example")
    assert "crmlink" not in first
    assert len(first) == len("<00000000-0000-4000-8000-000000000000@veen.example>")


def test_the_same_draft_has_the_same_bytes() -> None:
    assert compose(ENVELOPE, "Hoi\n") == compose(ENVELOPE, "Hoi\n")
