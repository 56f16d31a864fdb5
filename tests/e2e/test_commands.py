"""The other commands, as a user calls them: explain, owed, lapses, init; on a Maildir, which needs no server."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, NOW, Done, run_apart, run_here

ME = "Marleen van der Veen <marleen@example.nl>"
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\nMocht je nog vragen hebben, bel gerust.\n\nGroet,\nGijs\n"


def _mail(text: str, *, days_ago: float = 8, sender: str = GIJS, to: str = ME, name: str = "ask") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Offerte"
    message["Date"] = format_datetime(NOW() - timedelta(days=days_ago))
    message["Message-ID"] = f"<{name}@test.example>"
    message.set_content(text)
    return message.as_bytes()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A Maildir with one question in it."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "Maildir" / "cur" / "1:2,S").write_bytes(_mail(QUESTION))
    return {"ME": ME, "MAIL": f"maildir://{tmp_path}/Maildir", "DATABASE": str(tmp_path / "ledger.db")}


def _crmlink(settings: dict[str, str], *arguments: str) -> Done:
    return run_here(arguments, settings, Path(settings["DATABASE"]).parent)


# ------------------------------------------------------------------ explain


def test_explain_shows_the_words_the_rule_and_the_near_miss(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(_mail(QUESTION))
    done = run_here(["explain", str(tmp_path / "a.eml"), "--me", ME], {}, tmp_path)
    assert done.code == 0
    assert "“Kun je me laten weten of de levertijd nog klopt?”" in done.out
    assert "a request to you" in done.out
    assert "nl.request." in done.out


def test_explain_as_json_keeps_the_contract(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.eml").write_bytes(_mail("Prima, tot vrijdag.", sender=ME, to=GIJS))
    (tmp_path / "a.eml").write_bytes(_mail(QUESTION))
    (tmp_path / "ignored.txt").write_text("no mail")
    document = run_here(["explain", "--json", "--me", ME, str(tmp_path)], {}, tmp_path).json
    assert document["schema"] == 1
    first, second = document["messages"]
    assert [Path(one["source"]).name for one in (first, second)] == ["a.eml", "two.eml"]
    assert set(first) == {
        "source", "message_id", "from_me", "language", "register", "automatic", "requests", "promises", "dates", "meeting",
    }  # fmt: skip
    assert first["requests"] == [
        {"quote": "Kun je me laten weten of de levertijd nog klopt?", "to_me": True, "due": None}
    ]
    assert (first["from_me"], second["from_me"], first["language"], first["automatic"]) == (False, True, "nl", None)
    assert set(first["meeting"]) == {"act", "fault", "quote", "when"}


def test_explain_reads_standard_input_and_takes_the_first_recipient_for_me(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crmlink", "explain", "--json", "-"],
        input=_mail(QUESTION),
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    (message,) = json.loads(done.stdout)["messages"]
    assert (message["source"], message["requests"][0]["to_me"]) == ("-", True)


def test_explain_goes_on_after_rubbish(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"\xff\x00\xfe" * 1000)
    (tmp_path / "b.eml").write_bytes(b"")
    (tmp_path / "c.eml").write_bytes(_mail(QUESTION))
    document = run_here(["explain", "--json", "--me", ME, str(tmp_path)], {}, tmp_path).json
    assert document["messages"][-1]["requests"]


# ------------------------------------------------------------------ owed, lapses


def test_owed_shows_what_is_open_and_as_of(settings: dict[str, str]) -> None:
    document = _crmlink(settings, "owed", "--json").json
    (agreement,) = document["agreements"]
    assert (agreement["kind"], agreement["state"], agreement["contact"]["address"]) == (
        "request",
        "open",
        "gijs@bakker.example",
    )
    assert agreement["ref"] == "<ask@test.example>"
    before = (NOW() - timedelta(days=9)).isoformat()
    assert _crmlink(settings, "owed", "--json", "--as-of", before).json["agreements"] == []
    assert "levertijd" in _crmlink(settings, "owed").out


def test_owed_all_shows_why_it_is_closed(settings: dict[str, str]) -> None:
    sent = Path(settings["MAIL"].removeprefix("maildir://")) / ".Sent" / "cur" / "2:2,S"
    sent.write_bytes(_mail("Ja, die klopt.", sender=ME, to=GIJS, days_ago=7, name="answer"))
    assert _crmlink(settings, "owed", "--json").json["agreements"] == []
    (agreement,) = _crmlink(settings, "owed", "--all", "--json").json["agreements"]
    assert agreement["state"] == "kept"
    assert agreement["evidence"][-1]["ref"] == "<answer@test.example>"


def test_lapses_are_listed_shown_dismissed_and_reopened(settings: dict[str, str]) -> None:
    settings["MAX_DRAFTS_PER_DAY"] = "0"
    (lapse,) = _crmlink(settings, "scan", "--json").json["lapses"]
    assert lapse["decision"] == "hold"
    assert lapse["id"] in _crmlink(settings, "lapses", "list").out
    shown = _crmlink(settings, "lapses", "show", lapse["id"].upper()).out
    assert "Kun je me laten weten" in shown
    assert "gijs@bakker.example" in shown

    assert _crmlink(settings, "lapses", "dismiss", lapse["id"]).code == 0
    settings["MAX_DRAFTS_PER_DAY"] = "5"
    assert [one["decision"] for one in _crmlink(settings, "scan", "--json").json["lapses"]] == ["skip"]
    assert _crmlink(settings, "lapses", "list").out.strip() == "No lapses."
    assert "dismissed" in _crmlink(settings, "lapses", "list", "--all").out

    assert _crmlink(settings, "lapses", "reopen", lapse["id"]).code == 0
    assert [one["decision"] for one in _crmlink(settings, "scan", "--json").json["lapses"]] == ["draft"]
    assert "Subject: Re: Offerte" in _crmlink(settings, "lapses", "show", lapse["id"]).out


def test_a_scan_for_people_says_what_and_why(settings: dict[str, str]) -> None:
    done = _crmlink(settings, "scan")
    assert done.code == 0
    for words in ("unanswered", "Gijs Bakker", "draft placed", "mail: ok"):
        assert words in done.out
    assert "drafted" in _crmlink(settings, "scan").out


def test_since_looks_further_back(settings: dict[str, str]) -> None:
    settings["LOOKBACK_DAYS"] = "2"
    assert _crmlink(settings, "scan", "--json", "--dry-run").json["lapses"] == []
    since = f"{NOW() - timedelta(days=20):%Y-%m-%d}"
    assert len(_crmlink(settings, "owed", "--json").json["agreements"]) == 0
    assert _crmlink(settings, "scan", "--json", "--dry-run", "--since", since).json["sources"][0]["seen"] == 1


# ------------------------------------------------------------------ help


def test_help_names_every_command(tmp_path: Path) -> None:
    done = run_apart(["--help"], {}, tmp_path)
    assert done.code == 0
    for name in ("scan", "daemon", "check", "demo", "explain", "owed", "lapses", "init", "login"):
        assert f"  {name} " in done.out
    assert run_apart(["--version"], {}, tmp_path).out.startswith("crmlink ")
