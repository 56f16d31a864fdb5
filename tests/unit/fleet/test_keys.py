from __future__ import annotations

from pathlib import Path

import pytest

from crmlink.fleet.keys import Keys, WrongKeyError, new_key, read_keys, write_key
from crmlink.fleet.settings import load_fleet
from crmlink.model.errors import SettingsError


def test_what_was_sealed_opens_with_its_key_and_no_other() -> None:
    mine, other = new_key(), new_key()
    sealed = Keys((mine,)).seal("geheim")
    assert "geheim" not in sealed
    assert Keys((mine,)).unseal(sealed) == Keys((other, mine)).unseal(sealed) == "geheim"
    with pytest.raises(WrongKeyError, match="another key"):
        Keys((other,)).unseal(sealed)


def test_a_changed_letter_is_noticed() -> None:
    keys = Keys((new_key(),))
    sealed = keys.seal("geheim")
    with pytest.raises(WrongKeyError):
        keys.unseal(sealed[:-4] + ("A" if sealed[-4] != "A" else "B") + sealed[-3:])


def test_a_new_key_goes_in_front_and_the_old_ones_still_open(tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert not write_key(file)
    sealed = read_keys(file).seal("geheim")
    assert write_key(file)

    keys = read_keys(file)
    assert file.stat().st_mode & 0o077 == 0
    assert keys.unseal(sealed) == "geheim"
    assert Keys(keys.texts[:1]).unseal(keys.reseal(sealed)) == "geheim"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        pytest.param("", 0o600, "holds no key", id="an empty file"),
        pytest.param("# only a note\n\n", 0o600, "holds no key", id="a note and no key"),
        pytest.param("geheim\n", 0o600, "is no key", id="a password"),
        pytest.param("é\n", 0o600, "is no text", id="another encoding"),
        pytest.param("x", 0o644, "read by others", id="a file everybody may read"),
    ],
)
def test_what_is_no_key_file_is_refused_without_its_text(tmp_path: Path, text: str, mode: int, said: str) -> None:
    file = tmp_path / "key"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(SettingsError, match=said) as raised:
        read_keys(file)
    assert "geheim" not in f"{raised.value}{raised.value.hint}"


def test_a_credential_of_systemd_may_have_any_mode(tmp_path: Path) -> None:
    credential = tmp_path / "fleet_key"
    credential.write_text(new_key())
    credential.chmod(0o440)
    environ = {"CRMLINK_DATABASE": "postgresql://fleet@127.0.0.1/fleet", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert load_fleet(environ).keys().texts == (credential.read_text(),)


def test_no_file_at_all_says_how_to_make_one() -> None:
    with pytest.raises(SettingsError) as raised:
        read_keys(None)
    assert "crmlink fleet key" in raised.value.hint


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("boodschappen\n")
    file.chmod(0o600)
    with pytest.raises(SettingsError):
        write_key(file)
    assert file.read_text() == "boodschappen\n"
