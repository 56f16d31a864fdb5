"""The README cannot lie: its tables are those of the code."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from crmlink.app.config.settings_texts import documentation
from crmlink.app.setup.providers import documentation as providers_documentation
from crmlink.cli.main import COMMANDS
from crmlink.demo.stage import ZONE
from tests.unit.demo.week_in_memory import scan_on

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_it_as_the_code_has_it() -> None:
    assert documentation() in README


def test_every_provider_stands_in_it_as_the_table_has_it() -> None:
    assert providers_documentation() in README


def test_every_command_stands_in_it() -> None:
    assert [name for name in COMMANDS if f"| `crmlink {name}" not in README] == []


def test_the_letters_in_it_are_real_drafts_of_the_demo() -> None:
    result = scan_on(datetime(2026, 3, 11, 10, 30, tzinfo=ZONE))
    written = {" ".join(draft.body.split()) for draft in result.drafts.values()}
    shown = [_unquoted(block) for block in re.findall(r"(?:^>.*\n)+", README, re.MULTILINE)]
    assert len(shown) == 6
    assert [letter for letter in shown if letter not in written] == []


def _unquoted(block: str) -> str:
    lines = (line.removeprefix(">").strip().removesuffix("\\") for line in block.splitlines())
    return " ".join(" ".join(lines).split())
