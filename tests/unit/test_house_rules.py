"""Rules of the house that no linter knows: size of modules, one meaning per folder, nothing that sends."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "crmlink"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
MOST_LINES = 300
BUCKETS = {"utils", "util", "helpers", "helper", "common", "misc", "types", "base"}
TOP_LEVEL = {
    ".ci", ".env.example", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "crmlink", "pyproject.toml", "templates", "tests", "uv.lock",
}  # fmt: skip


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_one_concept_of_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert path.stem not in BUCKETS


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring is not None
    assert len(docstring.splitlines()[0]) > 20


def test_nothing_can_send() -> None:
    words = re.compile(r"\bsmtplib\b|\bsendmail\b|\bsend_message\b|\.send_mail\(|smtp\.", re.IGNORECASE)
    found = [_name(path) for path in MODULES if words.search(_code(path))]
    assert found == []


def test_scanning_loads_no_module_that_sends() -> None:
    code = "import crmlink.app.scan, crmlink.app.service.daemon, sys; print('smtplib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_help_loads_only_what_it_needs() -> None:
    heavy = ["rich", "sqlalchemy", "icalendar", "caldav", "pydantic", "holidays", "jinja2", "imapclient"]
    code = f"import crmlink.cli.main, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_top_level_holds_what_was_agreed_and_nothing_more() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {path.partition("/")[0] for path in listed} <= TOP_LEVEL


def _code(path: Path) -> str:
    """The text of a module without its docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)
