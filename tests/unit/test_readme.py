"""The README cannot lie: its tables are those of the code."""

from __future__ import annotations

from pathlib import Path

from crmlink.app.settings import documentation
from crmlink.cli.main import COMMANDS
from crmlink.drafts.context import TEMPLATE_CONTRACT

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_it_as_the_code_has_it() -> None:
    assert documentation() in README


def test_every_command_stands_in_it() -> None:
    assert [name for name in COMMANDS if f"| `crmlink {name}" not in README] == []


def test_every_template_variable_stands_in_it() -> None:
    rows = [f"| `{one.name}` | {one.type} | {one.example} | {one.meaning} |" for one in TEMPLATE_CONTRACT]
    assert [row for row in rows if row not in README] == []
