"""Two owners on one machine and in one ledger: each as if alone, and neither stopped by the other's trouble."""

from __future__ import annotations

import email
import email.policy
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.office import NOW
from tests.e2e.on_disk import crmlink, maildir

PEOPLE = {"jan": "Jan Bakker <jan@firma.example>", "piet": "Piet Smit <piet@firma.example>"}


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Both got the same question, eight days ago."""
    given = {"ACCOUNTS": "jan,piet", "DATABASE": str(tmp_path / "ledger.db")}
    for name, me in PEOPLE.items():
        given |= {f"{name.upper()}__ME": me, f"{name.upper()}__MAIL": maildir(tmp_path / name, me)}
    return given


def _drafts(settings: dict[str, str], name: str) -> list[str]:
    folder = Path(settings["DATABASE"]).parent / name / ".Drafts"
    read = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.glob("*/*"))
    return [str(one["From"]) for one in read]


def _alone(settings: dict[str, str], name: str) -> dict[str, str]:
    """The settings of one of them, as somebody without a second account would write them."""
    start = f"{name.upper()}__"
    own = {key.removeprefix(start): text for key, text in settings.items() if key.startswith(start)}
    return own | {"DATABASE": settings["DATABASE"]}


def test_each_gets_a_draft_in_the_own_mailbox_from_the_shared_ledger(settings: dict[str, str]) -> None:
    for _ in range(2):
        done = crmlink(settings, "scan")
        assert (done.code, done.err) == (0, "")
        assert [_drafts(settings, name) for name in PEOPLE] == [[me] for me in PEOPLE.values()]
    assert [f"{name} <{name}@firma.example>" in done.out for name in PEOPLE] == [True, True]


@pytest.mark.parametrize("command", ["scan", "owed"])
def test_a_document_of_several_holds_what_each_alone_would_print(settings: dict[str, str], command: str) -> None:
    arguments = (command, "--json", "--as-of", NOW().isoformat())
    together = crmlink(settings, *arguments).json
    assert together["schema"] == 1
    for name, document in zip(PEOPLE, together["accounts"], strict=True):
        alone = crmlink(_alone(settings, name), *arguments).json
        assert document == {"account": f"{name}@firma.example", **alone}
        assert crmlink(settings, "--account", name, *arguments).json == alone
        assert "accounts" not in alone


@pytest.mark.parametrize("command", ["scan", "owed"])
def test_one_that_fails_leaves_the_other_running_and_its_code_counts(settings: dict[str, str], command: str) -> None:
    settings["JAN__MAIL"] = f"{settings['JAN__MAIL']}/nowhere"
    done = crmlink(settings, command, "--json")
    failed, well = done.json["accounts"]
    assert failed["account"] == "jan@firma.example"
    assert set(failed) == {"account", "error"}
    assert set(failed["error"]) == {"code", "message", "hint"}
    assert done.code == failed["error"]["code"] == 75
    assert done.err.startswith("crmlink: jan: ")
    assert well["account"] == "piet@firma.example"
    assert well["lapses" if command == "scan" else "agreements"]
    assert "error" not in well


def test_a_bug_in_one_leaves_the_other_running(settings: dict[str, str]) -> None:
    crmlink(settings, "--account", "piet", "scan")
    with closing(sqlite3.connect(settings["DATABASE"])) as ledger:
        only = "WHEN NEW.account = 'jan@firma.example'"
        ledger.execute(f"CREATE TRIGGER no BEFORE INSERT ON lapses {only} BEGIN SELECT RAISE(ABORT, 'kanarie'); END")
    done = crmlink(settings, "-v", "scan", "--json")
    broken, well = done.json["accounts"]
    assert (done.code, broken["error"]["code"]) == (70, 70)
    assert [one["decision"] for one in well["lapses"]] == ["drafted"]
    assert "sqlalchemy.exc.IntegrityError" in done.err
    assert "kanarie" not in done.err + done.out


def test_check_and_lapses_go_over_both(settings: dict[str, str]) -> None:
    assert crmlink(settings, "scan").code == 0
    listed = crmlink(settings, "lapses", "list").out
    assert [listed.count(f"<{name}@firma.example>") for name in PEOPLE] == [1, 1]
    assert listed.count("unanswered") == 2
    checked = crmlink(settings, "check")
    assert (checked.code, checked.out.count("drafts go to")) == (0, 2)


def test_what_is_for_one_asks_which_and_a_no_of_one_is_no_no_of_the_other(settings: dict[str, str]) -> None:
    crmlink(settings, "scan")
    done = crmlink(settings, "lapses", "show", "abc")
    assert done.code == 2
    assert "jan, piet; for example `crmlink --account jan lapses show" in done.err
    assert crmlink(settings, "--account", "kees", "scan").code == 2
    (lapse,) = crmlink(settings, "--account", "piet@firma.example", "scan", "--json").json["lapses"]
    assert crmlink(settings, "--account", "piet", "lapses", "dismiss", lapse["id"]).code == 0
    crmlink(settings, "scan")
    assert [len(_drafts(settings, name)) for name in PEOPLE] == [1, 0]


def test_a_wrong_setting_of_one_is_told_before_anything_is_done(settings: dict[str, str]) -> None:
    del settings["PIET__ME"]
    done = crmlink(settings, "scan")
    assert done.code == 78
    assert "account piet: CRMLINK_PIET__ME: is missing" in done.err
    assert _drafts(settings, "jan") == []


def test_in_one_ledger_each_gets_what_it_would_get_in_its_own(settings: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path / "apart")
    for command in (("scan", "--json"), ("scan", "--json"), ("owed", "--json")):
        together = crmlink(settings, *command)
        assert together.code == 0
        for name, document in zip(PEOPLE, together.json["accounts"], strict=True):
            own = _alone(settings, name)
            own |= {
                "DATABASE": str(tmp_path / "apart" / f"{name}.db"),
                "MAIL": f"maildir://{tmp_path / 'apart' / name}",
            }
            alone = crmlink(own, *command).json
            assert document | {"as_of": ""} == {"account": f"{name}@firma.example", **alone, "as_of": ""}


def test_what_one_has_forgotten_the_other_keeps(settings: dict[str, str]) -> None:
    crmlink(settings, "scan")
    assert crmlink(settings, "--account", "jan", "contacts", "forget", "--yes", "gijs0@bakker.example").code == 0
    for _ in range(2):
        listed = [crmlink(settings, "--account", name, "contacts", "list").out for name in PEOPLE]
        assert ["gijs0@bakker.example" in one for one in listed] == [False, True]
        done = crmlink(settings, "scan", "--json").json
        assert [len(one["lapses"]) for one in done["accounts"]] == [0, 1]
