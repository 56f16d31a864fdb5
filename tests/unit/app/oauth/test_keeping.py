"""Keeping tokens and renewing them: only when needed, one at a time, the new one kept before it is used."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from crmlink.app.clock import frozen_clock
from crmlink.app.oauth.keeper import Keeper
from crmlink.app.oauth.microsoft import Microsoft
from crmlink.app.oauth.tokens import Say, Tokens, from_text
from crmlink.app.oauth.vault import FilePlace, KeyringPlace, Vault, place_for
from crmlink.model.errors import CrmlinkError, LedgerError, LoginError, SettingsError, SourceError
from tests.servers.oauth_server import OAuthServer

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
FAR = NOW + timedelta(hours=1)


@dataclass(slots=True)
class Counting:
    """A provider whose tokens are numbered, and that can refuse."""

    renewals: list[str] = field(default_factory=list)
    lifetime: timedelta = timedelta(hours=1)
    refusal: CrmlinkError | None = None
    meanwhile: Callable[[], None] = lambda: None
    name: str = "Teller"

    def log_in(self, say: Say, now: Callable[[], datetime]) -> Tokens:
        say("niet nodig")
        return Tokens("access-0", "refresh-0", now() + self.lifetime)

    def renewed(self, refresh: str, now: datetime) -> Tokens:
        self.renewals.append(refresh)
        self.meanwhile()
        if self.refusal:
            raise self.refusal
        number = len(self.renewals)
        return Tokens(f"access-{number}", f"refresh-{number}", now + self.lifetime)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(FilePlace(tmp_path / "state" / "login"), tmp_path / "state" / "login.lock")


# ------------------------------------------------------------------ renewing


def test_a_token_is_used_as_long_as_it_is_good(vault: Vault) -> None:
    vault.keep(Tokens("access-0", "refresh-0", FAR))
    provider = Counting()
    keeper = Keeper(vault, provider, frozen_clock(NOW))
    assert [keeper() for _ in range(3)] == ["access-0"] * 3
    assert provider.renewals == []


@pytest.mark.parametrize(
    ("left", "renewals"),
    [(timedelta(minutes=5, seconds=1), 0), (timedelta(minutes=5), 1), (timedelta(minutes=-60), 1)],
    ids=["more than five minutes", "five minutes", "none"],
)
def test_it_is_renewed_when_it_has_less_than_five_minutes(vault: Vault, left: timedelta, renewals: int) -> None:
    vault.keep(Tokens("access-0", "refresh-0", NOW + left))
    provider = Counting()
    assert Keeper(vault, provider, frozen_clock(NOW))() == f"access-{renewals}"
    assert len(provider.renewals) == renewals


def test_what_was_renewed_is_kept_and_the_next_one_uses_it(vault: Vault) -> None:
    vault.keep(Tokens("access-0", "refresh-0", NOW))
    provider = Counting(lifetime=timedelta(minutes=1))
    keeper = Keeper(vault, provider, frozen_clock(NOW))
    assert [keeper(), keeper()] == ["access-1", "access-2"]
    assert provider.renewals == ["refresh-0", "refresh-1"]
    assert vault.tokens() == Tokens("access-2", "refresh-2", NOW + timedelta(minutes=1))


def test_a_new_token_that_cannot_be_kept_is_not_used(vault: Vault, tmp_path: Path) -> None:
    @dataclass(frozen=True, slots=True)
    class Full:
        inner: FilePlace

        def read(self) -> str | None:
            return self.inner.read()

        def write(self, text: str) -> None:
            raise LedgerError(f"the disk is full: {len(text)}")

    vault.keep(Tokens("access-0", "refresh-0", NOW))
    full = Vault(Full(FilePlace(tmp_path / "state" / "login")), vault.lock)
    with pytest.raises(LedgerError, match="full"):
        Keeper(full, Counting(), frozen_clock(NOW))()
    assert vault.tokens() == Tokens("access-0", "refresh-0", NOW)


def test_one_renewal_serves_all_who_need_one_at_the_same_time(vault: Vault) -> None:
    vault.keep(Tokens("access-0", "refresh-0", NOW))
    all_here = threading.Barrier(4)
    provider = Counting()
    got: list[str] = []

    def ask() -> None:
        keeper = Keeper(vault, provider, frozen_clock(NOW))
        all_here.wait(10)
        got.append(keeper())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (got, provider.renewals) == (["access-1"] * 4, ["refresh-0"])


def test_nobody_logged_in_says_what_to_do(vault: Vault) -> None:
    with pytest.raises(LoginError, match="nobody has logged in with Teller yet") as caught:
        Keeper(vault, Counting(), frozen_clock(NOW))()
    assert caught.value.hint == "log in again: crmlink login"


@pytest.mark.parametrize("refusal", [LoginError("revoked"), SourceError("away")])
def test_a_refused_renewal_leaves_what_is_kept(vault: Vault, refusal: CrmlinkError) -> None:
    vault.keep(Tokens("access-0", "refresh-0", NOW))
    with pytest.raises(type(refusal)):
        Keeper(vault, Counting(refusal=refusal), frozen_clock(NOW))()
    assert vault.tokens() == Tokens("access-0", "refresh-0", NOW)


def test_a_login_that_rotates_is_renewed_again_and_again(
    vault: Vault, microsoft: Microsoft, pages: OAuthServer
) -> None:
    _, refresh = pages.issued()
    pages.lifetime = 60
    vault.keep(Tokens("old", refresh, NOW))
    keeper = Keeper(vault, microsoft, frozen_clock(NOW))
    seen = {keeper() for _ in range(3)}
    assert len(seen) == 3
    assert seen < pages.access
    kept = vault.tokens()
    assert kept is not None
    assert pages.refresh == {kept.refresh}
    pages.refresh.clear()
    with pytest.raises(LoginError, match="no longer accepts the login"):
        keeper()


# ------------------------------------------------------------------ the file


def test_only_the_owner_can_read_what_is_kept(vault: Vault, tmp_path: Path) -> None:
    vault.keep(Tokens("access-0", "refresh-0", FAR))
    with vault.alone():
        files = sorted((tmp_path / "state").iterdir())
    assert [file.name for file in files] == ["login", "login.lock"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_that_others_may_read_is_refused(vault: Vault, tmp_path: Path) -> None:
    vault.keep(Tokens("access-0", "refresh-0", FAR))
    (tmp_path / "state" / "login").chmod(0o640)
    with pytest.raises(SettingsError, match="may be read by others") as caught:
        vault.tokens()
    assert "chmod 600" in caught.value.hint


def test_a_write_that_fails_leaves_the_old_tokens_and_nothing_beside(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.keep(Tokens("access-0", "refresh-0", FAR))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="No space left"):
        vault.keep(Tokens("access-1", "refresh-1", FAR))
    assert vault.tokens() == Tokens("access-0", "refresh-0", FAR)
    assert [file.name for file in (tmp_path / "state").iterdir()] == ["login"]


@given(
    st.one_of(st.text(max_size=40), st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(str))
)
def test_a_damaged_file_is_the_same_as_no_login(text: str) -> None:
    assert from_text(text) is None


@given(st.text(max_size=50), st.text(min_size=1, max_size=50), st.datetimes(timezones=st.just(UTC)))
def test_what_is_kept_comes_back(access: str, refresh: str, expires_at: datetime) -> None:
    tokens = Tokens(access, refresh, expires_at)
    assert from_text(tokens.to_text()) == tokens


# ------------------------------------------------------------------ the keyring


class Ring(KeyringBackend):
    """A real backend, in memory."""

    priority: float = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.kept[service, username] = password

    def _look(self) -> None:
        if self.locked:
            raise KeyringLocked("kanarie")


def test_a_keyring_is_used_where_there_is_a_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring()
    monkeypatch.setattr("keyring.get_keyring", lambda: ring)
    place = place_for(tmp_path / "login", "ik")
    assert isinstance(place, KeyringPlace)
    vault = Vault(place, tmp_path / "lock")
    assert vault.tokens() is None
    vault.keep(Tokens("access-0", "refresh-0", FAR))
    assert vault.tokens() == Tokens("access-0", "refresh-0", FAR)
    assert not (tmp_path / "login").exists()
    ring.locked = True
    with pytest.raises(LedgerError, match="keyring"):
        vault.tokens()


class Plain(Ring):
    priority = 0.5


@pytest.mark.parametrize("ring", [fail.Keyring, null.Keyring, Plain])
def test_without_a_real_keyring_it_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: Callable[[], KeyringBackend]
) -> None:
    monkeypatch.setattr("keyring.get_keyring", ring)
    assert place_for(tmp_path / "login", "ik") == FilePlace(tmp_path / "login")


def test_a_login_in_a_file_stays_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FilePlace(tmp_path / "login").write("x")
    monkeypatch.setattr("keyring.get_keyring", Ring)
    assert place_for(tmp_path / "login", "ik") == FilePlace(tmp_path / "login")
