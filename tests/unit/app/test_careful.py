"""No item stops a pass: it is tried three times, then left alone until it changes or another crmlink comes."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from crmlink.app.clock import frozen_clock
from crmlink.app.gathering.black_box import BlackBox
from crmlink.app.gathering.careful import TRIES, Careful, Item, Unread
from crmlink.app.gathering.deadline import Limit, TooLongError, limited
from crmlink.ledger.open import open_ledger
from tests.ledger_examples import ME, NOW

SHORT = Limit(0.2, 30)
MAIL = Item("mail", "INBOX;7;12", "900")


def broken() -> NoReturn:
    raise ZeroDivisionError("geheime tekst")


def endless() -> int:
    return sum(1 for _ in count())


def swallowing() -> int:
    for number in count():
        with contextlib.suppress(Exception):
            endless()
        if number > 100:
            break
    return 0


def matching() -> object:
    return re.match(r"(a|a)*$", "a" * 60 + "b")


@contextmanager
def opened(path: Path, now: datetime = NOW) -> Iterator[Careful]:
    with open_ledger(str(path), read_only=False) as ledger, BlackBox(path.with_name("box")) as box:
        yield Careful(ledger.quarantine, ME, frozen_clock(now), box, SHORT)


def one_pass(path: Path, reading: Callable[[], object], item: Item = MAIL) -> tuple[object, int]:
    """What a pass got of the item, and how many items it left alone."""
    with opened(path) as careful:
        return careful.read(item, reading), careful.left_alone("mail")


def code(found: object) -> str | None:
    assert isinstance(found, Unread)
    return found.problem.code if found.problem else None


@pytest.mark.parametrize("reading", [broken, endless, swallowing, matching])
def test_what_breaks_or_has_no_end_is_tried_three_times_and_then_never_again(
    reading: Callable[[], object], tmp_path: Path
) -> None:
    passes = [one_pass(tmp_path / "ledger.db", reading) for _ in range(TRIES)]
    assert [code(found) for found, _ in passes] == ["mail.reading-broke", "mail.reading-broke", "mail.quarantined"]
    calls: list[int] = []
    assert one_pass(tmp_path / "ledger.db", lambda: calls.append(1)) == (Unread(), 1)
    assert calls == []


def test_the_problem_names_the_item_and_the_error_but_no_text(tmp_path: Path) -> None:
    found, _ = one_pass(tmp_path / "ledger.db", broken)
    assert isinstance(found, Unread)
    assert found.problem is not None
    assert found.problem.subject == MAIL.name
    assert "ZeroDivisionError" in found.problem.message
    assert "geheime" not in found.problem.message + found.problem.hint


def test_a_success_wipes_out_earlier_tries(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for _ in range(2):
        one_pass(path, broken)
        assert one_pass(path, lambda: "gelezen")[0] == "gelezen"
    with open_ledger(str(path), read_only=True) as ledger:
        assert ledger.quarantine.all(ME) == ()


def test_a_changed_item_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for _ in range(TRIES):
        one_pass(path, broken)
    assert one_pass(path, lambda: "nieuw", Item("mail", MAIL.name, "901"))[0] == "nieuw"
    assert one_pass(path, lambda: "oud")[0] == "oud"


def test_another_crmlink_reads_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    for _ in range(TRIES):
        one_pass(path, broken)
    monkeypatch.setattr("crmlink.app.gathering.careful.version", lambda _name: "99.0")
    assert code(one_pass(path, broken)[0]) == "mail.reading-broke"
    assert one_pass(path, lambda: "beter")[0] == "beter"


def test_the_sender_is_kept_through_the_tries(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with opened(path) as careful:
        careful.read(MAIL, broken)
        careful.note_sender(MAIL, "gijs@bakker.example")
    one_pass(path, broken)
    with open_ledger(str(path), read_only=True) as ledger:
        assert [(one.sender, one.tries) for one in ledger.quarantine.all(ME)] == [("gijs@bakker.example", 2)]


def test_items_long_out_of_the_window_are_forgotten(tmp_path: Path) -> None:
    one_pass(tmp_path / "ledger.db", broken)
    with open_ledger(str(tmp_path / "ledger.db"), read_only=False) as ledger:
        assert ledger.quarantine.prune(ME, tried_before=NOW) == 0
        assert ledger.quarantine.prune(ME, tried_before=NOW.replace(year=NOW.year + 1)) == 1


def test_ctrl_c_is_no_fault_of_the_item(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"

    def stopped() -> NoReturn:
        raise KeyboardInterrupt

    for _ in range(TRIES + 1):
        with pytest.raises(KeyboardInterrupt):
            one_pass(path, stopped)
    assert one_pass(path, lambda: "gelezen")[0] == "gelezen"


ENDS_THE_PROCESS = {
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", signal.SIGKILL),
    "out of reach of Python": ("from itertools import repeat; sum(repeat(0))", signal.SIGVTALRM),
}


@pytest.mark.parametrize(("deed", "number"), ENDS_THE_PROCESS.values(), ids=ENDS_THE_PROCESS)
def test_an_item_that_takes_the_process_down_is_left_alone_after_three_starts(
    deed: str, number: signal.Signals, tmp_path: Path
) -> None:
    program = f"""
import sys
from pathlib import Path
from crmlink.app.gathering.black_box import BlackBox
from crmlink.app.gathering.careful import Careful, Item
from crmlink.app.clock import system_clock
from crmlink.app.gathering.deadline import Limit
from crmlink.ledger.open import open_ledger
path = Path(sys.argv[1])
def reading():
    {deed}
with open_ledger(str(path), read_only=False) as ledger, BlackBox(path.with_name("box")) as box:
    careful = Careful(ledger.quarantine, {ME!r}, system_clock(), box, Limit(0.1, 0.3))
    print(careful.read(Item("mail", "INBOX;7;12", "900"), reading))
"""
    path = tmp_path / "ledger.db"
    command = [sys.executable, "-c", program, str(path)]
    ends = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(TRIES + 1)]
    assert [end.returncode for end in ends] == [-number] * TRIES + [0], ends[-1].stderr
    assert ends[-1].stdout.startswith("Unread(problem=None")
    assert one_pass(path, lambda: "ander", Item("mail", "INBOX;7;13", "900"))[0] == "ander"


def test_the_limit_is_processor_time_and_leaves_nothing_armed() -> None:
    with pytest.raises(TooLongError), limited(SHORT):
        endless()
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) == signal.SIG_DFL
    with limited(SHORT):
        threading.Event().wait(0.5)


def test_outside_the_main_thread_the_block_simply_runs() -> None:
    ran: list[bool] = []

    def run() -> None:
        with limited(SHORT):
            ran.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert ran == [True]


def test_a_box_tells_the_last_item_and_a_very_long_name_is_cut(tmp_path: Path) -> None:
    with BlackBox(tmp_path / "box") as box:
        assert box.last() == ""
        box.write("é" * 9_000)
    with BlackBox(tmp_path / "box") as box:
        assert box.last().startswith("é" * 2_000)
        box.write("")
    with BlackBox(tmp_path / "box") as box:
        assert box.last() == ""
    assert (tmp_path / "box").stat().st_mode & 0o077 == 0
