"""Passwords stay out of version control, and out of child processes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crmlink.app.child_environment import without_settings
from crmlink.app.config.work_tree import refuse_in_work_tree
from crmlink.model.errors import SettingsError


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A git work tree with a directory in it."""
    _git(tmp_path, "init", "--quiet")
    (tmp_path / "deep").mkdir()
    return tmp_path


def _git(place: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(place), *arguments], check=True, capture_output=True)


@pytest.mark.parametrize("name", [".env", "deep/.env", "deep/own.env"])
def test_a_file_that_would_be_committed_is_refused(tree: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="not ignored") as caught:
        refuse_in_work_tree(tree / name)
    assert caught.value.exit_code == 78
    assert ".gitignore" in caught.value.hint


@pytest.mark.parametrize("name", [".env", "deep/.env"])
def test_an_ignored_file_is_fine_unless_git_has_it_already(tree: Path, name: str) -> None:
    (tree / ".gitignore").write_text(".env\n")
    (tree / name).write_text("CRMLINK_MAIL_PASSWORD=geheim\n")
    refuse_in_work_tree(tree / name)
    _git(tree, "add", "--force", name)
    with pytest.raises(SettingsError):
        refuse_in_work_tree(tree / name)


def test_outside_a_work_tree_there_is_nothing_to_refuse(tmp_path: Path) -> None:
    refuse_in_work_tree(tmp_path / ".env")


def test_a_repository_cannot_have_a_program_run(tree: Path) -> None:
    hook = tree / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {tree}/ran\n")
    hook.chmod(0o755)
    _git(tree, "config", "core.fsmonitor", str(hook))
    with pytest.raises(SettingsError):
        refuse_in_work_tree(tree / ".env")
    assert not (tree / "ran").exists()


def test_without_git_nobody_commits(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    refuse_in_work_tree(tree / ".env")


def test_a_child_sees_no_setting() -> None:
    seen = without_settings({"PATH": "/bin", "CRMLINK_MAIL_PASSWORD": "x", "CREDENTIALS_DIRECTORY": "/run/x"})
    assert seen == {"PATH": "/bin"}
