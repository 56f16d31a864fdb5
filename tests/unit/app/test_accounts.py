"""Several accounts: who they are, what they share, and everything wrong told at once without a secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from crmlink.app.config.accounts import Account, accounts_of, chosen
from crmlink.app.config.load_settings import PREFIX
from crmlink.app.config.secret_files import KEYED, Keyed
from crmlink.app.config.settings import Settings
from crmlink.model.errors import SettingsError

SECRET = "geheim-woord"
JAN = {"JAN__ME": "Jan <jan@bakker.example>, j@bakker.example", "JAN__MAIL": "maildir:///tmp"}
PIET = {"PIET__ME": "Piet <piet@bakker.example>", "PIET__MAIL": "imaps://piet@bakker.example"}
BOTH = JAN | PIET | {"PIET__MAIL_PASSWORD": SECRET, "ACCOUNTS": "jan, PIET"}


def _accounts(settings: dict[str, str], env_file: Path | None = None) -> dict[str, Account]:
    found = accounts_of({f"{PREFIX}{name}": text for name, text in settings.items()}, env_file=env_file)
    return {one.name: one for one in found}


def _problems(settings: dict[str, str], env_file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        _accounts(settings, env_file)
    assert caught.value.exit_code == 78
    assert SECRET not in f"{caught.value} {caught.value.hint}"
    return caught.value.problems


def _file(path: Path, **settings: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{PREFIX}{name}='{text}'\n" for name, text in settings.items()))
    path.chmod(0o600)
    return path


def test_without_a_list_there_is_one_account_without_a_name() -> None:
    (one,) = _accounts({"ME": "jan@bakker.example", "MAIL": "maildir:///tmp"}).values()
    assert (one.name, one.address) == ("", "jan@bakker.example")


def test_sections_stand_over_what_is_common_in_the_order_of_the_list() -> None:
    found = _accounts(BOTH | {"TIMEZONE": "Europe/London", "JAN__TIMEZONE": "Europe/Berlin", "OPTIONS": "2"})
    assert list(found) == ["jan", "piet"]
    assert [one.settings.timezone.key for one in found.values()] == ["Europe/Berlin", "Europe/London"]
    assert {one.settings.options for one in found.values()} == {2}
    assert found["piet"].settings.mail_password.get_secret_value() == SECRET


def test_files_are_found_from_the_file_that_names_them_and_are_called_like_them(tmp_path: Path) -> None:
    _file(tmp_path / "Jan.env", ME="jan@bakker.example", MAIL="maildir:///tmp", OPTIONS="1")
    _file(tmp_path / "piet" / ".env", ME="piet@bakker.example", MAIL="maildir:///tmp")
    first = _file(tmp_path / "all.env", ACCOUNTS="Jan.env, piet/.env", OPTIONS="4")
    found = _accounts({}, first)
    assert {name: one.settings.options for name, one in found.items()} == {"jan": 1, "piet": 4}


def test_a_password_is_never_handed_on_to_another_place() -> None:
    common = {"MAIL_PASSWORD": SECRET, "CALENDAR_PASSWORD": SECRET, "CALENDAR_USER": "jan"}
    own = {"PIET__CALENDAR": "https://dav.example/piet/"}
    found = _accounts(BOTH | common | own | {"PIET__MAIL_PASSWORD": "own"})
    assert found["jan"].settings.mail_password.get_secret_value() == ""
    assert found["piet"].settings.mail_password.get_secret_value() == "own"
    piet = found["piet"].settings
    assert (piet.calendar_user, piet.calendar_password.get_secret_value()) == ("", "")
    assert _problems(JAN | PIET | common | {"ACCOUNTS": "piet,jan"}) == (
        "account piet: CRMLINK_PIET__MAIL_PASSWORD: is missing; set it, or CRMLINK_PIET__MAIL_PASSWORD_FILE",
    )


PLACES = {
    "contacts": "https://dav.example/piet/",
    "crm_webhook": "https://crm.example/piet",
    "crm_url": "https://crm.example",
}


@pytest.mark.parametrize("keyed", [one for one in KEYED if one.place in PLACES], ids=lambda keyed: keyed.place)
def test_nor_are_the_keys_of_an_address_book_or_a_crm(keyed: Keyed) -> None:
    secret = "whsec_" + "QUJD" * 8
    common = {keyed.place: PLACES[keyed.place], keyed.secret: secret} | ({keyed.user: "jan"} if keyed.user else {})
    given = BOTH | {name.upper(): text for name, text in common.items()}
    own = {f"PIET__{keyed.place.upper()}": PLACES[keyed.place].replace("example", "elsewhere.example")}

    def held(found: dict[str, Account]) -> list[tuple[str, str]]:
        every = [one.settings for one in found.values()]
        return [
            (getattr(one, keyed.secret).get_secret_value(), getattr(one, keyed.user or "crm_user")) for one in every
        ]

    user = "jan" if keyed.user else ""
    assert held(_accounts(given)) == [(secret, user)] * 2
    assert held(_accounts(given | own)) == [(secret, user), ("", "")]


def test_every_secret_belongs_to_a_place_or_to_the_program_itself() -> None:
    secrets = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert secrets == {one.secret for one in KEYED} | {"oauth_client_secret"}
    assert {one.place for one in KEYED} <= Settings.model_fields.keys()


def test_a_password_of_ones_own_for_the_common_mailbox_goes_before_the_common_one(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("own\n")
    settings = BOTH | {"MAIL": "imaps://box@bakker.example", "MAIL_PASSWORD": SECRET}
    del settings["PIET__MAIL"], settings["PIET__MAIL_PASSWORD"]
    found = _accounts(settings | {"PIET__MAIL_PASSWORD_FILE": str(tmp_path / "password")})
    assert found["piet"].settings.mail_password.get_secret_value() == "own"
    assert _accounts(settings)["piet"].settings.mail_password.get_secret_value() == SECRET


def test_a_credential_of_systemd_belongs_to_the_account_it_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "mail_password").write_text("not mine")
    (tmp_path / "piet__mail_password").write_text(f"{SECRET}\n")
    settings = {f"{PREFIX}{name}": text for name, text in BOTH.items() if "PASSWORD" not in name}
    found = accounts_of(settings | {"CREDENTIALS_DIRECTORY": str(tmp_path)}, env_file=None)
    assert [one.settings.mail_password.get_secret_value() for one in found] == ["", SECRET]


def test_all_that_is_wrong_is_told_at_once_with_account_and_setting(tmp_path: Path) -> None:
    open_file = _file(tmp_path / "open.env", ME="x@bakker.example")
    open_file.chmod(0o644)
    bad = {
        "ACCOUNTS": f"jan, piet, jan, 9x, {open_file}, {tmp_path}/nobody.env",
        "JAN__LANGUAGE": SECRET[:2],
        "JAN__METRICS_PORT": "9000",
        "KEES__MAIL": "x",
        "TIMEZONE": "Mars/Olympus",
    }
    told = "\n".join(_problems(JAN | PIET | bad))
    for words in (
        "CRMLINK_ACCOUNTS: two accounts are called jan",
        "CRMLINK_ACCOUNTS: 9x is neither",
        "may be read by others (mode 0644)",
        "nobody.env cannot be read",
        "CRMLINK_KEES__MAIL: CRMLINK_ACCOUNTS lists no account kees",
        "account jan: CRMLINK_JAN__METRICS_PORT: holds for all accounts",
        "account piet: CRMLINK_TIMEZONE: ",
    ):
        assert words in told


def test_a_wrong_setting_of_a_file_is_told_with_the_file(tmp_path: Path) -> None:
    one = _file(tmp_path / "jan.env", MAIL="maildir:///tmp", LANGUAGE="xx")
    first, second = sorted(_problems({"ACCOUNTS": str(one)}))
    assert first.startswith(f"account jan: CRMLINK_LANGUAGE in {one}: ")
    assert second == f"account jan: CRMLINK_ME in {one}: is missing"


def test_an_account_file_that_git_would_take_along_is_refused(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (problem,) = _problems({"ACCOUNTS": str(_file(tmp_path / "jan.env"))})
    assert "CRMLINK_ACCOUNTS: " in problem
    assert "git work tree" in problem


def test_one_owner_twice_is_refused() -> None:
    same = JAN | {"J__ME": "JAN@Bakker.example", "J__MAIL": "maildir:///tmp", "ACCOUNTS": "jan, j"}
    assert _problems(same) == ("accounts jan and j have the same main address, jan@bakker.example",)


def test_an_account_is_chosen_by_its_name_or_one_of_its_addresses() -> None:
    found = tuple(_accounts(BOTH).values())
    assert [
        getattr(chosen(found, words), "name", None) for words in ("Jan", "J@bakker.example", "PIET", "kees", "")
    ] == [
        "jan",
        "jan",
        "piet",
        None,
        None,
    ]


@given(
    st.dictionaries(
        st.from_regex(r"(ACCOUNTS|(JAN__|PIET__|)(ME|MAIL|MAIL_PASSWORD|OPTIONS|CALENDAR|X))", fullmatch=True),
        st.sampled_from(["", "jan", "jan,piet", "jan@x.example", SECRET, "imaps://a@b.example", "3"]),
    )
)
def test_whatever_is_set_gives_accounts_or_sentences_and_no_secret(settings: dict[str, str]) -> None:
    open_secret = any(text == SECRET and not name.endswith("PASSWORD") for name, text in settings.items())
    try:
        found = _accounts(settings)
    except SettingsError as error:
        said = error.problems
    else:
        assert len({one.address for one in found.values()}) == len(found) >= 1
        return
    assert said
    assert open_secret or SECRET not in " ".join(said)
