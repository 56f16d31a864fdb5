"""Fixtures for the contract suites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.boxes import BOXES, Box, ImapBox, new_box
from tests.faults.way import fresh_ledger
from tests.servers.accounts import ImapServer
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import ENGLISH, DovecotOptions


@pytest.fixture(params=BOXES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    """A fresh mailbox of every kind in turn."""

    def server(name: str) -> ImapServer:
        found = request.getfixturevalue(name)
        mail: ImapServer = found.mail if isinstance(found, Cyrus) else found
        return mail

    return new_box(request.param, tmp_path, server)


@pytest.fixture
def box_without(box: Box, request: pytest.FixtureRequest) -> Callable[[str], Box]:
    """The same kinds, without the folder of that name."""

    def without(folder: str) -> Box:
        if box.name == "dovecot":  # it makes its configured folders again at every login
            folders = {use: name for use, name in ENGLISH.items() if name != folder}
            dovecot = request.getfixturevalue("dovecot_like")(DovecotOptions(folders=folders))
            return ImapBox("dovecot", dovecot.account())
        box.drop(folder)
        return box

    return without


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows one lapse, to be copied."""
    return fresh_ledger(tmp_path_factory.mktemp("fresh") / "ledger.db")
