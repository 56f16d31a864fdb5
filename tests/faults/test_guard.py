"""The guard sees what it is there for."""

from __future__ import annotations

import pytest

from tests.faults.guard import judge
from tests.faults.wire import Said

OURS = b"Subject: Re: Vraag\r\n\r\nSorry\r\n"
LOOKING = ("CAPABILITY", 'EXAMINE "INBOX"', "UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER])", 'STATUS "Sent" (UIDNEXT)')
WRITING = 'APPEND "Drafts" (\\Draft \\Seen) {29}'
READING = "UID FETCH 7 (UID FLAGS BODY.PEEK[])"
MOVING = 'UID MOVE 7 "Trash"'


def said(line: str, *literals: bytes, shows: bytes = b"", rest: bytes = b"\r\n") -> Said:
    verb = " ".join(line.split()[: 2 if line.startswith("UID ") else 1])
    one = Said(0, b"A1", verb, f"A1 {line}\r\n".encode(), list(literals), rest if literals else b"")
    if shows:
        one.answers.append((b"* 1 FETCH (UID 7 BODY[] {1}\r\n", shows, b")\r\n"))
    return one


def test_a_pass_that_looks_writes_one_draft_and_takes_it_back_is_fine() -> None:
    moved = [said('SELECT "Drafts"'), said(READING, shows=OURS), said(MOVING)]

    assert judge([*map(said, LOOKING), said(WRITING, OURS), *moved]) == []


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param(["UID STORE 1 +FLAGS (\\Seen)"], "not allowed", id="a flag is set"),
        pytest.param(["UID COPY 1 Trash"], "not allowed", id="mail is copied"),
        pytest.param(["EXPUNGE"], "not allowed", id="mail is removed"),
        pytest.param(["CLOSE"], "not allowed", id="a folder is closed, which removes mail"),
        pytest.param(['CREATE "Drafts"'], "not allowed", id="a folder is made"),
        pytest.param(["FETCH 1 (FLAGS)"], "not allowed", id="numbers that shift are used"),
        pytest.param(["UID FETCH 1 (BODY[])"], "marks it", id="a body is not peeked at"),
        pytest.param(["UID FETCH 1 (UID RFC822)"], "marks it", id="a whole mail the old way"),
        pytest.param(["UID FETCH 1 (RFC822.TEXT)"], "marks it", id="a text the old way"),
        pytest.param(['SELECT "INBOX"'], "for writing", id="the inbox is opened for writing"),
        pytest.param(['SELECT "Drafts"', MOVING], "byte for byte", id="a draft is moved unread"),
        pytest.param(['EXAMINE "INBOX"', MOVING], "no draft", id="mail is moved"),
        pytest.param(['SELECT "Drafts"', 'UID MOVE 7 "Archive"'], "no draft", id="a draft is moved elsewhere"),
    ],
)
def test_anything_else_is_seen(lines: list[str], why: str) -> None:
    wrong = judge([said(WRITING, OURS), *map(said, lines)])

    assert len(wrong) == 1
    assert why in wrong[0]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        pytest.param(said('APPEND "INBOX" (\\Draft) {29}', OURS), "outside Drafts", id="into the inbox"),
        pytest.param(said('APPEND "Drafts" (\\Seen) {29}', OURS), "without its flag", id="as ordinary mail"),
        pytest.param(said(WRITING, OURS, OURS, rest=b" {29}\r\n\r\n"), "at once", id="two at once"),
    ],
)
def test_a_draft_that_is_stored_wrongly_is_seen(one: Said, why: str) -> None:
    (wrong,) = judge([one])

    assert why in wrong


def test_moving_what_differs_from_ours_is_seen() -> None:
    moved = [said('SELECT "Drafts"'), said(READING, shows=OURS + b"PS"), said(MOVING)]

    assert len(judge([said(WRITING, OURS), *moved])) == 1


def test_moving_after_the_folder_was_opened_anew_is_seen() -> None:
    moved = [said('SELECT "Drafts"'), said(READING, shows=OURS), said('SELECT "Drafts"'), said(MOVING)]

    assert len(judge([said(WRITING, OURS), *moved])) == 1
