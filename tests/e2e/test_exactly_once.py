"""Never twice, never lost, as the owner sees it: the command line, a real mailbox, and all that can happen to both."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, Office, environment_of
from tests.faults.imap_faults import Renumber, Silence, Strike, answer_to
from tests.faults.wire import At
from tests.servers import mailboxes

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
LEDGER = ("ledger.db", "ledger.db-wal", "ledger.db-shm")


@pytest.fixture
def asked(on_dovecot: Office) -> Office:
    """Gijs waits for an answer."""
    on_dovecot.receive("ask", GIJS, QUESTION, days_ago=8)
    return on_dovecot


def decisions(office: Office) -> list[str]:
    return [one["decision"] for one in office.scan()]


def appends(office: Office) -> int:
    assert office.watch
    return office.watch.mail.count("APPEND")


def keep(office: Office, aside: Path) -> None:
    """Make a backup of the ledger."""
    aside.mkdir()
    for name in LEDGER:
        if (office.directory / name).exists():
            shutil.copy(office.directory / name, aside / name)


def lose(office: Office, *, cache: bool = True) -> None:
    """The ledger is gone."""
    for path in office.directory.glob("ledger.db*"):
        if cache or "cache" not in path.name:
            path.unlink()


def restore(office: Office, aside: Path) -> None:
    """Put the backup back, beside whatever the cache holds by now."""
    lose(office, cache=False)
    for path in aside.iterdir():
        shutil.copy(path, office.directory / path.name)


def test_a_second_run_without_news_stores_nothing(asked: Office) -> None:
    assert decisions(asked) == ["draft"]
    assert decisions(asked) == ["drafted"]
    assert (len(asked.drafts()), appends(asked)) == (1, 1)


def test_one_mail_in_three_folders_gets_one_draft(asked: Office) -> None:
    with mailboxes.connected(asked.mail) as client:
        client.create_folder("Klanten")
    (raw,) = mailboxes.messages(asked.mail, "INBOX")
    for folder in ("Archive", "Klanten"):
        mailboxes.deliver(asked.mail, raw, folder)

    assert decisions(asked) == ["draft"]
    assert decisions(asked) == ["drafted"]
    assert len(asked.drafts()) == 1


def test_a_mail_that_is_filed_away_gets_no_second_draft(asked: Office) -> None:
    asked.scan()
    with mailboxes.connected(asked.mail) as client:
        client.select_folder("INBOX")
        client.move(client.search(), "Archive")

    assert decisions(asked) == ["drafted"]
    assert len(asked.drafts()) == 1


@pytest.mark.parametrize("folder", ["INBOX", "Drafts", "Sent"])
def test_a_renumbered_folder_is_read_anew_and_gets_no_second_draft(asked: Office, folder: str) -> None:
    asked.scan()
    assert asked.watch
    asked.watch.mail.faults = (Renumber(folder),)

    assert decisions(asked) == ["drafted"]
    assert decisions(asked) == ["drafted"]
    assert appends(asked) == 1


def owner_deletes(office: Office) -> None:
    _move_draft(office, "Trash")


def owner_sends(office: Office) -> None:
    _move_draft(office, "Sent")


def owner_edits(office: Office) -> None:
    """As many clients do: a new message with a new name in the same thread, and no flag that it is a draft."""
    (draft,) = office.drafts()
    draft.replace_header("Message-ID", "<van-het-programma@example.nl>")
    draft.set_content("Hoi Gijs,\n\nDie klopt nog.\n\nGroet,\nMarleen")
    office.delete_draft()
    mailboxes.deliver(office.mail, draft.as_bytes(policy=SMTP), "Drafts", ("\\Seen",))


def owner_does_nothing(_office: Office) -> None:
    """The draft lies there."""


def _move_draft(office: Office, target: str) -> None:
    with mailboxes.connected(office.mail) as client:
        client.select_folder("Drafts")
        client.move(client.search(), target)


FATES = [owner_does_nothing, owner_deletes, owner_sends, owner_edits]


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("whole", [False, True], ids=["yesterdays ledger", "no ledger"])
def test_another_ledger_makes_no_second_draft(asked: Office, tmp_path: Path, fate: object, *, whole: bool) -> None:
    assert callable(fate)
    asked.crmlink("scan", "--since", "2099-01-01")  # a ledger from before there was anything to draft
    keep(asked, tmp_path / "aside")
    assert decisions(asked) == ["draft"]
    fate(asked)
    lying = mailboxes.messages(asked.mail, "Drafts")
    if whole:
        lose(asked)
    else:
        restore(asked, tmp_path / "aside")

    for _ in range(2):
        asked.scan()

    assert appends(asked) == 1
    assert mailboxes.messages(asked.mail, "Drafts") == lying


def test_a_second_crmlink_steps_back_while_the_first_is_at_work(asked: Office) -> None:
    assert asked.watch
    asked.watch.mail.faults = (Silence(At("APPEND")),)
    first = subprocess.Popen(
        [sys.executable, "-m", "crmlink", "scan"],
        env=environment_of(asked.environment()),
        cwd=asked.directory,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert asked.watch.mail.strikes()
        second = asked.crmlink("scan")
        assert (second.code, f"pid {first.pid}" in second.err) == (75, True), second.err
    finally:
        first.kill()
        first.wait()
    asked.watch.mail.faults = ()
    assert decisions(asked) == ["hold"]  # it may have arrived: looked for now, and again after two minutes
    assert asked.drafts() == []


@pytest.mark.parametrize("when", ["before the answer to the draft", "before the draft is taken"])
def test_a_killed_crmlink_leaves_one_draft_or_one_on_its_way(asked: Office, when: str) -> None:
    assert asked.watch
    stored = when == "before the answer to the draft"
    at = answer_to("APPEND") if stored else At("APPEND")
    started: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        started[0].kill()

    asked.watch.mail.faults = (Strike(at, kill),)
    program = [sys.executable, "-m", "crmlink", "scan"]
    environment = environment_of(asked.environment())
    started.append(subprocess.Popen(program, env=environment, cwd=asked.directory, stdout=subprocess.DEVNULL))
    assert started[0].wait(60) == -signal.SIGKILL
    asked.watch.mail.faults = ()

    assert decisions(asked) == ["drafted" if stored else "hold"]
    assert len(asked.drafts()) == stored
