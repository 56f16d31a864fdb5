"""The settings table: everything wrong at once, no secret repeated, and `.env.example` written from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmlink.app.config.env_file import find_env_file
from crmlink.app.config.load_settings import PREFIX, load
from crmlink.app.config.settings import Settings
from crmlink.app.config.settings_texts import example
from crmlink.mailbox.location import ImapLocation, MaildirLocation
from crmlink.model.errors import SettingsError
from crmlink.model.policy import WhenTheyCancel

GOOD = {"ME": "Marleen van der Veen <Marleen@Example.nl>, info@example.nl", "MAIL": "maildir:///tmp"}
SECRET = "geheim-woord"
REMEDY = "write it anew: python -c 'from crmlink.app.config.settings_texts import example; print(example(), end=str())' > .env.example"


def _load(**given: str) -> Settings:
    return load({f"{PREFIX}{name}": value for name, value in (GOOD | given).items()})


def _problems(**given: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        _load(**given)
    assert caught.value.exit_code == 78
    return caught.value.problems


def test_the_least_that_is_needed_gives_the_documented_defaults() -> None:
    settings = _load()
    assert settings.me.name == "Marleen van der Veen"
    assert settings.me.addresses == ("marleen@example.nl", "info@example.nl")
    assert settings.mail == MaildirLocation(Path("/tmp"))  # noqa: S108 -- any directory will do
    assert (settings.timezone.key, settings.language, settings.country) == ("Europe/Amsterdam", "nl", "NL")
    assert settings.working_hours.on(4)[0][1].isoformat() == "17:30:00"
    assert settings.working_hours.on(5) == ()
    assert (settings.lookback_days, settings.unanswered_after_days, settings.options, settings.max_drafts_per_day) == (
        30,
        3,
        3,
        5,
    )
    assert settings.when_they_cancel is WhenTheyCancel.NOTHING


def test_nothing_set_says_what_is_missing() -> None:
    with pytest.raises(SettingsError) as caught:
        load({})
    assert caught.value.problems == ("CRMLINK_ME: is missing", "CRMLINK_MAIL: is missing")


WRONG = {
    "ME": "Marleen",
    "MAIL": "http://mail.example.nl",
    "CALENDAR": "http://dav.example.nl/",
    "TIMEZONE": "Europe/Amsterdm",
    "LANGUAGE": "fr",
    "COUNTRY": "Holland",
    "WORKING_HOURS": "mon-fri 9-17",
    "LOOKBACK_DAYS": "thirty",
    "OPTIONS": "9",
    "WHEN_THEY_CANCEL": "maybe",
    "TEMPLATES": "/no/such/directory",
    "CA_FILE": "/no/such/file.pem",
    "SIGNATURE_FILE": "/no/such/signature.txt",
    "CRM_BCC": "CRM <crm@example.nl>, x@example.nl",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items(), ids=WRONG)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(name: str, value: str) -> None:
    (problem,) = _problems(**{name: value})
    assert problem.startswith(f"CRMLINK_{name}: ")


def test_all_wrong_values_are_told_at_once() -> None:
    assert len(_problems(**WRONG)) == len(WRONG)


def test_an_unknown_name_is_refused_with_the_near_one() -> None:
    assert _problems(TIMEZON="Europe/Amsterdam") == (
        "CRMLINK_TIMEZON: is no setting of crmlink; did you mean CRMLINK_TIMEZONE?",
    )
    assert "remove it" in _problems(XYZZY="1")[0]


def test_switches_of_the_test_suite_are_no_settings() -> None:
    assert _load(TEST_REQUIRE_SERVERS="1").me == _load().me


def test_a_server_needs_a_password() -> None:
    assert _problems(MAIL="imaps://me@imap.example.nl") == (
        "CRMLINK_MAIL_PASSWORD: is missing; set it, or CRMLINK_MAIL_PASSWORD_FILE",
    )
    assert isinstance(_load(MAIL="imaps://me@imap.example.nl", MAIL_PASSWORD="x").mail, ImapLocation)


GMAIL = "imaps://me@gmail.com@imap.gmail.com"
OUTLOOK = "imaps://me@outlook.com@outlook.office365.com"
GOOGLE = {"MAIL": GMAIL, "MAIL_AUTH": "google", "OAUTH_CLIENT_ID": "x", "OAUTH_CLIENT_SECRET": "y"}
GOOGLE_CALENDAR = "https://apidata.googleusercontent.com/caldav/v2/me@gmail.com/user"
TOGETHER = {
    "a Maildir has no login": (
        {"MAIL_AUTH": "google", "OAUTH_CLIENT_ID": "x", "OAUTH_CLIENT_SECRET": "y"},
        "MAIL_AUTH",
    ),
    "no client": ({"MAIL": OUTLOOK, "MAIL_AUTH": "microsoft"}, "OAUTH_CLIENT_ID"),
    "no client secret for Google": (GOOGLE | {"OAUTH_CLIENT_SECRET": ""}, "OAUTH_CLIENT_SECRET"),
    "a token for a calendar elsewhere": (
        GOOGLE | {"CALENDAR_AUTH": "google", "CALENDAR": "https://dav.example.nl/"},
        "CALENDAR_AUTH",
    ),
    "two providers": (
        GOOGLE | {"MAIL": OUTLOOK, "MAIL_AUTH": "microsoft", "CALENDAR_AUTH": "google", "CALENDAR": GOOGLE_CALENDAR},
        "CALENDAR_AUTH",
    ),
    "a token for a mailbox elsewhere": (GOOGLE | {"MAIL": "imaps://me@gmail.com.example.nl"}, "MAIL_AUTH"),
    "a token of the other": (GOOGLE | {"MAIL": OUTLOOK}, "MAIL_AUTH"),
    "a calendar of Microsoft": (GOOGLE | {"CALENDAR_AUTH": "microsoft"}, "CALENDAR_AUTH"),
    "a tenant that is a path": (GOOGLE | {"OAUTH_TENANT": "../elsewhere"}, "OAUTH_TENANT"),
}


@pytest.mark.parametrize(("given", "name"), TOGETHER.values(), ids=TOGETHER)
def test_what_cannot_go_together_is_one_sentence(given: dict[str, str], name: str) -> None:
    (problem,) = _problems(**given)
    assert problem.startswith(f"CRMLINK_{name}: ")


def test_a_login_by_token_needs_no_password() -> None:
    settings = _load(**GOOGLE, CALENDAR_AUTH="google", CALENDAR=f"{GOOGLE_CALENDAR}, ics+https://x.example/a.ics")
    assert settings.login.service == "google"
    microsoft = _load(MAIL=OUTLOOK, MAIL_AUTH="microsoft", OAUTH_CLIENT_ID="x")
    assert (microsoft.login.service, microsoft.oauth_tenant) == ("microsoft", "common")
    assert _load().login.service is None


@pytest.mark.parametrize("secret", [f"{SECRET}\r\nA LOGOUT", f"{SECRET}\0"], ids=["a line break", "NUL"])
def test_a_password_that_could_smuggle_a_command_is_refused_unrepeated(secret: str) -> None:
    (problem,) = _problems(MAIL_PASSWORD=secret)
    assert SECRET not in problem


def test_no_secret_is_repeated_anywhere() -> None:
    problems = _problems(
        MAIL=f"imaps://me:{SECRET}@imap.example.nl",
        MAIL_PASSWORD=SECRET,
        CALENDAR=f"https://me:{SECRET}@dav.example.nl/",
        LANGUAGE="xx",
    )
    assert len(problems) == 3
    assert not any(SECRET in problem for problem in problems)
    assert SECRET not in repr(_load(MAIL_PASSWORD=SECRET, CALENDAR_PASSWORD=SECRET))


def test_an_empty_value_is_the_default_but_no_country_is_no_holidays() -> None:
    settings = _load(LOOKBACK_DAYS="", CALENDAR="", TIMEZONE="", COUNTRY="")
    assert (settings.lookback_days, settings.calendar, settings.country) == (30, (), "")


@pytest.mark.parametrize(
    ("text", "day", "hours"),
    [
        pytest.param(
            "mon-thu 09:00-12:30 13:00-17:30, fri 9:00-13:00",
            0,
            ["09:00", "12:30", "13:00", "17:30"],
            id="two spans a day",
        ),
        pytest.param("mon-thu 09:00-12:30 13:00-17:30, fri 9:00-13:00", 4, ["09:00", "13:00"], id="a short Friday"),
        pytest.param("ma-vr 8.30-17.00", 2, ["08:30", "17:00"], id="in Dutch, with points"),
        pytest.param("sat 10:00-12:00", 5, ["10:00", "12:00"], id="Saturday only"),
    ],
)
def test_working_hours(text: str, day: int, hours: list[str]) -> None:
    spans = _load(WORKING_HOURS=text).working_hours.on(day)
    assert [f"{moment:%H:%M}" for span in spans for moment in span] == hours


@pytest.mark.parametrize(
    "text", ["fri-mon 09:00-17:00", "mon 17:00-09:00", "mon", "xyz 09:00-17:00", "mon 25:00-26:00", ","]
)
def test_wrong_working_hours_show_the_right_form(text: str) -> None:
    (problem,) = _problems(WORKING_HOURS=text)
    assert "mon-fri 09:00-17:30" in problem


def test_ignore_takes_addresses_and_domains() -> None:
    assert _load(IGNORE="Boss@Example.nl, @example.org; x.example").ignore == {
        "boss@example.nl",
        "example.org",
        "x.example",
    }


def test_a_database_is_a_path_or_a_url() -> None:
    assert _load(DATABASE="/x/ledger.db").database == "sqlite:////x/ledger.db"
    assert _load(DATABASE="postgresql://me@db/crm").database == "postgresql://me@db/crm"


def test_the_crm_is_one_plain_address() -> None:
    assert _load(CRM_BCC="Files+A1=b@CRM.example").policy.crm_bcc == "files+a1=b@crm.example"
    assert _load().policy.crm_bcc == ""


@pytest.mark.parametrize(
    "text",
    ["crm", "crm@example", "a@b.nl, c@d.nl", "<a@b.nl>", "a b@c.nl", "a@b.nl\r\nBcc: x@y.nl", "é@b.nl", "a@b@c.nl"],
)
def test_what_is_not_one_address_is_refused_for_the_crm(text: str) -> None:
    (problem,) = _problems(CRM_BCC=text)
    assert "crm@example.nl" in problem


def _signature(directory: Path, content: bytes) -> str:
    path = directory / "signature.txt"
    path.write_bytes(content)
    return str(path)


def test_a_signature_is_read_with_its_lines_tidied(tmp_path: Path) -> None:
    file = _signature(tmp_path, "\ufeff-- \r\nMarleen  \r\n\r\nVeen\tAdvies é\r\n\r\n".encode())
    assert _load(SIGNATURE_FILE=file).policy.signature == "Marleen\n\nVeen    Advies é"


BAD_SIGNATURES = {
    "not UTF-8": (b"Ren\xe9e", "UTF-8"),
    "very large": (b"x" * 5000, "larger than"),
    "a web page": (b"<html><p>Marleen</p></html>", "plain text"),
    "a picture": (b"GIF89a\x00\x01", "plain text"),
}


@pytest.mark.parametrize(("content", "why"), BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_a_signature_that_cannot_be_used_is_a_clear_error(tmp_path: Path, content: bytes, why: str) -> None:
    (problem,) = _problems(SIGNATURE_FILE=_signature(tmp_path, content))
    assert problem.startswith("CRMLINK_SIGNATURE_FILE: ")
    assert why in problem


# ------------------------------------------------------------------ files


def _env(directory: Path, text: str, mode: int = 0o600) -> Path:
    path = directory / ".env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


ODD = {
    "a dollar": "a$HOME${PATH}b",
    "a hash": "a #b",
    "both quotes": "a'b\"c",
    "umlauts": "geheïm-größe",
    "a backslash": "a\\nb",
}


@pytest.mark.parametrize("password", ODD.values(), ids=ODD)
def test_a_password_in_a_file_is_taken_as_it_stands(tmp_path: Path, password: str) -> None:
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    path = _env(
        tmp_path,
        f"CRMLINK_ME=me@example.nl\nCRMLINK_MAIL=imaps://me@imap.example.nl\nCRMLINK_MAIL_PASSWORD='{quoted}'\n",
    )
    assert load({}, env_file=path).mail_password.get_secret_value() == password


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = _env(tmp_path, f"CRMLINK_ME=me@example.nl\nCRMLINK_MAIL_PASSWORD={SECRET}\n", mode)
    with pytest.raises(SettingsError, match="may be read by others") as caught:
        load({}, env_file=path)
    assert caught.value.hint == f"chmod 600 {path}"
    assert SECRET not in str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = _env(tmp_path, "CRMLINK_ME=file@example.nl\nCRMLINK_MAIL=maildir:///tmp\n")
    assert load({"CRMLINK_ME": "env@example.nl"}, env_file=path).me.address == "env@example.nl"


def test_an_unknown_name_in_the_file_is_refused_too(tmp_path: Path) -> None:
    path = _env(tmp_path, "CRMLINK_ME=a@b.nl\nCRMLINK_MAIL=maildir:///tmp\nCRMLINK_MIAL=x\n")
    with pytest.raises(SettingsError, match="CRMLINK_MIAL"):
        load({}, env_file=path)


def test_a_password_may_come_from_a_file_or_a_systemd_credential(tmp_path: Path) -> None:
    secret = tmp_path / "mail_password"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    base = {"CRMLINK_ME": "a@b.nl", "CRMLINK_MAIL": "imaps://me@imap.example.nl"}
    by_setting = load(base | {"CRMLINK_MAIL_PASSWORD_FILE": str(secret)})
    by_systemd = load(base | {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert by_setting.mail_password.get_secret_value() == by_systemd.mail_password.get_secret_value() == SECRET


def test_a_password_file_that_is_not_there_is_named() -> None:
    problems = _problems(MAIL_PASSWORD_FILE="/no/such/file", MAIL="imaps://me@imap.example.nl")
    assert any("CRMLINK_MAIL_PASSWORD_FILE" in problem for problem in problems)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load({}, env_file=tmp_path / "weg.env")


def test_the_file_of_the_directory_is_found(tmp_path: Path) -> None:
    path = _env(tmp_path, "")
    assert find_env_file(tmp_path) == path


def test_the_example_file_is_written_from_the_table() -> None:
    written = Path(__file__).parents[3] / ".env.example"
    assert written.read_text(encoding="utf-8") == example(), REMEDY


def test_the_example_names_every_setting_and_parses() -> None:
    shown = dict(re.findall(r"^#?(CRMLINK_\w+)=(.*)$", example(), re.MULTILINE))
    assert set(shown) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    active = {name: value.strip("'") for name, value in re.findall(r"^(CRMLINK_\w+)=(.*)$", example(), re.MULTILINE)}
    assert load(active).me.name
