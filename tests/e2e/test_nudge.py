"""Nudges from the owner's chair: a question that nobody answered, a Maildir, and the real command line."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.office import GIJS, NOW, Done, Office
from tests.e2e.on_disk import crmlink, maildir

ME = "Marleen van der Veen <marleen@example.nl>"
QUESTION = "Hoi Gijs,\n\nDank voor je bezoek. Kun je me de tekeningen van de serre sturen?\n\nGroet,\nMarleen\n"
ANSWER = "Hoi Marleen,\n\nDe architect heeft ze nog, ik vraag het na.\n\nGroet,\nGijs\n"


@dataclass(slots=True)
class Desk:
    """One owner whose mailbox is a Maildir; `settings` by name without the prefix."""

    directory: Path
    settings: dict[str, str] = field(default_factory=dict)

    def put(
        self, folder: str, name: str, sender: str, to: str, text: str, *, days_ago: float, answers: str = ""
    ) -> str:
        """A mail lies in a folder ("" is the inbox); gives its Message-ID."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, "Serre"
        message["Date"] = format_datetime(NOW() - timedelta(days=days_ago))
        message["Message-ID"] = f"<{name}@test.example>"
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(text)
        (self.directory / "mail" / folder / "cur" / f"{name}:2,S").write_bytes(message.as_bytes())
        return f"<{name}@test.example>"

    def crmlink(self, *arguments: str) -> Done:
        """The command line."""
        return crmlink(self.settings, *arguments)

    def scan(self, *arguments: str) -> list[dict[str, Any]]:
        """One pass; gives its lapses."""
        done = self.crmlink("scan", "--json", *arguments)
        assert done.code == 0, done.err
        lapses: list[dict[str, Any]] = done.json["lapses"]
        return lapses

    def files(self, folder: str) -> list[Path]:
        """The mails in a folder."""
        return sorted(path for part in ("cur", "new") for path in (self.directory / "mail" / folder / part).iterdir())

    def draft(self) -> EmailMessage:
        """The one draft."""
        (path,) = self.files(".Drafts")
        message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A question of the owner's, three weeks old, to somebody who wrote before."""
    mail = maildir(tmp_path / "mail", ME, questions=0)
    made = Desk(tmp_path, {"ME": ME, "MAIL": mail, "DATABASE": str(tmp_path / "ledger.db"), "NUDGE": "draft"})
    hello = made.put("", "hoi", GIJS, ME, "Hoi Marleen,\n\nLeuk je te zien.\n\nGroet,\nGijs\n", days_ago=22)
    made.put(".Sent", "ask", ME, GIJS, QUESTION, days_ago=21, answers=hello)
    return made


def _kinds(lapses: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["fault"], one["decision"]) for one in lapses]


def test_by_default_nothing_is_listed_or_drafted(desk: Desk) -> None:
    del desk.settings["NUDGE"]
    assert desk.scan() == []
    assert desk.files(".Drafts") == []
    assert "waiting" not in desk.crmlink("lapses", "list", "--all").out


def test_one_gentle_nudge_in_the_thread_and_no_second(desk: Desk) -> None:
    (lapse,) = desk.scan()
    assert _kinds([lapse]) == [("waiting", "them", "draft")]
    assert lapse["reason"] == "you asked them this and nobody has answered; one gentle reminder is enough"
    draft = desk.draft()
    assert (draft["Subject"], draft["To"], draft["In-Reply-To"]) == ("Re: Serre", GIJS, "<ask@test.example>")
    words = draft.get_content()
    assert words.startswith("Hoi Gijs,\n\nOp ")
    assert 'vroeg ik je: "Kun je me de tekeningen van de serre sturen?"' in words.replace("\n", " ")
    assert "er is geen haast bij" in words
    assert lapse["draft"]["options"] == []

    assert _kinds(desk.scan()) == [("waiting", "them", "drafted")]
    assert len(desk.files(".Drafts")) == 1
    assert desk.crmlink("owed", "--json").json["agreements"] == []


def test_answered_the_draft_goes_to_trash(desk: Desk) -> None:
    desk.scan()
    desk.put("", "answer", GIJS, ME, ANSWER, days_ago=0.01, answers="<ask@test.example>")
    assert desk.scan() == []
    assert (len(desk.files(".Drafts")), len(desk.files(".Trash"))) == (0, 1)
    assert desk.crmlink("owed", "--json").json["agreements"] == []


def test_deleted_it_never_comes_back(desk: Desk) -> None:
    desk.scan()
    (path,) = desk.files(".Drafts")
    path.unlink()
    for _ in range(2):
        assert _kinds(desk.scan()) == [("waiting", "them", "skip")]
    assert desk.files(".Drafts") == []


def test_sent_it_is_no_new_question(desk: Desk) -> None:
    desk.scan()
    (path,) = desk.files(".Drafts")
    path.rename(desk.directory / "mail" / ".Sent" / "cur" / path.name.replace(":2,D", ":2,"))
    assert desk.scan() == []
    (desk.directory / "mail" / ".Sent" / "cur" / "ask:2,S").unlink()  # it left the look-back
    assert desk.scan() == []
    in_three_weeks = (NOW() + timedelta(days=21)).isoformat()
    assert desk.scan("--as-of", in_three_weeks) == []
    assert desk.files(".Drafts") == []


def test_an_answer_that_was_thrown_away_is_an_answer(desk: Desk) -> None:
    desk.put(".Trash", "answer", GIJS, ME, ANSWER, days_ago=5, answers="<ask@test.example>")
    assert desk.scan() == []
    assert desk.files(".Drafts") == []
    assert desk.scan() == []


def test_without_a_ledger_nothing_is_drafted_twice(desk: Desk) -> None:
    desk.scan()
    for left in desk.directory.glob("ledger.db*"):
        left.unlink()
    assert _kinds(desk.scan()) == [("waiting", "them", "draft")]
    assert len(desk.files(".Drafts")) == 1
    assert _kinds(desk.scan()) == [("waiting", "them", "drafted")]


def test_over_the_wire_it_does_no_more_than_any_draft(on_dovecot: Office) -> None:
    on_dovecot.settings["NUDGE"] = "draft"
    ask = on_dovecot.send("ask", GIJS, QUESTION, days_ago=21, subject="Serre")
    assert _kinds(on_dovecot.scan()) == [("waiting", "them", "draft")]
    (draft,) = on_dovecot.drafts()
    assert draft["In-Reply-To"] == ask
    on_dovecot.receive("answer", GIJS, ANSWER, days_ago=0.01, subject="Re: Serre", answers=ask)
    assert on_dovecot.scan() == []
    assert on_dovecot.drafts() == []
