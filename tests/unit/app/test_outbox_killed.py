"""The program under SIGKILL, in processes of their own, with a ledger and a Maildir on disk."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState
from tests.crm_examples import SECRET, told
from tests.faults.killed import Place, killed, place_draft, whole_pass
from tests.ledger_examples import ME, NOW, draft
from tests.life_world import ASKERS, INBOX, LifeWorld
from tests.outbox_world import Steps, World
from tests.servers.scripted_http import Reply, scripted

LATER = timedelta(seconds=121)


def steps_of_placing() -> list[str]:
    steps = Steps()
    World().one_pass(draft(), steps=steps)
    return steps.names


def maildir(root: Path) -> Path:
    for folder in (root, root / ".Drafts", root / ".Sent", root / ".Trash"):
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
    return root


def drafts_in(root: Path) -> int:
    return len(list((root / ".Drafts" / "cur").iterdir()))


@pytest.mark.parametrize(
    "kill_at", [pytest.param(at, id=f"killed {name} ({at})") for at, name in enumerate(steps_of_placing())]
)
def test_one_draft_after_sigkill(kill_at: int, tmp_path: Path) -> None:
    root = maildir(tmp_path / "mail")
    place = Place(tmp_path / "ledger.db", f"maildir://{root}")

    killed(place_draft, place, NOW, kill_at)
    for number in (1, 2, 3):
        place_draft(place, NOW + number * LATER)

    with open_ledger(str(place.database), read_only=True) as ledger:
        assert [stored.state for stored in ledger.drafts.all(ME)] == [DraftState.PLACED]
    assert drafts_in(root) == 1


def a_question_waits(directory: Path) -> dict[str, str]:
    """A Maildir with one question in it, as settings."""
    root = maildir(directory / "mail")
    with LifeWorld() as world:
        world.asks(ASKERS[0])
        (mail,) = world.mailbox.mails(INBOX)
    path = root / "cur" / "1772000000.M1.host:2,S"
    path.write_bytes(mail.raw)
    assert mail.received_at is not None
    os.utime(path, (mail.received_at.timestamp(),) * 2)
    database = directory / "ledger.db"
    return {"ME": "Marleen <marleen@veen.example>", "MAIL": f"maildir://{root}", "DATABASE": str(database)}


def test_one_draft_after_a_whole_pass_was_killed_around_any_commit(tmp_path: Path) -> None:
    (tmp_path / "dry").mkdir()
    commits = whole_pass(a_question_waits(tmp_path / "dry"), NOW)
    assert {"before intend", "before hand_over", "before mark", "before record"} <= set(commits)
    for at, name in enumerate(commits):
        directory = tmp_path / str(at)
        directory.mkdir()
        settings = a_question_waits(directory)

        killed(whole_pass, settings, NOW, at)
        for number in (1, 2):
            whole_pass(settings, NOW + number * LATER)

        assert drafts_in(directory / "mail") == 1, f"killed {name} ({at})"
        with open_ledger(settings["DATABASE"], read_only=True) as ledger:
            states = [stored.state for stored in ledger.drafts.all("marleen@veen.example")]
        assert states == [DraftState.PLACED], f"killed {name} ({at})"


def test_a_crm_hears_everything_after_sigkill_around_any_commit_of_its_list(tmp_path: Path) -> None:
    with scripted() as server:
        server.replies = {"POST /": Reply(200)}
        crm = {"CRM_WEBHOOK": f"{server.url}/", "CRM_WEBHOOK_SECRET": SECRET}
        (tmp_path / "dry").mkdir()
        commits = whole_pass(a_question_waits(tmp_path / "dry") | crm, NOW)
        expected = [told(one)["id"] for one in server.asked]
        around = [at for at, name in enumerate(commits) if name in {"before gather", "before told"}]
        assert (len(expected), len(around)) == (2, 3)
        gather, first, _ = around
        for at in (gather, gather + 1, first):  # before and after the list is written, and told but not noted
            server.asked.clear()
            (tmp_path / str(at)).mkdir()
            settings = a_question_waits(tmp_path / str(at)) | crm

            killed(whole_pass, settings, NOW, at)
            whole_pass(settings, NOW + LATER)

            heard = [told(one)["id"] for one in server.asked]
            assert list(dict.fromkeys(heard)) == expected, f"killed {commits[at]} ({at})"
            assert len(heard) <= len(expected) + 1
