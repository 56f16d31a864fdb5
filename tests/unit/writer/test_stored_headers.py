import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.model.draft import StoredHeader
from crmlink.writer.headers import same_message, stored_header

FULL = (
    b'Received: by mx.example.nl\r\nTo: "Berg, Jan van den (me@example.nl)" <Jan@Berg.nl>,\r\n\tels@example.nl\r\n'
    b"MESSAGE-ID:\r\n <new@example.nl>\r\nIn-Reply-To: <a@x> (mail of today)\r\n"
    b"References: <first@x>\r\n <a@x>\r\nSubject: Re: overleg\r\n\r\nTo: nobody@body.example\r\n"
)


def test_a_reply_is_recognised_by_its_folded_headers() -> None:
    assert stored_header("7:1", FULL, size=412) == StoredHeader(
        uid="7:1",
        message_id="<new@example.nl>",  # type: ignore[arg-type] # a NewType of str
        in_reply_to="<a@x>",  # type: ignore[arg-type] # a NewType of str
        references=("<first@x>", "<a@x>"),  # type: ignore[arg-type] # a NewType of str
        to=("jan@berg.nl", "els@example.nl"),
        size=412,
        subject="Re: overleg",
    )


@pytest.mark.parametrize(
    ("raw", "to"),
    [
        pytest.param(b"To: A <a@x.nl>, B <b@x.nl>\n\n", ("a@x.nl", "b@x.nl"), id="two with bare line feeds"),
        pytest.param(b"To: a@x.nl, A@X.nl\r\n\r\n", ("a@x.nl",), id="the same one twice"),
        pytest.param(b'To: "a@decoy.nl" <b@x.nl>\r\n\r\n', ("b@x.nl",), id="an address as a name does not count"),
        pytest.param(b"To: undisclosed-recipients:;\r\n\r\n", (), id="an empty group"),
        pytest.param(b"To: Team: a@x.nl, b@x.nl;\r\n\r\n", ("a@x.nl", "b@x.nl"), id="a group"),
        pytest.param(b"Subject: x\r\n\r\nTo: a@x.nl\r\n", (), id="the body does not count"),
        pytest.param(b"To: a@x.nl\r\nTo: b@x.nl\r\n\r\n", ("a@x.nl",), id="the first of two headers"),
        pytest.param(b"To: a@x.nl", ("a@x.nl",), id="no blank line at the end"),
    ],
)
def test_recipients(raw: bytes, to: tuple[str, ...]) -> None:
    assert stored_header("1:1", raw, size=len(raw)).to == to


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"<a@b>", "<a@b>", id="plain"),
        pytest.param(b" \t<a@b> (comment)", "<a@b>", id="with a comment"),
        pytest.param(b"<[]@x>", "<[]@x>", id="brackets that break other parsers"),
        pytest.param(b"a@b", None, id="without angle brackets"),
        pytest.param(b"<", None, id="an open angle"),
        pytest.param(b"", None, id="empty"),
    ],
)
def test_message_ids(value: bytes, expected: str | None) -> None:
    assert stored_header("1:1", b"Message-ID: " + value + b"\r\n\r\n", size=1).message_id == expected


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        pytest.param(b"Re: overleg", "Re: overleg", id="plain"),
        pytest.param(b"Re:\r\n overleg\r\n\tmorgen", "Re: overleg morgen", id="folded"),
        pytest.param("Café".encode(), "Café", id="UTF-8 without a word about it"),
        pytest.param(b"=?utf-8?q?Re=3A_Caf=C3=A9?=", "Re: Café", id="an encoded word"),
        pytest.param(
            b"=?utf-8?b?Q2Fmw6kg?=\r\n =?utf-8?b?WsO8cmljaA==?=", "Café Zürich", id="two encoded words, folded"
        ),
        pytest.param(b"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x", id="a line break inside an encoded word"),
        pytest.param(b"=?x-none?b?////?=", "ÿÿÿ", id="an unknown charset"),
        pytest.param(b"x" * 3000, "x" * 249 + "…", id="too long"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_subjects(value: bytes, subject: str) -> None:
    assert stored_header("1:1", b"Subject: " + value + b"\r\n\r\n", size=1).subject == subject


@given(st.binary(max_size=400))
def test_any_bytes_give_a_header(noise: bytes) -> None:
    assert stored_header("1:1", b"To: " + noise, size=0).uid == "1:1"
    assert len(stored_header("1:1", b"Subject: " + noise, size=0).subject) <= 250


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b'"(<a@x.nl>,', id="quotes and comments"),
        pytest.param(b'"\\', id="escaped quotes"),
        pytest.param(b"<a@", id="open angles"),
        pytest.param(b"a", id="one long word"),
        pytest.param(b"@", id="at signs"),
        pytest.param(b"=?utf-8?q?", id="open encoded words"),
        pytest.param(b"=?utf-8?b?w?= ", id="encoded words"),
    ],
)
def test_a_megabyte_of_nonsense_is_cut_and_read_in_time(bomb: bytes) -> None:
    started = time.process_time()
    nonsense = bomb * (1_000_000 // len(bomb)) + b"\r\n"
    header = stored_header("1:1", b"To: ok@x.nl, " + nonsense + b"Subject: " + nonsense + b"\r\n", size=0)
    assert time.process_time() - started < 10
    assert header.to[0] == "ok@x.nl"


def test_line_ends_do_not_make_a_message_another_one() -> None:
    assert same_message(b"A: 1\n\nhallo\n", b"A: 1\r\n\r\nhallo\r\n")
    assert not same_message(b"A: 1\n\nhallo \n", b"A: 1\r\n\r\nhallo\r\n")
