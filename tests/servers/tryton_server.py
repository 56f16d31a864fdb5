"""A real Tryton with the party module, on SQLite: a JSON-RPC server of its own process on a port the kernel gives.

It is no part of the default tests: `uv run --group tryton` installs it, or CRMLINK_TEST_TRYTON names an environment that
has it. Without it the tests are skipped.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "kanarie-Wachtwoord-12"
_PATIENCE = 600  # tenths of a second; a machine may be slow
_CONFIGURATION = "[database]\nuri = sqlite://\npath = {directory}\n[web]\nlisten = 127.0.0.1:0\n"


@dataclass(frozen=True, slots=True)
class TrytonServer:
    """A database `crm` with the user `admin`."""

    url: str

    def call(self, method: str, *parameters: Any) -> Any:
        """What a method of a model gives; not by crmlink's own client."""
        body = json.dumps({"id": 1, "method": f"model.{method}", "params": [*parameters, {}]}).encode()
        login = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
        request = urllib.request.Request(f"{self.url}/rpc/", body, headers)  # noqa: S310 -- our own server
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)["result"]


def _programs() -> Path:
    place = Path(os.environ["CRMLINK_TEST_TRYTON"]) / "bin" if "CRMLINK_TEST_TRYTON" in os.environ else None
    place = place or Path(sys.executable).parent
    if not (place / "trytond-admin").exists():
        pytest.skip("Tryton is not installed: uv run --group tryton pytest tests/contract/test_tryton.py")
    return place


@contextmanager
def tryton(directory: Path) -> Iterator[TrytonServer]:
    """A running server with an empty database."""
    programs = _programs()
    configuration = directory / "trytond.conf"
    configuration.write_text(_CONFIGURATION.format(directory=directory))
    (directory / "crm.sqlite").touch()
    (directory / "password").write_text(PASSWORD)
    options: list[str | Path] = ["-c", configuration, "-d", "crm"]
    subprocess.run(
        [programs / "trytond-admin", *options, "-u", "ir", "res", "country", "party", "--email", "me@veen.example"],
        env=os.environ | {"TRYTONPASSFILE": str(directory / "password")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    log = directory / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([programs / "trytond", *options], stdout=out, stderr=out)
    try:
        yield TrytonServer(f"{_address(log, process)}/crm")
    finally:
        process.terminate()
        process.wait(60)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    for _ in range(_PATIENCE):
        if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        assert process.poll() is None, log.read_text()
        threading.Event().wait(0.1)
    raise AssertionError(log.read_text())
