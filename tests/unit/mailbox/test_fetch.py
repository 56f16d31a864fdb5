import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.mailbox.fetch import Fetched, fetched, uid_windows
from crmlink.mailbox.window import in_window

MOMENT = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
WHOLE = Fetched(7, 412, frozenset({"\\seen", "$label"}), MOMENT, b"", None)


def read(*lines: bytes) -> list[Fetched]:
    """What is told of the messages in these lines."""
    return list(fetched(io.BytesIO(b"".join(line + b"\r\n" for line in (*lines, b"A1 OK done"))), b"A1"))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            rb'* 1 FETCH (UID 7 FLAGS (\Seen $Label) INTERNALDATE "10-Mar-2026 09:30:00 +0100" RFC822.SIZE 412)',
            id="as Dovecot",
        ),
        pytest.param(
            rb'* 1 FETCH (FLAGS (\Seen $Label) INTERNALDATE "10-Mar-2026 03:30:00 -0500" RFC822.SIZE 412 UID 7)',
            id="as Cyrus",
        ),
        pytest.param(
            rb'* 1 Fetch (RFC822.SIZE 412 INTERNALDATE "10-MAR-2026 08:30:00 +0000" UID 7 MODSEQ (12) FLAGS (\SEEN $LABEL))',
            id="in capitals and with more than was asked",
        ),
    ],
)
def test_items_are_read_in_any_order(line: bytes) -> None:
    assert read(line, line) == [WHOLE, WHOLE]


def test_a_body_comes_as_a_literal_or_as_a_quoted_text() -> None:
    found = read(
        b"* 1 FETCH (UID 7 BODY[]<0> {5}\r\nhallo FLAGS ())", b'* 2 FETCH (UID 8 BODY[]<0> "say \\"hi\\"")', b"* 3 FETCH (UID 9 BODY[] NIL)",
        b"* 4 FETCH (UID 10 BODY[] ~{3}\r\na\0b)",
    )  # fmt: skip
    assert [(message.uid, message.content) for message in found] == [
        (7, b"hallo"),
        (8, b'say "hi"'),
        (9, None),
        (10, b"a\0b"),
    ]


def test_a_body_cannot_pass_for_an_item() -> None:
    [message] = read(rb'* 1 FETCH (BODY[] "UID 99 FLAGS (\Deleted) RFC822.SIZE 1" UID 7 RFC822.SIZE 412)')
    assert (message.uid, message.size, message.flags) == (7, 412, frozenset())
    [message] = read(rb'* 1 FETCH (X-GM-LABELS ("UID 99" "a)\"b" "\\Inbox") UID 7)')
    assert (message.uid, message.labels) == (7, rb'"uid 99" "a)\"b" "\\inbox"')


def test_a_structure_comes_with_the_literals_in_it() -> None:
    [message] = read(
        b'* 1 FETCH (BODYSTRUCTURE (("text" "plain" ("name" {5}\r\na(b)c) NIL) "mixed") UID 7 BODY[HEADER] {2}\r\nab)'
    )
    assert message.structure == b'("text" "plain" ("name" a(b)c) NIL) "mixed"'
    assert (message.uid, message.content) == (7, b"ab")


def test_header_fields_may_be_named_as_the_server_likes() -> None:
    found = read(
        b'* 1 FETCH (BODY[HEADER.FIELDS ("LIST-ID" DATE)] {4}\r\na: b UID 7)',
        b"* 2 FETCH (BODY[HEADER.FIELDS ({7}\r\nLIST-ID)] {4}\r\nc: d UID 8)",
    )
    assert [(message.uid, message.content) for message in found] == [(7, b"a: b"), (8, b"c: d")]


def test_news_of_other_kinds_is_passed_over() -> None:
    found = read(
        b"* 23 EXISTS", rb"* 4 FETCH (FLAGS (\Seen))", b"* OK still here {5}", b"* VANISHED 1:4", b"+ go on",
        b'* LIST () "/" {5}\r\nUID 9', b"* 5 FETCH (UID 7)",
    )  # fmt: skip
    assert found == [Fetched(7, 0, frozenset(), None, b"", None)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"31-Feb-2026 09:30:00 +0100",
        b"10-Mrt-2026 09:30:00 +0100",
        b"10-Mar-2026",
        b"10-Mar-2026 99:30:00 +0100 ",
        b"01-Jan-0001 00:00:00 +1200",
    ],
)
def test_a_date_that_is_none_is_unknown(text: bytes) -> None:
    [message] = read(b'* 1 FETCH (UID 7 INTERNALDATE "' + text + b'")')
    assert message.received_at is None


@pytest.mark.parametrize("day", [b" 1", b"1", b"01"])
def test_a_leap_second_and_a_padded_day_are_dates(day: bytes) -> None:
    [message] = read(b'* 1 FETCH (UID 7 INTERNALDATE "' + day + b'-Jan-2017 00:59:60 +0100")')
    assert message.received_at == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 700))
def test_windows_cover_every_uid_once(first: int, uid_next: int, width: int) -> None:
    windows = [tuple(map(int, window.split(":"))) for window in uid_windows(first, uid_next, width=width)]
    covered = [uid for low, high in windows for uid in range(low, high + 1)]
    assert covered == list(range(first, uid_next))
    assert len(windows) <= 101 or width < 50


def test_a_folder_without_a_next_uid_is_one_window() -> None:
    assert list(uid_windows(5, 0, width=10)) == ["5:*"]


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        pytest.param(datetime(2026, 3, 10, 12, tzinfo=UTC), True, id="on the day"),
        pytest.param(datetime(2026, 3, 9, 10, tzinfo=UTC), True, id="on the day on the other side of the earth"),
        pytest.param(datetime(2026, 3, 9, 9, 59, tzinfo=UTC), False, id="the day before everywhere"),
        pytest.param(None, True, id="at an unknown time"),
    ],
)
def test_the_window_starts_with_the_day_anywhere(moment: datetime | None, inside: bool) -> None:  # noqa: FBT001 - a table
    assert in_window(moment, date(2026, 3, 10)) is inside
