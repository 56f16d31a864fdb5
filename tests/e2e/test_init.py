"""`crmlink init` and `crmlink login`, as a person answers them: what is asked, what is known, what stands in the file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crmlink.app.config.env_file import read_env_file
from crmlink.app.config.load_settings import load
from crmlink.app.oauth.microsoft import Microsoft
from crmlink.app.oauth.vault import FilePlace, place_for
from crmlink.app.setup.dns import Dns
from crmlink.cli.main import main
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.dns_server import DnsServer
from tests.servers.oauth_server import CLIENT, OAuthServer

ME = "Marleen van der Veen <marleen@example.nl>"
REST = ["", "", ""]  # time zone, language, country: as proposed


def init(path: Path, answers: list[str], *options: str) -> Result:
    return CliRunner().invoke(main, ["--env-file", str(path), "init", *options], input="\n".join(answers) + "\n")


def written(path: Path) -> dict[str, str]:
    return {name.removeprefix("CRMLINK_"): value for name, value in read_env_file(path).items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "my.env"


@pytest.fixture
def maildir(tmp_path: Path) -> str:
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    return f"maildir://{tmp_path}/Maildir"


def test_it_asks_tests_and_writes_a_file_for_the_owner_alone(path: Path, maildir: str) -> None:
    result = init(path, [ME, "http://wrong", maildir, "", "Mars/Olympus", "Europe/Amsterdam", "", ""], "--no-lookup")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load({}, env_file=path).me.name == "Marleen van der Veen"
    assert "ok   mail" in result.output


def test_it_does_not_replace_a_file_unasked(path: Path) -> None:
    path.write_text("CRMLINK_ME=a@b.nl\n")
    result = init(path, ["n"])
    assert result.exit_code == 1
    assert path.read_text() == "CRMLINK_ME=a@b.nl\n"


def test_a_known_address_needs_a_name_and_an_app_password(path: Path) -> None:
    answers = ["marleen@icloud.com", "Marleen van der Veen", "", "app-geheim", "", "", "", *REST]
    result = init(path, answers, "--no-test")
    assert result.exit_code == 0, result.output
    assert "https://account.apple.com" in result.output
    assert "app-geheim" not in result.output
    assert written(path) == {
        "ME": "Marleen van der Veen <marleen@icloud.com>",
        "MAIL": "imaps://marleen@imap.mail.me.com",
        "MAIL_PASSWORD": "app-geheim",
        "CALENDAR": "https://caldav.icloud.com/",
        "CALENDAR_USER": "marleen@icloud.com",
        "CALENDAR_PASSWORD": "app-geheim",
        "TIMEZONE": "Europe/Amsterdam",
        "LANGUAGE": "nl",
        "COUNTRY": "NL",
    }


def test_the_mailboxes_password_is_for_no_other_calendar(path: Path) -> None:
    answers = ["Ik <marleen@icloud.com>", "", "app-geheim", "cloud.example.nl", "nextcloud", "marleen", "", *REST]
    result = init(path, answers, "--no-test")
    assert result.exit_code == 0, result.output
    assert "https://cloud.example.nl/settings/user/security" in result.output
    file = written(path)
    assert file["CALENDAR"] == "https://cloud.example.nl/remote.php/dav/"
    assert "CALENDAR_PASSWORD" not in file


@pytest.mark.parametrize(
    ("kind", "calendar"),
    [
        ("zimbra", "https://mail.example.nl/dav/marleen@example.nl/"),
        ("other", "https://mail.example.nl/.well-known/caldav"),
    ],
)
def test_only_a_host_is_enough(path: Path, kind: str, calendar: str) -> None:
    answers = [ME, "mail.example.nl", "geheim", "mail.example.nl", kind, "marleen", "geheim2", *REST]
    result = init(path, answers, "--no-test", "--no-lookup")
    assert result.exit_code == 0, result.output
    file = written(path)
    assert (file["MAIL"], file["CALENDAR"]) == ("imaps://marleen@example.nl@mail.example.nl", calendar)
    assert (file["CALENDAR_USER"], file["CALENDAR_PASSWORD"]) == ("marleen", "geheim2")


def test_nor_is_another_mailboxes_password_for_the_providers_calendar(path: Path) -> None:
    answers = ["Ik <marleen@icloud.com>", "mail.example.nl", "geheim", "", "marleen", "", *REST]
    result = init(path, answers, "--no-test")
    assert result.exit_code == 0, result.output
    assert "CALENDAR_PASSWORD" not in written(path)


def test_no_calendar_is_an_answer(path: Path) -> None:
    result = init(path, ["Ik <marleen@fastmail.com>", "", "x", "none", *REST], "--no-test")
    assert result.exit_code == 0, result.output
    assert "CALENDAR" not in written(path)


def test_google_may_be_by_password_or_by_token(path: Path) -> None:
    result = init(path, ["Ik <marleen@gmail.com>", "", "", "app-geheim", "", *REST], "--no-test")
    assert result.exit_code == 0, result.output
    assert written(path)["MAIL_PASSWORD"] == "app-geheim"
    path.unlink()
    result = init(path, ["Ik <marleen@gmail.com>", "google", "", "client", "client-geheim", "", *REST], "--no-test")
    assert result.exit_code == 0, result.output
    file = written(path)
    assert (file["MAIL_AUTH"], file["CALENDAR_AUTH"], file["OAUTH_CLIENT_ID"]) == ("google", "google", "client")
    assert file["CALENDAR"] == "https://apidata.googleusercontent.com/caldav/v2/marleen@gmail.com/user"
    assert "MAIL_PASSWORD" not in file
    assert "client-geheim" not in result.output
    assert result.output.rstrip().endswith("Next: crmlink login")


def test_proton_asks_for_the_bridges_certificate(path: Path, tmp_path: Path) -> None:
    certificate = tmp_path / "cert.pem"
    certificate.write_text("x")
    answers = ["Ik <marleen@proton.me>", "", "nergens.pem", str(certificate), "brug", "", *REST]
    result = init(path, answers, "--no-test")
    assert result.exit_code == 0, result.output
    assert "'nergens.pem' is not a file" in result.output
    assert written(path)["CA_FILE"] == str(certificate)


def test_an_own_domain_is_looked_up_and_can_be_overruled(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DnsServer({"zaak.nl MX": ["10 mx.soverin.net."]}) as names:
        monkeypatch.setattr("crmlink.cli.init.Dns", lambda: Dns(names.place))
        result = init(path, ["Ik <marleen@zaak.nl>", "", "x", "", "", "", *REST], "--no-test")
        assert result.exit_code == 0, result.output
        assert "Soverin: mail for zaak.nl is delivered there." in result.output
        assert written(path)["MAIL"] == "imaps://marleen@zaak.nl@imap.soverin.net"
        path.unlink()
        result = init(path, ["Ik <marleen@zaak.nl>", "mail.zaak.nl", "x", "none", *REST], "--no-test")
        assert written(path)["MAIL"] == "imaps://marleen@zaak.nl@mail.zaak.nl"


def test_answers_that_end_too_early_write_nothing(path: Path) -> None:
    assert init(path, ["Ik <marleen@gmail.com>"], "--no-test").exit_code == 1
    assert not path.exists()


# ------------------------------------------------------------------ logging in


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OAuthServer]:
    """Microsoft's pages, on this machine; and no keyring."""
    with OAuthServer(write_certificate(Certificate.TRUSTED, tmp_path)) as server:
        here = "crmlink.app.oauth.open_login"
        monkeypatch.setattr(
            f"{here}.Microsoft", lambda client, tenant: Microsoft(client, tenant, server.url, server.ca_file)
        )
        monkeypatch.setattr(f"{here}.place_for", lambda path, _entry: FilePlace(path))
        monkeypatch.setattr(f"{here}.sqlite_path", lambda _database: tmp_path / "state" / "ledger.db")
        yield server


def answers_for(client: str) -> list[str]:
    return ["Ik <marleen@outlook.com>", "imaps://marleen@127.0.0.1:1", client, "", "", *REST]


@pytest.mark.usefixtures("pages")
def test_init_logs_in_and_loses_no_answer_when_something_fails(path: Path) -> None:
    refused = init(path, [*answers_for("niemand"), "y"])
    assert refused.exit_code == 0, refused.output
    assert "FAIL login      Microsoft does not know crmlink by this client ID" in refused.output
    assert written(path)["OAUTH_CLIENT_ID"] == "niemand"
    assert "MAIL_PASSWORD" not in written(path)
    path.unlink()
    done = init(path, [*answers_for(CLIENT), "n"])
    assert "type the code ABCD-EFGH" in done.output
    assert "Logged in with Microsoft." in done.output
    assert "FAIL mail" in done.output
    assert (done.exit_code, path.exists()) == (1, False)
    assert "kanarie" not in refused.output + done.output


def test_login_keeps_what_only_the_owner_can_read(tmp_path: Path, pages: OAuthServer) -> None:
    env = {
        "CRMLINK_ME": "Ik <marleen@outlook.com>",
        "CRMLINK_MAIL": "imaps://marleen@outlook.com@127.0.0.1:1",
        "CRMLINK_MAIL_AUTH": "microsoft",
        "CRMLINK_OAUTH_CLIENT_ID": CLIENT,
        "CRMLINK_DATABASE": str(tmp_path / "state" / "ledger.db"),
    }
    result = CliRunner(env=env).invoke(main, ["login"])
    assert result.exit_code == 0, result.output
    assert "kanarie" not in result.output
    kept = [file for file in (tmp_path / "state").iterdir() if file.suffix != ".lock"]
    assert [file.name.rpartition("-")[0] for file in kept] == ["ledger.db.login"]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    (refresh,) = pages.refresh
    assert refresh in kept[0].read_text()


def test_login_with_a_password_has_nothing_to_do(maildir: str) -> None:
    env = {"CRMLINK_ME": "ik@example.nl", "CRMLINK_MAIL": maildir}
    result = CliRunner(env=env).invoke(main, ["login"])
    assert "you log in by password" in str(result.exception)


def test_a_provider_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "msal", None)
    monkeypatch.setitem(__import__("sys").modules, "google_auth_oauthlib.flow", None)
    for auth, secret in (("microsoft", ""), ("google", "y")):
        env = {
            "CRMLINK_ME": "ik@example.nl",
            "CRMLINK_MAIL": "imaps://ik@127.0.0.1:1",
            "CRMLINK_MAIL_AUTH": auth,
            "CRMLINK_OAUTH_CLIENT_ID": "x",
            "CRMLINK_OAUTH_CLIENT_SECRET": secret,
        }
        result = CliRunner(env=env).invoke(main, ["login"])
        assert "a library that is not installed" in str(result.exception)
        assert getattr(result.exception, "hint", "") == f"pip install 'crmlink[{auth}]'"


def test_where_there_is_no_keyring_it_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert place_for(tmp_path / "login", "ik") == FilePlace(tmp_path / "login")
