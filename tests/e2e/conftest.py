"""The offices that stories play in: each is a real IMAP server with a real CalDAV server, under watch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.office import Office
from tests.e2e.watch import watched
from tests.servers.accounts import CalendarAccount, ImapAccount
from tests.servers.cyrus_server import Cyrus
from tests.servers.dovecot_server import Dovecot
from tests.servers.pymap_server import Pymap
from tests.servers.radicale_server import Radicale


@pytest.fixture(params=["pymap and radicale", "dovecot and radicale", "cyrus"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A fresh owner on each set of servers."""
    if request.param == "cyrus":
        cyrus: Cyrus = request.getfixturevalue("cyrus")
        account = cyrus.account()
        assert account.mail is not None
        with _opened(account.mail, account, tmp_path) as office:
            office.me = f"Marleen van der Veen <{account.address}>"
            yield office
        return
    mail: Pymap | Dovecot = request.getfixturevalue(request.param.split()[0])
    radicale: Radicale = request.getfixturevalue("radicale")
    with _opened(mail.account(), radicale.account(), tmp_path) as office:
        yield office


@pytest.fixture
def on_dovecot(dovecot: Dovecot, radicale: Radicale, tmp_path: Path) -> Iterator[Office]:
    """A fresh owner on Dovecot and Radicale."""
    with _opened(dovecot.account(), radicale.account(), tmp_path) as office:
        yield office


@pytest.fixture
def on_pymap(pymap: Pymap, radicale: Radicale, tmp_path: Path) -> Iterator[Office]:
    """A fresh owner on the servers that are always there."""
    with _opened(pymap.account(), radicale.account(), tmp_path) as office:
        yield office


@contextmanager
def _opened(mail: ImapAccount, calendar: CalendarAccount, directory: Path) -> Iterator[Office]:
    """An office under watch."""
    with watched(mail, calendar) as watch:
        yield Office(mail, calendar, directory, watch=watch)
