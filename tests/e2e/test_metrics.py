"""The numbers of the daemon, over real HTTP: of each account, without a name or an address of anybody."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crmlink.app.config.accounts import Account
from crmlink.app.house import open_house
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.service.metrics import Metrics
from crmlink.app.service.observers import observer_of
from crmlink.app.service.pulse import Pulse
from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState
from crmlink.model.errors import LoginError, SettingsError, SourceError, TemporaryError
from tests.e2e.office import NOW
from tests.e2e.on_disk import accounts, maildir

PEOPLE = {"jan": "Jan Bakker <jan@firma.example>", "piet": "Piet Smit <piet@firma.example>"}


@pytest.fixture
def both(tmp_path: Path) -> tuple[Account, ...]:
    """Two owners in one ledger, each with three questions of which two may be answered today."""
    given = {"ACCOUNTS": "jan,piet", "DATABASE": str(tmp_path / "ledger.db"), "MAX_DRAFTS_PER_DAY": "2"}
    for name, me in PEOPLE.items():
        mail = maildir(tmp_path / name, me, questions=3)
        given |= {f"{name.upper()}__ME": me, f"{name.upper()}__MAIL": mail}
    return accounts(given)


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    """Shown on a port the kernel chose."""
    one = Metrics(NOW, 0)
    yield one
    one.stopping()


def _scanned(account: Account) -> ScanResult:
    now = NOW()
    with open_house(account.settings, NOW) as house:
        result = scan(house, ScanTask(now, now - account.settings.policy.lookback), lambda _name, _count: None)
    Pulse(NOW).pass_done(account, result, 0.5)
    return result


def _page(metrics: Metrics) -> str:
    with urllib.request.urlopen(metrics.url, timeout=30) as answer:  # noqa: S310 -- our own server
        text: str = answer.read().decode()
    return text


def _numbers(page: str) -> dict[tuple[str, str], float]:
    """Sample name and account to value."""
    families = text_string_to_metric_families(page)
    samples = (sample for family in families for sample in family.samples)
    return {(one.name, one.labels["account"]): one.value for one in samples if "le" not in one.labels}


def test_each_account_is_a_number_with_what_happened_to_it(both: tuple[Account, ...], metrics: Metrics) -> None:
    for account in both:
        metrics.pass_done(account, _scanned(account), 0.5)
    with open_ledger(both[1].settings.database, read_only=False) as ledger:
        stored = ledger.drafts.all(both[1].address)[0]
        ledger.drafts.mark(both[1].address, stored.draft.message_id, DraftState.PARKED, NOW(), error="no")
    metrics.reconnected(both[0])
    metrics.pass_failed(both[1], LoginError("refused"), 2)
    metrics.pass_failed(both[1], SourceError("no network"), 2)
    told = _numbers(_page(metrics))
    for (name, number), value in {
        ("crmlink_drafts_placed_total", "1"): 2,
        ("crmlink_drafts_placed_total", "2"): 2,
        ("crmlink_drafts_unknown", "1"): 0,
        ("crmlink_drafts_parked", "1"): 0,
        ("crmlink_drafts_parked", "2"): 1,
        ("crmlink_quarantined", "1"): 0,
        ("crmlink_backlog", "1"): 1,
        ("crmlink_reconnects_total", "1"): 1,
        ("crmlink_login_failures_total", "2"): 1,
        ("crmlink_scan_seconds_count", "1"): 1,
        ("crmlink_scan_seconds_count", "2"): 3,
        ("crmlink_scan_seconds_sum", "2"): 4.5,
    }.items():
        assert told[name, number] == value, name
    assert abs(told["crmlink_last_success_timestamp_seconds", "1"] - NOW().timestamp()) < 3600
    assert {number for _, number in told} == {"1", "2"}


def test_nobody_is_named(both: tuple[Account, ...], metrics: Metrics) -> None:
    for account in both:
        metrics.pass_done(account, _scanned(account), 0.5)
        metrics.pass_failed(account, LoginError(f"refused for {account.address}"), 2)
    page = _page(metrics).lower()
    assert [word for word in ("@", "jan", "piet", "gijs", "firma", "offerte", "levertijd") if word in page] == []


def test_an_account_that_is_gone_after_a_reload_is_not_shown_as_if_it_stood(
    both: tuple[Account, ...], metrics: Metrics
) -> None:
    results = [_scanned(account) for account in both]
    for account, result in zip(both, results, strict=True):
        metrics.pass_done(account, result, 0.5)
    metrics.reloaded()
    metrics.pass_done(both[1], results[1], 0.5)
    told = _numbers(_page(metrics))
    assert [account for name, account in told if name == "crmlink_drafts_parked"] == ["2"]


def test_they_are_shown_on_this_machine_alone_until_the_daemon_ends() -> None:
    one = Metrics(NOW, 0)
    assert one._server.socket.getsockname()[0] == "127.0.0.1"
    assert "crmlink_drafts_placed" in _page(one)
    with pytest.raises(TemporaryError, match="port"):
        Metrics(NOW, one._server.server_port)
    one.stopping()
    with pytest.raises(urllib.error.URLError):
        _page(one)


def test_without_the_library_the_setting_says_what_to_install(
    both: tuple[Account, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"ME": PEOPLE["jan"], "MAIL": f"maildir://{Path.cwd()}", "METRICS_PORT": "9"}
    monkeypatch.setitem(sys.modules, "crmlink.app.service.metrics", None)
    with pytest.raises(SettingsError, match="CRMLINK_METRICS_PORT") as caught:
        observer_of(accounts(settings), {}, NOW, lambda: 0)
    assert "crmlink[metrics]" in caught.value.hint
    observer_of(both, {}, NOW, lambda: 0).alive()
