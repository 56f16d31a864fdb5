"""Two colleagues were asked the same, and one answered without the other in copy: who is asked to say sorry?"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.office import NOW
from tests.e2e.on_disk import crmlink, maildir

JAN, PIET = "Jan Bakker <jan@firma.example>", "Piet Smit <piet@firma.example>"
ANSWER = "Dag Gijs,\n\nDe levertijd klopt nog: twee weken na je bestelling, dus eind volgende maand.\n\nGroet,\nJan\n"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Jan and Piet share what they answered, and Jan has answered."""
    given = {"ACCOUNTS": "jan,piet", "DATABASE": str(tmp_path / "ledger.db"), "COLLEAGUES": "share"}
    for name, me in (("jan", JAN), ("piet", PIET)):
        given |= {f"{name.upper()}__ME": me, f"{name.upper()}__MAIL": maildir(tmp_path / name, f"{JAN}, {PIET}")}
    message = EmailMessage()
    message["From"], message["To"] = JAN, "Gijs Bakker <gijs0@bakker.example>"
    message["Subject"], message["Message-ID"] = "Re: Offerte 0", "<van-jan@firma.example>"
    message["In-Reply-To"] = message["References"] = "<ask0@test.example>"
    message["Date"] = format_datetime(NOW() - timedelta(days=6))
    message.set_content(ANSWER)
    (tmp_path / "jan" / ".Sent" / "cur" / "1:2,S").write_bytes(message.as_bytes())
    return given


def _lapses(settings: dict[str, str], name: str) -> list[str]:
    done = crmlink(settings, "--account", name, "scan", "--json")
    assert done.code == 0, done.err
    return [one["decision"] for one in done.json["lapses"]]


def _rows(settings: dict[str, str]) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(settings["DATABASE"])) as ledger:
        return ledger.execute("SELECT account, mark, message_id, sent_at FROM answers").fetchall()


def test_who_shares_is_not_asked_to_answer_again(settings: dict[str, str]) -> None:
    assert [_lapses(settings, name) for name in ("jan", "piet")] == [[], []]
    owed = crmlink(settings, "--account", "piet", "owed", "--all", "--json").json["agreements"]
    assert [(one["state"], one["evidence"][-1]["rule"]) for one in owed] == [("kept", "colleague.answered")]
    assert owed[0]["evidence"][-1]["ref"] == "<van-jan@firma.example>"
    (row,) = _rows(settings)
    assert row[0] == "jan@firma.example"
    assert not any(word in " ".join(row).lower() for word in ("gijs", "bakker", "ask0", "levertijd", "offerte"))


@pytest.mark.parametrize("alone", ["JAN", "PIET", ""])
def test_both_must_want_it(settings: dict[str, str], alone: str) -> None:
    del settings["COLLEAGUES"]
    if alone:
        settings[f"{alone}__COLLEAGUES"] = "share"
    assert [_lapses(settings, name) for name in ("jan", "piet")] == [[], ["draft"]]


def test_a_draft_that_lies_there_goes_to_trash_once_the_colleague_tells(settings: dict[str, str]) -> None:
    assert _lapses(settings, "piet") == ["draft"]
    assert _lapses(settings, "jan") == []
    assert _lapses(settings, "piet") == []
    piet = Path(settings["DATABASE"]).parent / "piet"
    assert [len(list((piet / folder).glob("[cn]*/*"))) for folder in (".Drafts", ".Trash")] == [0, 1]


def test_who_stops_sharing_takes_back_what_was_told(settings: dict[str, str]) -> None:
    _lapses(settings, "jan")
    assert len(_rows(settings)) == 1
    _lapses(settings | {"JAN__COLLEAGUES": "nothing"}, "jan")
    assert _rows(settings) == []
