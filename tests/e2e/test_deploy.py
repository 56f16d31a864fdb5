"""What `crmlink init` writes for systemd and for a container: systemd itself judges the units."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crmlink.app.setup.deploy.forms import ONE_ACCOUNT, containerfile, unit, user_unit
from crmlink.ledger.open import sqlite_path
from tests.e2e.office import Done, run_here
from tests.servers.plugin import not_here

ROOT = Path(__file__).parents[2]
PASSWORD = "kanarie-wachtwoord"


def _init(directory: Path, *arguments: str, **settings: str) -> Done:
    return run_here(["init", *arguments], settings, directory)


def _analyze(*arguments: str, runtime: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What systemd says of a unit; it is not run."""
    if shutil.which("systemd-analyze") is None:
        not_here("systemd-analyze is not installed; `sudo .ci/install` does it")
    environment = os.environ | ({"XDG_RUNTIME_DIR": str(runtime)} if runtime else {})
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """Something that can be started, under a path like that of an installed crmlink."""
    path = tmp_path / "bin" / "crmlink"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def written(tmp_path: Path, program: str) -> Path:
    path = tmp_path / "crmlink.service"
    path.write_text(unit(program, ONE_ACCOUNT))
    return path


def test_systemd_understands_every_line_of_the_unit(written: Path) -> None:
    done = _analyze("verify", "--man=no", str(written))
    assert (done.returncode, [line for line in done.stderr.splitlines() if written.name in line]) == (0, [])


def test_systemd_finds_the_unit_as_closed_as_the_readme_says(written: Path) -> None:
    done = _analyze("security", "--offline=true", "--threshold=30", "--no-pager", str(written))
    assert done.returncode == 0, done.stdout
    found = re.search(r"Overall exposure level for crmlink.service: ([\d.]+)", done.stdout)
    assert found
    said = re.search(r"exposure of ([\d.]+) ", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert said
    assert abs(float(found[1]) - float(said[1])) < 0.5  # releases of systemd weigh a little differently


def test_systemd_understands_every_line_of_the_unit_of_a_user(tmp_path: Path, program: str) -> None:
    path = tmp_path / "user" / "crmlink.service"
    path.parent.mkdir()
    path.write_text(user_unit(program))
    done = _analyze("verify", "--man=no", "--user", str(path), runtime=tmp_path)
    assert (done.returncode, [line for line in done.stderr.splitlines() if path.name in line]) == (0, [])


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "Restart=on-failure",
        "RestartSec=30",
        "RestartPreventExitStatus=77 78",
        "StartLimitBurst=5",
        "StateDirectoryMode=0700",
        "UMask=0077",
        "MemoryMax=512M",
        "LoadCredential=mail_password:/etc/crmlink/mail_password",
    ],
)
def test_the_unit_has_what_a_daemon_needs(written: Path, line: str) -> None:
    assert line in written.read_text().splitlines()


def test_each_account_gets_its_own_credentials_and_no_password_is_printed(tmp_path: Path) -> None:
    settings = {
        "ACCOUNTS": "jan,piet",
        "JAN__ME": "jan@firma.example",
        "JAN__MAIL": "imaps://jan@imap.firma.example",
        "JAN__MAIL_PASSWORD": PASSWORD,
        "JAN__CALENDAR": "https://dav.firma.example/",
        "JAN__CALENDAR_USER": "jan",
        "JAN__CALENDAR_PASSWORD": PASSWORD,
        "PIET__ME": "piet@firma.example",
        "PIET__MAIL": f"maildir://{tmp_path}",
    }
    done = _init(tmp_path, "--systemd", **settings)
    assert (done.code, re.findall(r"^LoadCredential=(\w+):", done.out, re.MULTILINE)) == (
        0,
        ["jan__mail_password", "jan__calendar_password"],
    )
    assert PASSWORD not in done.out + done.err


def test_who_logs_in_by_token_needs_the_client_secret_and_no_password(tmp_path: Path) -> None:
    settings = {"ME": "jan@firma.example", "MAIL": "imaps://jan@imap.gmail.com", "MAIL_AUTH": "google"}
    done = _init(tmp_path, "--systemd", **settings, OAUTH_CLIENT_ID="id", OAUTH_CLIENT_SECRET=PASSWORD)
    assert re.findall(r"^LoadCredential=(\w+):", done.out, re.MULTILINE) == ["oauth_client_secret"]
    assert PASSWORD not in done.out + done.err


def test_the_unit_of_a_user_reads_that_users_settings_and_can_be_reloaded(tmp_path: Path) -> None:
    done = _init(tmp_path, "--systemd", "--user")
    assert done.code == 0
    assert re.search(r"^ExecStart=/\S+ --env-file %E/crmlink/.env daemon$", done.out, re.MULTILINE)
    assert "ExecReload=/bin/kill -HUP $MAINPID" in done.out
    assert "LoadCredential" not in done.out


def test_without_settings_it_is_the_unit_of_one_account(tmp_path: Path) -> None:
    done = _init(tmp_path, "--systemd")
    assert done.code == 0
    assert re.findall(r"^LoadCredential=(\w+):", done.out, re.MULTILINE) == ["mail_password"]


def test_the_state_directory_is_where_the_ledger_goes(tmp_path: Path) -> None:
    code = "from crmlink.app.config.settings import DEFAULT_DATABASE; print(DEFAULT_DATABASE)"
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert sqlite_path(done.stdout.strip()) == tmp_path / "crmlink" / "ledger.db"


@pytest.mark.parametrize(("option", "name"), [("--systemd", "crmlink.service"), ("--container", "Containerfile")])
def test_it_writes_a_file_and_replaces_none(tmp_path: Path, option: str, name: str) -> None:
    assert _init(tmp_path, option, "--write", str(tmp_path)).code == 0
    before = (tmp_path / name).read_bytes()
    done = _init(tmp_path, option, "--write", str(tmp_path))
    assert (done.code, "is there already" in done.err) == (2, True)
    assert (tmp_path / name).read_bytes() == before
    assert _init(tmp_path, option, "--write", str(tmp_path / "none")).code == 2


@pytest.mark.parametrize("program", ["crmlink", "/opt/my programs/crmlink", "/opt/%h/crmlink", "/opt/a\nExecStop=/x"])
def test_a_path_that_means_something_else_in_a_unit_is_refused(program: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a unit"):
        unit(program, ONE_ACCOUNT)


def test_the_container_takes_named_files_that_exist_and_is_not_root(tmp_path: Path) -> None:
    text = containerfile()
    assert text == _init(tmp_path, "--container").out
    copied = [word for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert not {".", ".env"} & set(copied)
    assert re.search(r"^USER [1-9]\d*$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert 'CMD ["crmlink", "status"]' in text
