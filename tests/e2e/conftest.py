"""The offices that stories play in: each is a real IMAP server with a real CalDAV server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.office import Office
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import Dovecot
from tests.servers.pymap_server import Pymap
from tests.servers.radicale_server import Radicale


@pytest.fixture(params=["pymap and radicale", "dovecot and radicale", "cyrus"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """A fresh owner on each set of servers."""
    if request.param == "cyrus":
        cyrus: Cyrus = request.getfixturevalue("cyrus")
        account = cyrus.account()
        assert account.mail is not None
        return Office(account.mail, account, tmp_path, f"Marleen van der Veen <{account.address}>")
    mail: Pymap | Dovecot = request.getfixturevalue(request.param.split()[0])
    radicale: Radicale = request.getfixturevalue("radicale")
    return Office(mail.account(), radicale.account(), tmp_path)


@pytest.fixture
def on_dovecot(dovecot: Dovecot, radicale: Radicale, tmp_path: Path) -> Office:
    """A fresh owner on Dovecot and Radicale."""
    return Office(dovecot.account(), radicale.account(), tmp_path)


@pytest.fixture
def on_pymap(pymap: Pymap, radicale: Radicale, tmp_path: Path) -> Office:
    """A fresh owner on the servers that are always there."""
    return Office(pymap.account(), radicale.account(), tmp_path)
