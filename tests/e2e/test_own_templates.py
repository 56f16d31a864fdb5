"""The owner's own templates as the owner meets them: check, scan by hand, and the daemon; on a Maildir, without servers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.office import GIJS, NOW, Done, run_here

ME = "Marleen van der Veen <marleen@example.nl>"
ELS = "Els Smit <els@smit.example>"
PATIENCE = 120.0  # seconds; only a daemon that hangs needs them


@dataclass(frozen=True, slots=True)
class Desk:
    """A Maildir with a question (answered by nl/unanswered) and a broken promise (nl/promise), and a template folder."""

    directory: Path

    @property
    def settings(self) -> dict[str, str]:
        return {
            "ME": ME,
            "MAIL": f"maildir://{self.directory}/Maildir",
            "DATABASE": str(self.directory / "ledger.db"),
            "TEMPLATES": str(self.directory / "templates"),
        }

    def own(self, name: str, text: str) -> Path:
        path = self.directory / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def crmlink(self, *arguments: str) -> Done:
        return run_here(arguments, self.settings, self.directory)

    def drafts(self) -> int:
        return sum(1 for part in ("cur", "new") for _ in (self.directory / "Maildir" / ".Drafts" / part).iterdir())

    def deliver(self, folder: str, name: str, sender: str, to: str, text: str, days_ago: float) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, "Offerte"
        message["Date"] = format_datetime(NOW() - timedelta(days=days_ago))
        message["Message-ID"] = f"<{name}@test.example>"
        message.set_content(text)
        (self.directory / "Maildir" / folder / "cur" / f"{name}:2,S").write_bytes(message.as_bytes())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "templates").mkdir()
    desk = Desk(tmp_path)
    question = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs"
    desk.deliver("", "ask", GIJS, ME, question, 9)
    desk.deliver(".Sent", "vow", ME, ELS, "Hoi Els,\n\nIk stuur je morgen het voorstel.\n\nGroet,\nMarleen", 9)
    return desk


BROKEN = {
    "a syntax error": ("Beste,\n{% if %}", ", line 2: "),
    "an unknown variable": ("Beste,\n\n{{ nmae }}", ", line 3: 'nmae' is undefined"),
    "a part that is not there": ("Beste,\n{% include 'nl/_weg.txt.j2' %}", ", line 2: there is no template"),
    "a file of the machine": ("Beste,\n{% include '/etc/passwd' %}", ", line 2: there is no template /etc/passwd"),
    "the inside of an object": ("Beste,\n{{ ''.__class__ }}", ", line 2: access to attribute"),
    "a loop without end": (
        "Beste,\n{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% for c in 'x' * 9999 %}{% endfor %}{% endfor %}{% endfor %}",
        ", line 2: it takes longer",
    ),
    "a very long letter": ("{{ 'a' * 30000 }}", ", line 1: it gives more than"),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
def test_check_refuses_a_broken_template_with_file_and_line(desk: Desk, text: str, says: str) -> None:
    path = desk.own("nl/unanswered.txt.j2", text)
    done = desk.crmlink("check")
    assert done.code == 78
    assert f"FAIL templates  Template {path}{says}" in done.out
    assert "ok   mail" in done.out


def test_check_refuses_a_template_that_is_no_text(desk: Desk) -> None:
    path = desk.own("nl/unanswered.txt.j2", "")
    path.write_bytes(b"Beste,\nRen\xe9e\n")
    done = desk.crmlink("check")
    assert done.code == 78
    assert f"{path}, line 1: is no text in UTF-8 (see line 2)" in done.out


def test_a_directory_that_is_not_there_is_a_wrong_setting(desk: Desk) -> None:
    (desk.directory / "templates").rmdir()
    for command in ("check", "scan"):
        done = desk.crmlink(command)
        assert done.code == 78
        assert "CRMLINK_TEMPLATES" in done.err


def test_check_warns_of_bad_tone_and_of_files_never_used_and_all_is_well(desk: Desk) -> None:
    shipped = (Path(__file__).parents[2] / "templates" / "nl" / "unanswered.txt.j2").read_text(encoding="utf-8")
    path = desk.own(
        "nl/unanswered.txt.j2", shipped.replace("{% block step %}", "{% block step %}Graag z.s.m. antwoord.")
    )
    odd = desk.own("nl/unansered.txt.j2", "x")
    done = desk.crmlink("check")
    assert done.code == 0, done.out
    assert f"warn templates  Template {path}: It presses: “Graag z.s.m. antwoord.”" in done.out
    assert f"warn templates  Template {odd} will never be used." in done.out
    assert "ok   templates" in done.out


def test_check_is_silent_about_good_templates(desk: Desk) -> None:
    shipped = Path(__file__).parents[2] / "templates" / "nl"
    for path in shipped.iterdir():
        desk.own(f"nl/{path.name}", path.read_text(encoding="utf-8"))
    done = desk.crmlink("check")
    assert done.code == 0, done.out
    assert "warn" not in done.out


def test_a_scan_by_hand_writes_the_other_letters_and_ends_with_78(desk: Desk) -> None:
    path = desk.own("nl/unanswered.txt.j2", "Beste,\n{{ nmae }}")
    done = desk.crmlink("scan", "--json")
    assert done.code == 78
    assert f"{path}, line 2: 'nmae' is undefined" in done.err
    decided = {one["kind"]: (one["decision"], one["reason"]) for one in done.json["lapses"]}
    assert decided["promise"][0] == "draft"
    assert decided["unanswered"] == (
        "hold",
        f"no letter could be written: Template {path}, line 2: 'nmae' is undefined",
    )
    assert [one["code"] for one in done.json["problems"]] == ["template.error"]
    assert desk.drafts() == 1

    path.unlink()
    done = desk.crmlink("scan", "--json")
    assert done.code == 0
    assert {one["kind"]: one["decision"] for one in done.json["lapses"]} == {
        "promise": "drafted",
        "unanswered": "draft",
    }
    assert desk.drafts() == 2


def test_the_daemon_goes_on_with_a_broken_template(desk: Desk) -> None:
    path = desk.own("nl/unanswered.txt.j2", "Beste,\n{{ nmae }}")
    with _daemon(desk) as log:
        lines = [next(log)]
        while "pass done" not in lines[-1]:
            lines.append(next(log))
    assert any("must be mended" in line and f"{path}, line 2" in line for line in lines)
    assert "placed=1" in lines[-1]
    assert desk.drafts() == 1


@contextmanager
def _daemon(desk: Desk) -> Iterator[Iterator[str]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRMLINK_")}
    given = {f"CRMLINK_{name}": value for name, value in desk.settings.items()}
    command = [sys.executable, "-m", "crmlink", "daemon"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=clean | given, cwd=desk.directory) as process:
        patience = threading.Timer(PATIENCE, process.kill)
        patience.start()
        try:
            assert process.stderr is not None
            yield iter(process.stderr)
        finally:
            patience.cancel()
            process.kill()
