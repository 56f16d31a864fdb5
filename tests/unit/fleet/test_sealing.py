from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crmlink.fleet.keys import Keys, WrongKeyError, new_key
from crmlink.fleet.sealing import Written, read_written, seal, unsealed_settings
from crmlink.model.errors import SettingsError

TEXT = """
CRMLINK_ME='Marleen <Marleen@Example.nl>'
CRMLINK_MAIL=imaps://marleen@imap.example.nl
CRMLINK_MAIL_PASSWORD='p#1 $HOME "x'
CRMLINK_CALENDAR=ics+https://example.nl/geheime-feed
CRMLINK_CALENDAR_USER=marleen
CRMLINK_CALENDAR_PASSWORD=agenda-geheim
CRMLINK_COUNTRY=
CRMLINK_SCAN_EVERY_MINUTES=7
"""
BY_TOKEN = """
CRMLINK_ME=Marleen <marleen@example.nl>
CRMLINK_MAIL=imaps://marleen%40example.nl@outlook.office365.com
CRMLINK_MAIL_AUTH=microsoft
CRMLINK_OAUTH_CLIENT_ID=1234
"""
URL = "postgresql://fleet@127.0.0.1/fleet"
KEYS = Keys((new_key(),))


def test_settings_come_back_as_they_were_written() -> None:
    written = read_written(None, TEXT)

    settings = unsealed_settings(KEYS, written.address, written.settings, seal(KEYS, written), URL)

    assert written.address == settings.me.address == "marleen@example.nl"
    assert settings.mail_password.get_secret_value() == 'p#1 $HOME "x'
    assert settings.calendar_password.get_secret_value() == "agenda-geheim"
    assert (settings.scan_every_minutes, settings.country, settings.calendar_user) == (7, "", "marleen")
    assert settings.database == URL


def test_neither_a_password_nor_where_it_goes_stands_in_the_open() -> None:
    written = read_written(None, TEXT)
    stored = f"{dict(written.settings)}{seal(KEYS, written)}"
    for secret in ("p#1", "geheim", "imap.example.nl", "geheime-feed"):
        assert secret not in stored


def test_a_password_in_a_file_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("uit een bestand\n")
    text = TEXT.replace("CRMLINK_MAIL_PASSWORD=", f"CRMLINK_MAIL_PASSWORD_FILE={tmp_path}/password\n#")

    written = read_written(None, text)
    (tmp_path / "password").unlink()

    settings = unsealed_settings(KEYS, written.address, written.settings, seal(KEYS, written), URL)
    assert settings.mail_password.get_secret_value() == "uit een bestand"


def test_secrets_of_one_mailbox_do_not_open_for_another() -> None:
    written = read_written(None, TEXT)
    theirs = replace(written, address="eve@example.nl")
    with pytest.raises(WrongKeyError, match="another one"):
        unsealed_settings(KEYS, theirs.address, theirs.settings, seal(KEYS, written), URL)


def test_what_stands_in_the_open_cannot_send_a_password_elsewhere() -> None:
    written = read_written(None, TEXT)
    bent: Written = replace(written, settings={**written.settings, "mail": "imaps://marleen@evil.example"})
    settings = unsealed_settings(KEYS, bent.address, bent.settings, seal(KEYS, written), URL)
    assert "evil" not in str(settings.mail)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(TEXT + "CRMLINK_DATABASE=ledger.db\n", "CRMLINK_DATABASE", id="a database of its own"),
        pytest.param(TEXT + "CRMLINK_FLEET_KEY_FILE=/key\n", "CRMLINK_FLEET_KEY_FILE", id="a key of its own"),
        pytest.param(TEXT.replace("MAIL=", "MIAL="), "CRMLINK_MIAL", id="a slip of the pen"),
        pytest.param("", "CRMLINK_ME", id="nothing"),
        pytest.param(BY_TOKEN, "CRMLINK_MAIL_AUTH", id="a login by token"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as raised:
        read_written(None, text)
    assert "geheim" not in str(raised.value)
