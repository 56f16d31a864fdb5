"""Attention from the owner's chair: weekly mail that stopped, a Maildir, and the real command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, NOW
from tests.e2e.on_disk import maildir
from tests.e2e.test_nudge import ME, Desk

HELLO = "Hoi Marleen,\n\nHet loopt hier goed, tot volgende week.\n\nGroet,\nGijs\n"
REPLY = "Hoi Gijs,\n\nFijn om te horen.\n\nGroet,\nMarleen\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Mail every week for six weeks, and then four weeks of silence; one pass has seen it."""
    mail = maildir(tmp_path / "mail", ME, questions=0)
    made = Desk(tmp_path, {"ME": ME, "MAIL": mail, "DATABASE": str(tmp_path / "ledger.db"), "LOOKBACK_DAYS": "90"})
    for week in range(6):
        name = made.put("", f"hoi{week}", GIJS, ME, HELLO, days_ago=28 + 7 * week)
        made.put(".Sent", f"re{week}", ME, GIJS, REPLY, days_ago=27.9 + 7 * week, answers=name)
    assert made.scan() == []
    return made


def _kinds(desk: Desk) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["fault"], one["decision"]) for one in desk.scan()]


def test_by_default_nobody_is_written_to(desk: Desk) -> None:
    assert desk.scan() == []
    assert desk.files(".Drafts") == []


def test_one_calm_letter_and_no_second(desk: Desk) -> None:
    desk.settings["ATTENTION"] = "draft"
    assert _kinds(desk) == [("silent", "nobody", "draft")]
    draft = desk.draft()
    assert (draft["Subject"], draft["To"], draft["In-Reply-To"]) == ("Hoe gaat het?", GIJS, None)
    assert draft.get_content() == (
        "Hoi Gijs,\n\nIk heb een tijd niets van me laten horen; hoe gaat het met je?\n\n"
        "Is er iets wat ik voor je kan doen, zeg het dan gerust. Het hoeft niet.\n\nGroet,\nMarleen\n"
    )
    assert _kinds(desk) == [("silent", "nobody", "drafted")]
    assert len(desk.files(".Drafts")) == 1


def test_when_they_write_again_the_draft_goes_to_trash(desk: Desk) -> None:
    desk.settings["ATTENTION"] = "draft"
    desk.scan()
    desk.put("", "terug", GIJS, ME, HELLO, days_ago=0.01)
    assert desk.scan() == []
    assert (len(desk.files(".Drafts")), len(desk.files(".Trash"))) == (0, 1)


def test_deleted_it_never_comes_back(desk: Desk) -> None:
    desk.settings["ATTENTION"] = "draft"
    desk.scan()
    (path,) = desk.files(".Drafts")
    path.unlink()
    for _ in range(2):
        assert _kinds(desk) == [("silent", "nobody", "skip")]
    assert desk.files(".Drafts") == []


def test_sent_it_is_over_and_what_it_asks_is_never_asked_again(desk: Desk) -> None:
    desk.settings["ATTENTION"] = "draft"
    desk.scan()
    (path,) = desk.files(".Drafts")
    words = path.read_bytes()
    path.unlink()
    changed = words.replace(b"hoe gaat het met je?", b"kun je me laten weten hoe het gaat?")
    assert changed != words
    (desk.directory / "mail" / ".Sent" / "cur" / "gone:2,S").write_bytes(changed)
    desk.settings["NUDGE"] = "draft"
    for _ in range(2):
        assert desk.scan() == []
    assert desk.scan("--as-of", (NOW() + timedelta(days=21)).isoformat()) == []
