"""The help cannot lie: every command, option, setting and variable that it and the README name is there."""

from __future__ import annotations

import importlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from crmlink.app.config.load_settings import PREFIX
from crmlink.app.config.settings import Settings
from crmlink.cli.help import TOPICS, topic_text
from crmlink.cli.main import COMMANDS
from crmlink.drafts.context import TEMPLATE_CONTRACT
from tests.e2e.office import environment_of, run_here

README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
TEXTS = {**{topic: topic_text(topic) for topic in TOPICS}, "README": README}
CALL = re.compile(r"(?:`|^    )crmlink (?:-v )?([a-z]+)((?: [a-z]+\b)?)([^\n`|#]*)", re.MULTILINE)
SETTINGS = {name.upper() for name in Settings.model_fields}
PLACEHOLDERS = {"ID", "WHO", "DATE", "DATETIME", "FILE", "DIR", "ADDR", "TOPIC", "COMMAND"}


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_and_option_it_names_is_there(name: str) -> None:
    called = CALL.findall(TEXTS[name])
    assert called or name == "templates"
    for first, second, rest in called:
        assert first in COMMANDS
        command = _command([first, *second.split()])
        options = {flag for one in command.params for flag in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options, (first, rest)


def _command(path: list[str]) -> click.Command:
    command: click.Command = importlib.import_module(f"crmlink.cli.{path[0]}").command
    if isinstance(command, click.Group) and len(path) > 1:
        assert path[1] in command.commands, path
        return command.commands[path[1]]
    return command


@pytest.mark.parametrize("name", TEXTS)
def test_every_setting_it_names_is_there(name: str) -> None:
    text = TEXTS[name]
    # An account has settings of its own: CRMLINK_JAN__MAIL.
    prefixed = {name.rpartition("__")[2] for name in re.findall(rf"(?<!_){PREFIX}([A-Z_]+)", text)}
    quoted = set(re.findall(r"`([A-Z]{2,}(?:_[A-Z]+)*)`", text)) - PLACEHOLDERS
    # The README quotes other names as well (SIGTERM, NL); with an underscore they are settings.
    quoted = {word for word in quoted if "_" in word} if name == "README" else quoted
    assert prefixed | quoted <= SETTINGS


def test_every_template_variable_stands_in_it() -> None:
    rows = [f"| `{one.name}` | {one.type} | {one.meaning} |" for one in TEMPLATE_CONTRACT]
    assert [row for row in rows if row not in topic_text("templates")] == []


def test_every_topic_has_a_text_and_every_text_is_a_topic() -> None:
    shipped = {path.stem for path in (Path(__file__).parents[3] / "crmlink" / "cli" / "topics").glob("*.md")}
    assert shipped == set(TOPICS)
    for topic, title in TOPICS.items():
        assert topic_text(topic).startswith(f"# {title.rstrip('.')}\n")


def test_it_is_plain_where_nobody_looks(tmp_path: Path) -> None:
    assert run_here(["help", "faq"], {}, tmp_path).out == topic_text("faq")
    assert all(topic in run_here(["help"], {}, tmp_path).out for topic in TOPICS)
    assert "--dry-run" in run_here(["help", "scan"], {}, tmp_path).out
    done = run_here(["help", "koffie"], {}, tmp_path)
    assert (done.code, "There is no help on koffie" in done.err) == (2, True)


def test_it_is_rendered_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    environment = environment_of({}) | {"TERM": "xterm-256color", "COLUMNS": "80"}
    subprocess.run([sys.executable, "-m", "crmlink", "help", "daemon"], stdout=theirs, env=environment, check=True)
    shown = _read(ours)
    assert "\x1b[" in shown
    assert "# Running" not in shown
    assert "Running it all the time" in shown


def _read(descriptor: int) -> str:
    """What was written to the terminal; it is short enough to wait there whole."""
    return os.read(descriptor, 60_000).decode("utf-8", "replace")


def test_the_shell_completes_commands_and_options() -> None:
    asked = {"_CRMLINK_COMPLETE": "bash_complete", "COMP_WORDS": "crmlink expor", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "from crmlink.cli.main import run; run()"],
        env=environment_of({}) | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "plain,export\n"
