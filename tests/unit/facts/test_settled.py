"""List mail that its header settles is read the same without its body; everything else is not settled."""

from __future__ import annotations

import email
import email.message
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.app.gathering.read import MailReader
from crmlink.facts.settled import settled_by_header, signs
from crmlink.language.reader import Reader
from crmlink.model.mail import Role
from crmlink.model.workdays import WorkingCalendar
from crmlink.sources.port import RawMessage
from tests.unit.facts.mails import OWNER, ZONE, mail, multipart

READER = MailReader(Reader(OWNER, WorkingCalendar(ZONE, "NL")))
INVITATION = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:a\nDTSTART:20260312T100000Z\nEND:VEVENT\nEND:VCALENDAR"
LIST = {"List_Id": "<nieuws.example>"}
TEXT, PAGE = "\nBeste lezer,\nKun je morgen komen?", "Content-Type: text/html\n\n<p>Nu in de aanbieding</p>"


def shape(raw: bytes) -> bytes:
    """A BODYSTRUCTURE as a server would tell it: types, their parameters, dispositions, boundaries."""

    def told(part: email.message.Message) -> str:
        payload = part.get_payload()
        inner = (
            "".join(told(one) for one in payload if isinstance(one, email.message.Message))
            if part.is_multipart()
            else ""
        )
        fields = (part.get("content-type", "text/plain"), part.get("content-disposition", ""))
        return f'({inner} "{part.get_content_maintype()}" "{part.get_content_subtype()}" ("{fields[0]}") NIL ("{fields[1]}"))'

    return told(email.message_from_bytes(raw)).encode("utf-8", "replace")


def header_of(raw: bytes) -> bytes:
    return raw[: raw.index(b"\r\n\r\n") + 4]


def is_settled(raw: bytes) -> bool:
    return settled_by_header(header_of(raw), shape(raw), owner=OWNER)


def read(raw: bytes) -> object:
    return READER.read(
        RawMessage("key", "INBOX", Role.INBOX, frozenset(), datetime(2026, 3, 3, tzinfo=UTC), len(raw), raw)
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail(**LIST), id="a plain letter to a list"),
        pytest.param(mail(List_Unsubscribe="<https://x.example/weg>"), id="with a way out"),
        pytest.param(mail(Precedence="bulk"), id="bulk"),
        pytest.param(multipart("alternative", TEXT, PAGE, **LIST), id="a newsletter"),
        pytest.param(multipart("mixed", TEXT, 'Content-Type: application/pdf; name="folder.pdf"\n\nx', **LIST), id="a newsletter with a folder"),
    ],
)  # fmt: skip
def test_list_mail_is_settled_and_reads_the_same_without_its_body(raw: bytes) -> None:
    assert is_settled(raw)
    assert read(header_of(raw)) == read(raw)
    named = {line.split(b":")[0].lower().decode() for line in header_of(raw).splitlines() if line}
    assert named & set(signs())


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail(), id="a letter"),
        pytest.param(multipart("mixed", TEXT, f"Content-Type: text/calendar; method=REQUEST\n\n{INVITATION}", **LIST), id="an invitation to a list"),
        pytest.param(multipart("mixed", TEXT, f'Content-Type: application/octet-stream; name="uitnodiging.ICS"\n\n{INVITATION}', **LIST), id="an invitation as a file"),
        pytest.param(multipart("mixed", TEXT, f"Content-Type: application/octet-stream; name*0=uit.i; name*1=cs\n\n{INVITATION}", **LIST), id="a file name in pieces"),
        pytest.param(multipart("mixed", TEXT, f"Content-Type: application/octet-stream; name==?utf-8?q?uit=2Eics?=\n\n{INVITATION}", **LIST), id="a coded file name"),
        pytest.param(multipart("mixed", TEXT, "Content-Type: message/rfc822\n\nSubject: x\n\nhoi", **LIST), id="a message in the message"),
        pytest.param(multipart("report", TEXT, "Content-Type: message/delivery-status\n\nx", **LIST), id="a report"),
        pytest.param(mail(**LIST, Message_ID=""), id="without a name"),
        pytest.param(mail(**LIST, Return_Path="<>"), id="from a mail system"),
        pytest.param(mail(**LIST, From="postmaster@x.example"), id="from the postmaster"),
        pytest.param(mail(**LIST, Auto_Submitted="auto-replied"), id="an answer of a machine"),
        pytest.param(mail(**LIST, Auto_Submitted="auto-generated", Subject="Uitnodiging: overleg"), id="of a calendar robot"),
    ],
)  # fmt: skip
def test_in_doubt_the_whole_mail_is_read(raw: bytes) -> None:
    assert not is_settled(raw)


def test_a_server_that_tells_no_shape_is_believed_only_for_a_single_part() -> None:
    assert settled_by_header(header_of(mail(**LIST)), b"", owner=OWNER)
    assert not settled_by_header(header_of(multipart("alternative", TEXT, PAGE, **LIST)), b"", owner=OWNER)
    assert not settled_by_header(header_of(mail(INVITATION, **LIST, Content_Type="text/calendar")), b"", owner=OWNER)


PART = st.sampled_from([
    TEXT, PAGE, "\nDeze mail is automatisch verzonden; niet beantwoorden.", "\nIk ben met vakantie tot maandag, bij spoed bel kantoor.",
    'Content-Type: image/png; name="logo.png"\n\nx', f"Content-Type: text/calendar\n\n{INVITATION}", "Content-Type: message/rfc822\n\n\nhoi",
])  # fmt: skip
FIELDS = st.dictionaries(
    st.sampled_from(["List_Id", "List_Post", "Precedence", "Auto_Submitted", "X_Autoreply", "Return_Path", "X_Loop", "Sender", "In_Reply_To"]),
    st.sampled_from(["bulk", "auto-replied", "auto-generated", "<>", "<a@x.example>", "no", "x-owner@x.example"]),
    max_size=4,
)  # fmt: skip
SUBJECT = st.sampled_from(
    ["Nieuws", "Geaccepteerd: overleg", "Out of office: hallo", "Undelivered Mail Returned to Sender", "Re: vraag"]
)
SENDER = st.sampled_from(
    ["Els <els@kantoor.example>", "noreply@x.example", "mailer-daemon@x.example", "a@x.example, b@x.example", ""]
)


@given(
    st.lists(PART, min_size=1, max_size=3), FIELDS, SUBJECT, SENDER, st.sampled_from(["mixed", "alternative", "report"])
)
@settings(deadline=None, max_examples=300)
def test_what_is_settled_reads_the_same_without_its_body(
    parts: list[str], fields: dict[str, str], subject: str, sender: str, kind: str
) -> None:
    raw = multipart(kind, *parts, **fields, Subject=subject, From=sender)
    if is_settled(raw):
        assert read(header_of(raw)) == read(raw)
