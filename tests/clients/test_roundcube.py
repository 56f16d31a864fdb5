"""A draft in Roundcube, in a real browser: opened, read, edited, saved, sent, deleted; and what crmlink says of it."""

from __future__ import annotations

import pytest

from crmlink.model.draft import DraftState
from tests.clients.desk import ASKED, Desk
from tests.clients.webmail import Webmail
from tests.servers import mailboxes

# One browser and one Roundcube are enough: the tests that need them share a worker.
pytestmark = pytest.mark.xdist_group("browser")

RENEE_THERE = "Renée Müller <renee@muller.example>"


def test_a_draft_is_read_edited_saved_and_sent(desk: Desk, webmail: Webmail) -> None:
    draft = desk.forgot_to_answer()

    (line,) = webmail.drafts()
    assert line.startswith("Renée Müller")
    assert "Re: Offerte" in line
    shown = webmail.read()
    assert (shown.to, shown.subject) == (RENEE_THERE, "Re: Offerte")
    assert shown.text.startswith("Hoi Renée,\n")
    assert "de crèche in Köln" in shown.text
    assert shown.text.split() == draft["body"].split()
    assert sum(line.startswith("- ") for line in shown.text.splitlines()) == len(draft["options"]) == 3

    form = webmail.edit()
    assert (form.to, form.subject, form.text.rstrip()) == (RENEE_THERE, "Re: Offerte", draft["body"].rstrip())
    webmail.replace("Groet", "Hartelijke groet")
    webmail.save()
    saved = desk.drafts()
    assert len(saved) == 1

    for _ in range(2):
        assert desk.decisions() == ["drafted"]
        assert desk.state() is DraftState.EDITED
        assert desk.drafts() == saved
    webmail.send()

    (mail,) = desk.sent()
    assert desk.catcher.recipients(desk.office.mail.user) == ["renee@muller.example"]
    assert (str(mail["To"]), str(mail["Subject"])) == (RENEE_THERE, "Re: Offerte")
    assert mail["In-Reply-To"] == mail["References"] == ASKED
    assert {name for name in mail if name.lower().startswith("x-")} <= {"X-Sender"}  # which is Roundcube's
    assert b"crmlink" not in mail.as_bytes().lower()
    assert "Hartelijke groet,\nMarleen" in mail.get_content().replace("\r\n", "\n")
    for _ in range(2):
        assert desk.decisions() == []
        assert desk.state() is DraftState.SENT
        assert desk.drafts() == {}


def test_a_draft_that_answers_no_mail_is_sent_as_it_is(desk: Desk, webmail: Webmail) -> None:
    desk.office.settings["CRM_BCC"] = "drop@crm.example"
    draft = desk.called_a_meeting_off()

    webmail.drafts()
    assert webmail.read().subject == draft["subject"] == "Intake met crèche"
    webmail.edit()
    webmail.send()

    (mail,) = desk.sent()
    assert desk.catcher.recipients(desk.office.mail.user) == ["renee@muller.example", "drop@crm.example"]
    assert (str(mail["To"]), str(mail["Subject"])) == (RENEE_THERE, "Intake met crèche")
    assert mail["Bcc"] is mail["In-Reply-To"] is None
    assert mail.get_content().split() == draft["body"].split()
    for _ in range(2):
        assert desk.decisions() == []
        assert desk.state() is DraftState.SENT
        assert desk.drafts() == {}


def test_a_draft_that_was_only_looked_at_is_taken_away_when_nobody_needs_it(desk: Desk, webmail: Webmail) -> None:
    desk.forgot_to_answer()

    webmail.drafts()
    webmail.read()
    webmail.edit()
    webmail.drafts()
    assert desk.decisions() == ["drafted"]
    assert desk.state() is DraftState.PLACED

    desk.office.send("answer", RENEE_THERE, "Ja, die klopt.", days_ago=0, subject="Re: Offerte", answers=ASKED)
    assert desk.decisions() == []
    assert desk.state() is DraftState.OVERTAKEN
    assert desk.drafts() == {}
    assert len(mailboxes.messages(desk.office.mail, "Trash")) == 1


def test_a_deleted_draft_is_a_no(desk: Desk, webmail: Webmail) -> None:
    desk.forgot_to_answer()

    webmail.drafts()
    webmail.read()
    webmail.delete()

    for _ in range(2):
        assert desk.decisions() == ["skip"]
        assert desk.state() is DraftState.DISCARDED
        assert desk.drafts() == {}
