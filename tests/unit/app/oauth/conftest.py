"""A login provider of this machine, and the clients that were registered with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmlink.app.oauth.google import CALENDAR_SCOPE, MAIL_SCOPE, Google
from crmlink.app.oauth.microsoft import Microsoft
from tests.servers.certificates import Certificate, CertificateFiles, write_certificate
from tests.servers.oauth_server import CLIENT, SECRET, OAuthServer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return write_certificate(Certificate.TRUSTED, tmp_path_factory.mktemp("oauth"))


@pytest.fixture
def pages(certificate: CertificateFiles) -> Iterator[OAuthServer]:
    with OAuthServer(certificate) as server:
        yield server


@pytest.fixture
def microsoft(pages: OAuthServer) -> Microsoft:
    return Microsoft(CLIENT, pages=pages.url, ca_file=pages.ca_file)


@pytest.fixture
def google(pages: OAuthServer) -> Google:
    return google_at(pages)


def google_at(pages: OAuthServer, ca_file: Path | None = None) -> Google:
    return Google(
        CLIENT,
        SECRET,
        (MAIL_SCOPE, CALENDAR_SCOPE),
        "marleen@example.nl",
        browser=False,
        login_page=f"{pages.url}/authorize",
        token_page=f"{pages.url}/token",
        ca_file=ca_file or pages.ca_file,
    )
