"""The report in a real browser: it opens, its links lead somewhere, it fetches nothing and says no error, in every form."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Remote
from selenium.webdriver.common.by import By

from crmlink.ledger.open import open_ledger
from tests.e2e.office import run_here
from tests.half_year import HOSTILE, NOW, write_half_year
from tests.ledger_examples import ME
from tests.servers.chromium import Chromium

pytestmark = pytest.mark.xdist_group("browser")

AXE = "axe-core@4"
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document).then(found => done({passes: found.passes.length, violations: found.violations.map(one =>
  [one.impact, one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))])}), error => done({error: String(error)}));
"""
WATCH = "return performance.getEntriesByType('resource').map(one => one.name)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of a half year in both languages, written by the command itself."""
    import time_machine  # noqa: PLC0415 -- only here the days stand still

    directory = tmp_path_factory.mktemp("report")
    with open_ledger(str(directory / "ledger.db"), read_only=False) as ledger:
        write_half_year(ledger)
    settings = {
        "ME": f"Marleen van der Veen <{ME}>",
        "MAIL": f"maildir://{directory}",
        "DATABASE": str(directory / "ledger.db"),
    }
    with time_machine.travel(NOW, tick=False):
        for language in ("nl", "en"):
            name = directory / f"{language}.html"
            done = run_here(("report", "--html", str(name), "--language", language), settings, directory)
            assert (done.code, done.err) == (0, "")
    return {language: directory / f"{language}.html" for language in ("nl", "en")}


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Remote]:
    """The browser, with a way to its own tools; what was set there is undone."""
    page = chromium.page
    page.command_executor._commands["tools"] = ("POST", "/session/$sessionId/goog/cdp/execute")  # type: ignore[union-attr]
    yield page
    tell(page, "Emulation.clearDeviceMetricsOverride")
    tell(page, "Emulation.setEmulatedMedia", media="", features=[])
    page.get("about:blank")


def tell(page: Remote, command: str, **parameters: Any) -> Any:
    return page.execute("tools", {"cmd": command, "params": parameters})["value"]


def show(page: Remote, file: Path, width: int = 1280, height: int = 900, *, dark: bool = False) -> None:
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    tell(
        page, "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
    )
    tell(page, "Emulation.setEmulatedMedia", media="screen", features=[scheme])
    page.get(file.as_uri())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_opens_without_error_and_without_any_request(browser: Remote, pages: dict[str, Path], language: str) -> None:
    browser.execute("getLog", {"type": "browser"})
    show(browser, pages[language])
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
    assert browser.execute("getLog", {"type": "browser"})["value"] == []
    assert browser.execute_script(WATCH) == []
    text = browser.find_element(By.TAG_NAME, "body").text
    assert [name for name in HOSTILE if name not in text] == []


def test_every_link_leads_to_a_place_on_the_page(browser: Remote, pages: dict[str, Path]) -> None:
    show(browser, pages["nl"])
    links = [str(link.get_attribute("href")) for link in browser.find_elements(By.TAG_NAME, "a")]
    assert len(links) > 70
    for link in sorted(set(links)):
        place = link.partition("#")[2]
        assert link.startswith(pages["nl"].as_uri())
        assert browser.find_elements(By.ID, place)
    section = browser.find_element(By.CSS_SELECTOR, "nav a[href='#people']")
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")
    section.click()
    assert browser.execute_script("return document.getElementById('people').getBoundingClientRect().top") < 900


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)], ids=["phone", "desk"])
def test_nothing_stands_outside_the_window(browser: Remote, pages: dict[str, Path], width: int, height: int) -> None:
    show(browser, pages["nl"], width, height)
    browser.execute_script("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_dark_page_is_dark(browser: Remote, pages: dict[str, Path]) -> None:
    colours = []
    for dark in (False, True):
        show(browser, pages["nl"], dark=dark)
        colours.append(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))
    light, dark_colour = (sum(int(part) for part in colour[4:-1].split(",")) for colour in colours)
    assert light > 700
    assert dark_colour < 100


def test_it_prints(browser: Remote, pages: dict[str, Path]) -> None:
    show(browser, pages["nl"])
    printed = tell(browser, "Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    assert len(printed["data"]) > 10_000


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)], ids=["phone, light", "desk, dark"])
def test_axe_finds_nothing_serious(
    browser: Remote, pages: dict[str, Path], axe: str, width: int, *, dark: bool
) -> None:
    show(browser, pages["nl"], width, dark=dark)
    browser.execute_script("document.querySelectorAll('details').forEach((one, number) => one.open = number < 3)")
    tell(browser, "Page.setBypassCSP", enabled=True)
    browser.execute_script(axe)
    found = browser.execute_async_script(RUN_AXE)
    assert found["passes"] > 15
    assert [one for one in found["violations"] if one[0] in ("serious", "critical")] == []


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The axe-core checker, from npm; the test is skipped where npm or the registry cannot be reached."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so axe-core cannot be fetched")
    directory = tmp_path_factory.mktemp("axe")
    wanted = [npm, "pack", AXE, "--silent", "--fetch-retries=1", "--fetch-timeout=20000"]
    begin = time.monotonic()
    try:
        done = subprocess.run(
            wanted, cwd=directory, capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "npm_config_update_notifier": "false"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("axe-core did not come from npm in time")
    archives = list(directory.glob("*.tgz"))
    if done.returncode or not archives:
        pytest.skip(f"axe-core could not be fetched from npm in {time.monotonic() - begin:.0f} s: {done.stderr[-200:]}")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()
