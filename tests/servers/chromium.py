"""Chromium from Debian, without a window, in a profile of its own that is thrown away.

Its driver runs under the same guard as the servers, so that no browser outlives the tests. Nothing is downloaded, and
the browser is told to talk to nobody but the pages it is sent to.
"""

from __future__ import annotations

import shutil
from typing import Final, Self

from selenium.webdriver import ChromeOptions, Remote

from crmlink.demo.servers.process import ServerProcess, listens, start_with_free_ports
from tests.servers.installed import ServerNotInstalledError

FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # it runs as root where continuous integration does
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
    "--window-size=1280,900",
)


class Chromium:
    """A running browser; a context manager. `page` is its one window."""

    def __init__(self) -> None:
        program, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if program is None or driver is None:
            raise ServerNotInstalledError(
                "chromium is not installed: apt-get install chromium chromium-driver (or .ci/install)"
            )
        self._program, self._driver = program, driver
        self.port, self.process = start_with_free_ports(1, self._start)
        try:
            self.page = Remote(f"http://127.0.0.1:{self.port}", options=self._options())
        except BaseException:
            self.process.stop()
            raise

    def stop(self) -> None:
        """Close the browser and throw its profile away."""
        try:
            self.page.quit()
        finally:
            self.process.stop()

    def _start(self, ports: list[int]) -> tuple[int, ServerProcess]:
        (port,) = ports
        process = ServerProcess("chromium")
        try:
            process.start([self._driver, f"--port={port}", "--allowed-ips=127.0.0.1"])
            process.wait_for(lambda: listens(port))
        except BaseException:
            process.stop()
            raise
        return port, process

    def _options(self) -> ChromeOptions:
        options = ChromeOptions()
        options.binary_location = self._program
        for flag in (*FLAGS, f"--user-data-dir={self.process.directory / 'profile'}"):
            options.add_argument(flag)
        return options

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
