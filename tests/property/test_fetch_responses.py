"""Whatever a server sends: every valid response is read as it was meant, and nonsense ends with an error, and soon."""

from __future__ import annotations

import imaplib
import io
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.mailbox.responses import LARGEST_LITERAL, LONGEST_LINE, Response, fetch_responses

TAG = b"ABCD17"
FLAG = st.sampled_from([b"\\Seen", b"\\Answered", b"$Forwarded", b"NonJunk"])
WORDS = st.binary(max_size=60) | st.sampled_from(
    [
        b"UID 99",
        b"FLAGS (\\Deleted)",
        b"ABCD17 OK done",
        b"{5}",
        b"a {12}\r\nb",
        b")",
        b'"',
        b"\\",
        b"* 1 FETCH (UID 99)\r\n",
    ]
)
NEWS = st.sampled_from(
    [
        b"* 23 EXISTS",
        b"* 1 RECENT",
        b"* 9 EXPUNGE",
        b"* OK [ALERT] {7}",
        b"* FLAGS (\\Seen)",
        b'* STATUS "{3}" (UIDNEXT 9)',
        b"* NO slow {0}",
    ]
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what is sent, and what it means."""

    name: bytes
    sent: bytes
    meant: bytes | None


def literal(content: bytes, start: bytes = b"{") -> bytes:
    return b"%s%d}\r\n%s" % (start, len(content), content)


def quoted(content: bytes) -> bytes:
    return b'"%s"' % content.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


@st.composite
def strings(draw: st.DrawFn) -> tuple[bytes, bytes | None]:
    """A string as sent and as meant: quoted, a literal of either kind, or NIL."""
    content = draw(WORDS)
    ways = [literal(content), literal(content, b"~{")]
    if not {*b"\r\n\0"} & {*content}:
        ways.append(quoted(content))
    return draw(st.sampled_from([*((way, content) for way in ways), (b"NIL", None)]))


@st.composite
def structures(draw: st.DrawFn, depth: int = 0) -> tuple[bytes, bytes]:
    """A list of strings, words and lists."""
    sent, meant = [], []
    for _ in range(draw(st.integers(1, 4))):
        if depth < 3 and draw(st.booleans()):
            inner_sent, inner_meant = draw(structures(depth + 1))
            one = b"(%s)" % inner_sent, b"(%s)" % inner_meant
        else:
            content = draw(st.binary(max_size=10).filter(lambda some: not {*b"\r\n\0"} & {*some}))
            one = draw(
                st.sampled_from(
                    [(quoted(content), quoted(content)), (literal(content), content), (b"NIL", b"NIL"), (b"42", b"42")]
                )
            )
        sent.append(one[0])
        meant.append(one[1])
    return b" ".join(sent), b" ".join(meant)


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """The items of one message, in any order, some missing."""
    number = st.integers(1, 2**32 - 1).map(lambda one: b"%d" % one)
    uid, size = draw(number), draw(number)
    flags = b" ".join(draw(st.lists(FLAG, max_size=3)))
    body, structure = draw(strings()), draw(structures())
    section, offset = (
        draw(st.sampled_from([b"", b"HEADER", b'HEADER.FIELDS ("SUBJECT" DATE)', b"1.2.MIME"])),
        draw(st.sampled_from([b"", b"<0>"])),
    )
    name = b"BODY[%s]" % section
    found = [
        Item(b"UID", uid, uid), Item(b"RFC822.SIZE", size, size), Item(b"FLAGS", b"(%s)" % flags, flags),
        Item(b"INTERNALDATE", b'"10-Mar-2026 09:30:00 +0100"', b"10-Mar-2026 09:30:00 +0100"),
        Item(name + offset, *body), Item(b"BODYSTRUCTURE", b"(%s)" % structure[0], structure[1]), Item(b"MODSEQ", b"(12)", b"12"),
    ]  # fmt: skip
    return draw(st.permutations(found))[: draw(st.integers(1, len(found)))]


def sent(one: list[Item]) -> bytes:
    return b"* 7 FETCH (%s)" % b" ".join(item.name + b" " + item.sent for item in one)


def meant(one: list[Item]) -> dict[bytes, bytes]:
    return {item.name.removesuffix(b"<0>"): item.meant for item in one if item.meant is not None}


@given(st.lists(items(), max_size=6), st.data())
@settings(deadline=None, max_examples=200)
def test_every_valid_response_is_read_as_it_was_meant(messages: list[list[Item]], data: st.DataObject) -> None:
    # Servers repeat the shape of a response, so that most are read at one stroke: each comes twice.
    lines = [line for one in messages for line in (data.draw(NEWS), sent(one), sent(one))]
    stream = io.BytesIO(b"".join(line + b"\r\n" for line in (*lines, TAG + b" OK done", b"* 1 FETCH (UID 99)")))
    found = [dict(response.items) for response in fetch_responses(stream, TAG)]
    assert found == [what for one in messages for what in (meant(one), meant(one))]
    assert stream.read() == b"* 1 FETCH (UID 99)\r\n", "nothing of the next answer is taken"


@given(st.lists(items(), min_size=1, max_size=3), st.integers(0, 10_000), st.binary(max_size=20))
@settings(deadline=None, max_examples=300)
def test_nonsense_in_a_response_ends_with_an_error_or_without_what_it_hid(
    messages: list[list[Item]], place: int, noise: bytes
) -> None:
    whole = b"".join(sent(one) + b"\r\n" for one in messages) + TAG + b" OK done\r\n"
    at = place % len(whole)
    ends_or_answers(whole[:at] + noise + whole[at + len(noise) :])


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_bytes_end_with_an_error_or_an_answer(noise: bytes) -> None:
    ends_or_answers(noise)
    ends_or_answers(b"* 1 FETCH (" + noise)


def ends_or_answers(sent_bytes: bytes) -> None:
    try:
        found = list(fetch_responses(io.BytesIO(sent_bytes), TAG))
    except imaplib.IMAP4.error:
        return
    assert all(isinstance(one, Response) for one in found)


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        (b"NO [SERVERBUG] cannot", imaplib.IMAP4.error),
        (b"BAD what", imaplib.IMAP4.error),
        (b"MAYBE", imaplib.IMAP4.abort),
    ],
)
def test_a_command_that_is_refused_is_an_error_after_what_came_before(end: bytes, kind: type[Exception]) -> None:
    responses = fetch_responses(io.BytesIO(b"* 1 FETCH (UID 7)\r\n" + TAG + b" " + end + b"\r\n"), TAG)
    assert next(responses).number(b"UID") == 7
    with pytest.raises(kind) as raised:
        next(responses)
    assert type(raised.value) is kind


@pytest.mark.parametrize("cut", [b"", b"* 1 FETCH (UID 7", b"* 1 FETCH (BODY[] {10}\r\nabc", b"* 1 FETCH (BODY[] {3}\r\nabc", b"hello\r\n", b"ABCD16 OK done\r\n"])  # fmt: skip
def test_an_answer_that_is_cut_or_is_none_breaks_the_connection(cut: bytes) -> None:
    with pytest.raises(imaplib.IMAP4.abort):
        list(fetch_responses(io.BytesIO(cut), TAG))


def test_of_a_giant_literal_only_the_beginning_is_kept() -> None:
    size = 2 * LARGEST_LITERAL + 5
    beginning = b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % size
    whole = io.BytesIO(beginning + b"x" * size + b")\r\n")
    assert len(next(fetch_responses(whole, TAG)).section() or b"") == LARGEST_LITERAL
    with pytest.raises(imaplib.IMAP4.abort):
        next(fetch_responses(io.BytesIO(beginning + b"x" * (size - 1)), TAG))


def test_of_a_giant_line_only_a_beginning_is_kept() -> None:
    line = b"* 1 FETCH (UID 7 BODYSTRUCTURE (" + b'("text" "plain") ' * (LONGEST_LINE // 16) + b"))\r\n"
    stream = io.BytesIO(line + b"* 2 FETCH (UID 8)\r\n" + TAG + b" OK done\r\n")
    assert [response.number(b"UID") for response in fetch_responses(stream, TAG)] == [7, 8]


def test_a_hundred_thousand_parentheses_take_no_time() -> None:
    stream = io.BytesIO(b"* 1 FETCH (BODYSTRUCTURE " + b"(" * 100_000 + b"\r\n" + TAG + b" OK done\r\n")
    assert len(list(fetch_responses(stream, TAG))) == 1
