"""The wheel, installed in a fresh environment far from the checkout, does the job: templates and migrations are in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTION = b"""From: Gijs Bakker <gijs@bakker.example>\r
To: Marleen <marleen@example.nl>\r
Subject: Offerte\r
Date: Mon, 02 Mar 2026 10:00:00 +0100\r
Message-ID: <ask@test.example>\r
\r
Hoi Marleen,\r
\r
Kun je me laten weten of de levertijd nog klopt?\r
\r
Groet,\r
Gijs\r
"""


def test_an_installed_wheel_places_a_draft(tmp_path: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on this machine: python3 -m pip install uv")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("CRMLINK_", "VIRTUAL_ENV", "UV_RUN"))
    }
    _run([uv, "build", "--wheel", "--out-dir", tmp_path / "dist", ROOT], clean)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    _run([uv, "venv", "--python", f"{sys.version_info.major}.{sys.version_info.minor}", tmp_path / "venv"], clean)
    python = tmp_path / "venv" / "bin" / "python"
    _run([uv, "pip", "install", "--python", python, wheel], clean)

    mail = tmp_path / "Maildir"
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (mail / folder / part).mkdir(parents=True, exist_ok=True)
    (mail / "cur" / "1:2,S").write_bytes(QUESTION)
    settings = {
        "CRMLINK_ME": "Marleen <marleen@example.nl>",
        "CRMLINK_MAIL": f"maildir://{mail}",
        "CRMLINK_DATABASE": str(tmp_path / "ledger.db"),
        "CRMLINK_LOOKBACK_DAYS": "36500",
    }
    _run([tmp_path / "venv" / "bin" / "crmlink", "scan"], clean | settings, cwd=tmp_path)
    (draft,) = (mail / ".Drafts" / "cur").iterdir()
    assert b"Hoi Gijs," in draft.read_bytes()
    _run([tmp_path / "venv" / "bin" / "crmlink", "help", "privacy"], clean, cwd=tmp_path)


def _run(command: list[str | Path], environment: dict[str, str], cwd: Path = ROOT) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
