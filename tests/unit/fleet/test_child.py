"""The process that makes the passes, with a pass that never ends in the place of a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from crmlink.fleet.keys import new_key

FIRST = {"database": "postgresql://nobody@127.0.0.1/none", "directory": "/nowhere", "keys": [new_key()]}
PROGRAM = """
import sys
from contextlib import nullcontext
from crmlink.app.gathering.deadline import Limit, TooLongError, limited
from crmlink.fleet import child
from crmlink.fleet.told import Told
from crmlink.fleet.turns import Ending

def endless(fleet, keys, here, address):
    print("a library says hello")
    try:
        with limited(Limit(float(address), 600)):
            while True:
                pass
    except TooLongError:
        return Told(Ending.FAILED, "interrupted")

child.open_fleet, child.one_pass = lambda database: nullcontext(), endless
child.main()
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    """A child that was told the settings."""
    command = [sys.executable, "-c", PROGRAM]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        say(process, FIRST)
        yield process
        process.kill()


def say(child: subprocess.Popen[str], line: object) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{json.dumps(line)}\n")
    child.stdin.flush()


def test_a_pass_that_never_ends_is_interrupted_and_nothing_but_answers_is_said(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    for _ in range(2):
        say(child, {"address": "0.1"})
        told = json.loads(child.stdout.readline())
        assert (told["ending"], told["reason"]) == ("failed", "interrupted")


def test_it_is_gone_in_the_middle_of_a_pass_when_its_worker_is(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    say(child, {"address": "600"})
    child.stdin.close()
    assert child.wait(60) == 0


def test_it_stops_in_the_middle_of_a_pass_when_it_is_told_to(child: subprocess.Popen[str]) -> None:
    assert child.stderr is not None
    say(child, {"address": "600"})
    assert "hello" in child.stderr.readline()
    child.terminate()
    assert child.wait(60) == 0
