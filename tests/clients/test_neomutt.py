"""A draft in neomutt, in a real terminal: recalled, which takes it off the server, then sent, put back or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmlink.model.draft import DraftState
from tests.clients.desk import ASKED, Desk
from tests.clients.neomutt import ENTER, ESCAPE, Neomutt

EDIT = "s/groet,/groeten,/I"
Lapse = Callable[[Desk], dict[str, Any]]


@pytest.mark.parametrize(
    ("lapse", "change"),
    [
        pytest.param(Desk.forgot_to_answer, "", id="in a thread, untouched"),
        pytest.param(Desk.called_a_meeting_off, EDIT, id="outside any thread, edited"),
    ],
)
def test_a_recalled_draft_is_a_no_until_it_is_sent(desk: Desk, neomutt: Neomutt, lapse: Lapse, change: str) -> None:
    draft = lapse(desk)
    neomutt.edit_with(change)
    neomutt.start()

    _recall(neomutt)
    assert desk.drafts() == {}
    assert desk.decisions() == ["skip"]
    assert desk.state() is DraftState.DISCARDED

    neomutt.press("y")
    neomutt.back_to("INBOX")
    (mail,) = desk.sent()
    assert (str(mail["To"]), mail["Subject"]) == ("Renée Müller <renee@muller.example>", draft["subject"])
    assert mail["In-Reply-To"] == mail["References"] == (ASKED if lapse is Desk.forgot_to_answer else None)
    assert ("groeten," in mail.get_content()) == bool(change)
    for _ in range(2):
        assert desk.decisions() == []
        assert desk.state() is DraftState.SENT
        assert desk.drafts() == {}


@pytest.mark.parametrize(
    ("lapse", "change", "state"),
    [
        pytest.param(Desk.called_a_meeting_off, "", DraftState.PLACED, id="outside any thread, untouched"),
        pytest.param(Desk.forgot_to_answer, EDIT, DraftState.EDITED, id="in a thread, edited"),
    ],
)
def test_a_draft_that_is_put_back_is_never_joined_by_a_second(
    desk: Desk, neomutt: Neomutt, lapse: Lapse, change: str, state: DraftState
) -> None:
    lapse(desk)
    neomutt.edit_with(change)
    neomutt.start()

    _recall(neomutt)
    assert desk.decisions() == ["skip"]
    neomutt.press("q")
    neomutt.see("draft message?")
    neomutt.press("y")
    neomutt.back_to("INBOX")
    put_back = desk.drafts()
    assert len(put_back) == 1

    for _ in range(2):
        assert desk.decisions() == ["drafted"]
        assert desk.state() is state
        assert desk.drafts() == put_back


def test_a_draft_that_is_dropped_is_a_no(desk: Desk, neomutt: Neomutt) -> None:
    desk.forgot_to_answer()
    neomutt.start()

    _recall(neomutt)
    neomutt.press("q")
    neomutt.see("draft message?")
    neomutt.press("n")
    neomutt.back_to("INBOX")

    for _ in range(2):
        assert desk.decisions() == ["skip"]
        assert desk.state() is DraftState.DISCARDED
        assert desk.drafts() == {}


@pytest.mark.parametrize(
    "lapse", [Desk.forgot_to_answer, Desk.called_a_meeting_off], ids=["in a thread", "outside any thread"]
)
def test_a_draft_that_served_as_a_template_and_was_deleted_counts_as_sent(
    desk: Desk, neomutt: Neomutt, lapse: Lapse
) -> None:
    lapse(desk)
    neomutt.start()
    neomutt.press("c")
    neomutt.see("Open mailbox")
    neomutt.press(f"=Drafts{ENTER}")
    neomutt.back_to("Drafts")

    neomutt.press(f"{ESCAPE}e")
    neomutt.see("NeoMutt: Compose")
    neomutt.press("y")
    neomutt.back_to("Drafts")
    neomutt.press("d$")
    neomutt.back_to("Drafts")

    assert len(desk.sent()) == 1
    assert desk.drafts() == {}
    for _ in range(2):
        assert desk.decisions() == []
        assert desk.state() is DraftState.SENT


def _recall(neomutt: Neomutt) -> None:
    """Take the draft to hand; neomutt deletes it on the server at once."""
    neomutt.press("R")
    shown = neomutt.see("NeoMutt: Compose")
    assert "To: Renée Müller <renee@muller.example>" in shown
