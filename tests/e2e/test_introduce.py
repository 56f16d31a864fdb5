"""`crmlink introduce` by the real command line on a Maildir: one is asked, then both are written to, each exactly once."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from crmlink.app.outbox import Outbox
from tests.e2e.office import Done, run_here
from tests.e2e.test_contacts import settings as settings  # noqa: PLC0414 -- the same office: Gijs and Els wait for an answer

WORDS = "Els zoekt een aannemer voor haar dakkapel, en jouw ploeg doet dat goed."
GIJS, ELS = "gijs@bakkerman.example", "els@smitsen.example"
ASK = ("introduce", ELS, GIJS, "--for", WORDS)


def crmlink(settings: dict[str, str], *arguments: str, code: int = 0) -> Done:
    done = run_here(arguments, settings, Path(settings["DATABASE"]).parent)
    assert done.code == code, done.out + done.err
    return done


def folder(settings: dict[str, str], name: str) -> Path:
    return Path(settings["DATABASE"]).parents[1] / "Maildir" / name


def letters(settings: dict[str, str], name: str = ".Drafts") -> list[EmailMessage]:
    """What introduces somebody in this folder."""
    read: list[EmailMessage] = []
    for path in sorted(folder(settings, name).rglob("*:2,*")):
        message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
        if "Kennismaking" in message["Subject"]:
            read.append(message)
    return read


def put_away(settings: dict[str, str], where: str) -> None:
    """The owner sends the one introduction in Drafts, or throws it away."""
    for path in folder(settings, ".Drafts").rglob("*:2,*"):
        if b"Kennismaking" in path.read_bytes():
            path.rename(folder(settings, where) / "cur" / path.name)


@pytest.fixture
def scanned(settings: dict[str, str]) -> dict[str, str]:
    crmlink(settings, "scan")
    return settings


def test_one_is_asked_and_after_a_yes_both_are_written_to(scanned: dict[str, str]) -> None:
    assert "It lies in Drafts." in crmlink(scanned, *ASK).out
    (asking,) = letters(scanned)
    text = asking.get_content()
    assert (asking["To"], asking["Subject"]) == (
        "Gijs Bakkerman <gijs@bakkerman.example>",
        "Kennismaking met Els Smitsen",
    )
    assert text.startswith("Hoi Gijs,\n\nIk breng je graag in contact met Els Smitsen.")
    assert WORDS in " ".join(text.split())

    agreed = ("introduce", ELS, GIJS, "--agreed")
    assert "was not sent yet" in crmlink(scanned, *agreed, code=2).err
    put_away(scanned, ".Sent")
    document: dict[str, Any] = crmlink(scanned, *agreed, "--json").json
    assert (document["step"], document["state"], document["draft"]["to"]) == ("introduce", "placed", [ELS, GIJS])
    (both,) = letters(scanned)
    assert both["To"] == "Els Smitsen <els@smitsen.example>, Gijs Bakkerman <gijs@bakkerman.example>"
    assert WORDS in " ".join(both.get_content().split())

    assert "introduced already" in crmlink(scanned, *agreed, code=2).err
    put_away(scanned, ".Sent")
    crmlink(scanned, "scan")
    assert "introduced already" in crmlink(scanned, *agreed, code=2).err
    assert letters(scanned) == []


def test_nobody_is_introduced_who_was_not_asked(scanned: dict[str, str]) -> None:
    assert "was not asked yet" in crmlink(scanned, "introduce", ELS, GIJS, "--agreed", code=2).err
    crmlink(scanned, *ASK)
    put_away(scanned, ".Sent")
    assert "was not asked yet" in crmlink(scanned, "introduce", GIJS, ELS, "--agreed", code=2).err
    assert letters(scanned) == []


def test_a_pair_is_asked_about_once_whoever_of_the_two_it_is(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    for pair in ((ELS, GIJS), (GIJS, ELS)):
        assert "was asked already" in crmlink(scanned, "introduce", *pair, "--for", "Zo maar.", code=2).err
    assert len(letters(scanned)) == 1


def test_a_question_that_was_thrown_away_is_a_no_until_the_owner_asks_again(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    (first,) = letters(scanned)
    put_away(scanned, ".Trash")
    assert "threw the question" in crmlink(scanned, "introduce", ELS, GIJS, "--agreed", code=2).err
    assert "was asked already" in crmlink(scanned, *ASK, code=2).err
    crmlink(scanned, *ASK, "--again")
    (second,) = letters(scanned)
    assert first["Message-ID"] != second["Message-ID"]


def test_a_dry_run_shows_it_and_leaves_no_trace(scanned: dict[str, str]) -> None:
    done = crmlink(scanned, *ASK, "--dry-run")
    assert WORDS in " ".join(done.out.split())
    assert "Drafts" not in done.out
    assert letters(scanned) == []
    assert "was not asked yet" in crmlink(scanned, "introduce", ELS, GIJS, "--agreed", code=2).err


def test_a_lost_ledger_makes_no_second_one(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    for where in (".Drafts", ".Sent", ".Trash"):
        if where != ".Drafts":
            put_away(scanned, where)
        for path in Path(scanned["DATABASE"]).parent.glob("ledger.db*"):
            path.unlink()
        crmlink(scanned, "introduce", ELS, GIJS, "--for", "Anders gezegd.", code=0 if where == ".Drafts" else 1)
        assert sum(len(letters(scanned, one)) for one in (".Drafts", ".Sent", ".Trash")) == 1
        if where == ".Sent":
            for path in (folder(scanned, ".Sent") / "cur").glob("*"):
                path.rename(folder(scanned, ".Drafts") / "cur" / path.name)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_on_the_way_it_comes_once(scanned: dict[str, str], monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    placing = Outbox.place

    def die(self: Outbox, *arguments: Any) -> None:
        if when == "after":
            placing(self, *arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "place", die)
        crmlink(scanned, *ASK, code=130)
    crmlink(scanned, *ASK, code=0 if when == "before" else 2)
    crmlink(scanned, "scan")
    assert len(letters(scanned)) == 1


def test_the_letters_that_make_amends_go_on_beside_it(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    decisions = {
        one["contact"]["address"]: one["decision"] for one in crmlink(scanned, "scan", "--json").json["lapses"]
    }
    assert decisions == {GIJS: "drafted", ELS: "drafted"}
    assert len(letters(scanned)) == 1


def test_who_is_forgotten_is_in_no_introduction_any_more(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    crmlink(scanned, "contacts", "forget", ELS, "--yes")
    for path in Path(scanned["DATABASE"]).parent.glob("ledger.db*"):
        assert b"dakkapel, en jouw ploeg" not in path.read_bytes()
        assert ".cache" in path.name or b"smitsen" not in path.read_bytes().lower()


def test_who_asks_what_is_held_is_told_of_it_too(scanned: dict[str, str]) -> None:
    crmlink(scanned, *ASK)
    for who in (GIJS, ELS):
        (told,) = crmlink(scanned, "contacts", "export", who).json["introductions"]
        assert (told["introduced"], told["asked"], told["step"], told["purpose"]) == (ELS, GIJS, "ask", WORDS)
    drafts = crmlink(scanned, "contacts", "export", GIJS).json["drafts"]
    assert sum(WORDS in " ".join(one["body"].split()) for one in drafts) == 1


def test_a_template_of_the_owners_is_used_and_proven(scanned: dict[str, str], tmp_path: Path) -> None:
    own = tmp_path / "templates" / "nl"
    own.mkdir(parents=True)
    scanned["TEMPLATES"] = str(own.parent)
    text = "{{ salutation }}\n\nMag ik {{ introduced }} voorstellen?\n\n{{ quote }}\n\nHet hoeft niet.\n\nGroet,\\\n{{ signature }}\n"
    (own / "introduce_ask.txt.j2").write_text(text)
    assert "warn templates" not in crmlink(scanned, "check").out
    assert "Mag ik Els Smitsen voorstellen?" in crmlink(scanned, *ASK, "--dry-run").out
    (own / "introduce_ask.txt.j2").write_text("{{ nonsense }}")
    assert "introduce_ask.txt.j2, line 1" in crmlink(scanned, *ASK, "--dry-run", code=78).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param((ELS, ELS, "--for", "x"), "one and the same person", id="one person"),
        pytest.param((ELS, "noreply@shop.example", "--for", "x"), "not somebody to introduce", id="a program"),
        pytest.param((ELS, "marleen@example.nl", "--for", "x"), "not somebody to introduce", id="the owner"),
        pytest.param((ELS, GIJS), "Why should they meet?", id="no reason"),
        pytest.param((ELS, GIJS, "--for", "x" * 500), "longer than 400", id="a long story"),
        pytest.param((ELS, "Piet", "--for", "x"), "Nobody is known as Piet", id="nobody"),
    ],
)
def test_what_cannot_be_is_said(scanned: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    assert said in crmlink(scanned, "introduce", *arguments, code=2).err
    assert letters(scanned) == []
