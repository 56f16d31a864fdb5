"""What a machine wrote, or wrote to nobody in particular, never gets a draft: one mail for each mark of RFC 3834 and its kin."""

from __future__ import annotations

import pytest

from tests.memory_office import GIJS, ME, QUESTION, MemoryOffice, letter

MARKS = (
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: auto-replied",
    "List-Id: Leden <leden.club.example>",
    "List-Unsubscribe: <mailto:weg@club.example>",
    "List-Post: <mailto:leden@club.example>",
    "Mailing-List: contact leden-help@club.example",
    "X-Mailing-List: leden@club.example",
    "Feedback-ID: 1:2:3:club",
    "Precedence: bulk",
    "Precedence: junk",
    "Precedence: list",
    "Precedence: auto_reply",
    "X-Autoreply: yes",
    "X-Autorespond: yes",
    "X-Autoresponder: yes",
    "X-Amazon-Auto-Reply: true",
    "X-Loop: gijs@bakker.example",
    "Return-Path: <>",
)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mail_with_the_mark_of_a_machine_gets_no_draft(mark: str) -> None:
    assert _drafts(letter(GIJS, ME, QUESTION, headers=(mark,))) == 0


SENDERS = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply", "bounce", "notifications", "notification")  # fmt: skip


@pytest.mark.parametrize("local_part", SENDERS)
def test_a_mail_from_an_address_nobody_reads_gets_no_draft(local_part: str) -> None:
    assert _drafts(letter(f"Gijs <{local_part}@bakker.example>", ME, QUESTION)) == 0


NOT_TO_ME = {
    "from my own address": letter(ME, ME, QUESTION),
    "from my other address": letter("Marleen <marleen@club.example>", ME, QUESTION),
    "with me in Cc": letter(GIJS, "Els <els@smit.example>", QUESTION, headers=(f"Cc: {ME}",)),
    "with me in Bcc": letter(GIJS, "Els <els@smit.example>", QUESTION),
    "to more than ten": letter(GIJS, ", ".join([ME, *(f"x{number}@club.example" for number in range(11))]), QUESTION),
}


@pytest.mark.parametrize("raw", NOT_TO_ME.values(), ids=NOT_TO_ME)
def test_a_mail_that_does_not_ask_me_gets_no_draft(raw: bytes) -> None:
    assert _drafts(raw) == 0


@pytest.mark.parametrize("folder", ["Junk", "Trash"])
def test_what_lies_in_junk_or_trash_gets_no_draft(folder: str) -> None:
    office = MemoryOffice()
    office.mailbox.deliver(letter(GIJS, ME, QUESTION), folder=folder)
    office.scan()
    assert office.raw_drafts() == []


def test_the_same_mail_without_any_mark_gets_one() -> None:
    assert _drafts(letter(GIJS, ME, QUESTION)) == 1


def _drafts(raw: bytes) -> int:
    office = MemoryOffice()
    office.receive(raw)
    office.scan()
    return len(office.raw_drafts())
