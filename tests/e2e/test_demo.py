"""`crmlink demo` as a person calls it: as its own process, on real servers, and nothing left behind."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crmlink.demo.servers import mailboxes
from crmlink.demo.servers.accounts import ImapAccount

ROOT = Path(__file__).parents[2]
NOTHING_NEW = "Nothing new: the Drafts folder is byte for byte as it was."
HEADING = re.compile(r"Draft (\d+) of (\d+), as it lies in the Drafts folder")
LAST_LINE_OF_KEEP = "The servers run until you press Ctrl-C"


@dataclass(slots=True)
class Corner:
    """A directory of its own for temporary files and state, so that whatever is left behind shows."""

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """The command line, as `python -m crmlink`."""
        return [sys.executable, "-m", "crmlink", *arguments]

    def left_behind(self) -> list[str]:
        """Files and processes that are still there."""
        files = [str(path) for path in self.directory.iterdir()]
        return files + [line for line in _processes() if str(self.directory) in line]


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """An empty corner; settings of the person who runs the tests do not reach into it."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
    return Corner(directory, clean | {"TMPDIR": str(directory), "COLUMNS": "100", "PYTHONPATH": str(ROOT)})


@contextmanager
def running(corner: Corner, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The demo while it runs, in a session of its own; ended whatever happens."""
    demo = subprocess.Popen(
        corner.command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=corner.environment,
        cwd=corner.directory.parent,
        start_new_session=True,
    )
    try:
        yield demo
    finally:
        demo.kill()
        demo.communicate()


def test_the_demo_shows_what_it_found_and_the_drafts_and_that_a_second_scan_adds_nothing(corner: Corner) -> None:
    done = subprocess.run(
        corner.command("demo"),
        capture_output=True,
        text=True,
        env=corner.environment,
        cwd=corner.directory.parent,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    headings = HEADING.findall(done.stdout)
    assert [int(number) for number, _ in headings] == list(range(1, len(headings) + 1))
    assert {int(total) for _, total in headings} == {len(headings)}
    assert done.stdout.count("draft placed") == len(headings) >= 4
    for greeting in ("Hoi Joost,", "Dear Dr Hartley,", "Hi Tom,"):
        assert greeting in done.stdout
    for said in ("the other side broke it", "hold", "skip", NOTHING_NEW):
        assert said in _flowing(done.stdout)
    assert max(len(line) for line in done.stdout.splitlines()) <= 100
    assert corner.left_behind() == []


def test_kept_servers_can_be_used_from_elsewhere_until_ctrl_c(corner: Corner) -> None:
    with running(corner, "demo", "--keep") as demo:
        shown = _until(demo, LAST_LINE_OF_KEEP)
        account = _account(shown)
        for raw in mailboxes.messages(account, "Drafts"):
            assert _body(raw) in _flowing(shown)

        (line,) = (one for one in shown.splitlines() if one.endswith(" owed"))
        owed = subprocess.run(
            shlex.split(line), capture_output=True, text=True, cwd=corner.directory, timeout=60, check=False
        )
        assert (owed.returncode, owed.stderr) == (0, "")
        assert "Ingrid" in owed.stdout

        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=30)

    assert (demo.returncode, errors) == (0, "")
    assert "Stopped: the servers have ended" in rest
    assert corner.left_behind() == []
    with pytest.raises(ConnectionRefusedError), socket.create_connection((account.host, account.port), timeout=5):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_stopped_in_the_middle_it_leaves_nothing_behind(corner: Corner, number: signal.Signals) -> None:
    with running(corner, "demo") as demo:
        _until(demo, "Starting a mail server")
        demo.send_signal(number)
        _, errors = demo.communicate(timeout=30)
    assert demo.returncode == 130
    assert "Traceback" not in errors
    assert corner.left_behind() == []


def test_without_its_servers_it_says_in_two_lines_how_to_get_them(corner: Corner) -> None:
    code = (
        "import sys; sys.modules['radicale'] = None; from crmlink.cli.main import run; sys.argv[1:] = ['demo']; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=corner.environment, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    told, remedy = done.stderr.splitlines()
    assert told == "crmlink: the demo needs radicale"
    assert "pip install 'crmlink[demo]'" in remedy


def _until(demo: subprocess.Popen[str], words: str) -> str:
    """What it prints, up to and with the line that holds these words."""
    assert demo.stdout is not None
    shown = ""
    while words not in shown:
        line = demo.stdout.readline()
        assert line, f"ended after: {shown}"
        shown += line
    return shown


def _account(shown: str) -> ImapAccount:
    found = re.search(r"host (\S+), port (\d+), user (\S+), password (\S+)", shown)
    assert found
    host, port, user, password = found.groups()
    return ImapAccount(host, int(port), user, password, None, None)


def _body(raw: bytes) -> str:
    return _flowing(str(email.message_from_bytes(raw, policy=email.policy.default).get_content()))


def _flowing(text: str) -> str:
    """Without line ends: the terminal breaks lines where it likes."""
    return " ".join(text.split())


def _processes() -> list[str]:
    """The command line and the working directory of every process."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found.append(f"{words} {(place / 'cwd').readlink()}")
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return found
