"""Finding the servers of an address: by the table, by a real name server, by the domain's own file; or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.app.config.logins import MailAuth, takes_token
from crmlink.app.setup import autoconfig
from crmlink.app.setup.autoconfig import imap_server
from crmlink.app.setup.dns import Dns
from crmlink.app.setup.find_servers import Found, find_servers
from crmlink.app.setup.providers import Provider, provider_of, providers
from crmlink.mailbox.location import ImapLocation, is_loopback, parse_location
from crmlink.sources.calendar_location import parse_calendars
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.dns_server import DnsServer
from tests.servers.scripted_http import Reply, scripted

CONFIG = """<?xml version="1.0"?><!-- by hand -->
<clientConfig version="1.1"><emailProvider id="zaak.nl"><domain>zaak.nl</domain>
<incomingServer type="pop3"><hostname>pop.zaak.nl</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>{port}</port><socketType>{security}</socketType>
<username>{user}</username><authentication>{way}</authentication></incomingServer>
</emailProvider></clientConfig>"""


def config(
    security: str = "SSL", port: str = "993", user: str = "%EMAILLOCALPART%", way: str = "password-cleartext"
) -> bytes:
    return CONFIG.format(port=port, security=security, user=user, way=way).encode()


@pytest.fixture
def names() -> Iterator[DnsServer]:
    with DnsServer() as server:
        yield server


def found(names: DnsServer, address: str = "marleen@zaak.nl", file: bytes | None = None) -> Found:
    return find_servers(address, Dns(names.place, lifetime=0.3), lambda _url: file)


# ------------------------------------------------------------------ the table


@pytest.mark.parametrize("provider", providers(), ids=lambda one: one.name)
def test_a_row_gives_places_that_can_be_used(provider: Provider) -> None:
    for address in ("marleen@zaak.nl", "o'hara+x@zaak.nl", "m/x#y?z@zaak.nl"):
        if provider.mail:
            place = parse_location(provider.mail_of(address, "mail.zaak.nl"))
            assert isinstance(place, ImapLocation)
            assert place.user in {address, address.partition("@")[0]}
        for by_token in (False, True):
            calendar = provider.calendar_of(address, "cloud.zaak.nl", by_token=by_token)
            assert len(parse_calendars(calendar)) == bool(calendar)
    assert provider.know.endswith(".")
    assert provider.password in {"", "own", "app"}
    assert bool(provider.password) or provider.oauth
    assert provider.page.startswith("https://") is (provider.password == "app")
    assert (provider.oauth is MailAuth.GOOGLE) is bool(provider.oauth_calendar)
    assert not provider.oauth_calendar or takes_token(provider.oauth_calendar)


def test_no_password_is_said_to_a_provider_without_tls() -> None:
    for provider in providers():
        assert not provider.mail or provider.mail.startswith(("imaps://", "imap+starttls://")), provider.name
        assert not provider.calendar or provider.calendar.startswith("https://"), provider.name
    assert [
        one.name for one in providers() if one.mail and is_loopback(one.mail.rpartition("@")[2].partition(":")[0])
    ] == ["Proton Mail (with Bridge)"]


def test_no_domain_belongs_to_two() -> None:
    domains = [domain for one in providers() for domain in (*one.domains, *one.mx)]
    own = [domain for one in providers() for domain in one.domains]
    assert len(own) == len(set(own))
    assert all(domain == domain.lower() for domain in domains)


@pytest.mark.parametrize(
    ("domain", "exchangers", "name"),
    [
        ("GMail.com", [], "Gmail"),
        ("zaak.nl", ["ASPMX.L.GOOGLE.COM."], "Gmail"),
        ("zaak.nl", ["zaak-nl.mail.protection.outlook.com."], "Microsoft"),
        ("zaak.nl", ["in1-smtp.messagingengine.com", "mx.transip.email"], "Fastmail"),
        ("zaak.nl", ["mx.transip.email"], "TransIP"),
        ("zaak.nl", ["mx.soverin.net"], "Soverin"),
        ("zaak.nl", ["notgoogle.com", "google.com.zaak.nl"], ""),
        ("notgmail.com", [], ""),
        ("zaak.nl", [], ""),
    ],
)
def test_whose_a_domain_is(domain: str, exchangers: list[str], name: str) -> None:
    provider = provider_of(domain, exchangers)
    assert (provider is None) is (not name)
    assert provider is None or provider.name.startswith(name)


def test_a_known_address_is_looked_up_nowhere(names: DnsServer) -> None:
    gmail = found(names, "marleen@gmail.com")
    assert (gmail.mail, names.asked) == ("imaps://marleen@gmail.com@imap.gmail.com", [])
    assert found(names, "marleen@icloud.com").mail == "imaps://marleen@imap.mail.me.com"


# ------------------------------------------------------------------ the DNS


def test_an_own_domain_is_known_by_where_its_mail_goes(names: DnsServer) -> None:
    names.zone = {"zaak.nl MX": ["20 backup.zaak.nl.", "10 mx.soverin.net."]}
    known = found(names)
    assert known.mail == "imaps://marleen@zaak.nl@imap.soverin.net"
    assert known.calendar == "https://caldav.soverin.net/"
    assert known.how == "mail for zaak.nl is delivered there"


def test_service_records_name_mailbox_and_calendar(names: DnsServer) -> None:
    names.zone = {
        "zaak.nl MX": ["10 mail.zaak.nl."],
        "_imaps._tcp.zaak.nl SRV": ["20 0 993 second.zaak.nl.", "10 0 993 mail.zaak.nl."],
        "_imap._tcp.zaak.nl SRV": ["15 0 143 mail.zaak.nl."],
        "_caldavs._tcp.zaak.nl SRV": ["0 1 8443 dav.zaak.nl."],
        "_caldavs._tcp.zaak.nl TXT": ['"path=/dav/"'],
    }
    known = found(names)
    assert (known.mail, known.calendar) == ("imaps://marleen@zaak.nl@mail.zaak.nl", "https://dav.zaak.nl:8443/dav/")
    assert known.how == "zaak.nl says so in the DNS"


def test_a_calendar_without_a_path_is_asked_for_it(names: DnsServer) -> None:
    names.zone = {"zaak.nl MX": ["10 mail.zaak.nl."], "_caldavs._tcp.zaak.nl SRV": ["0 1 443 dav.zaak.nl."]}
    assert found(names).calendar == "https://dav.zaak.nl/.well-known/caldav"


@pytest.mark.parametrize(
    ("records", "mail"),
    [
        pytest.param({"_imaps._tcp.zaak.nl SRV": ["0 0 0 ."]}, "", id="not offered"),
        pytest.param(
            {"_imap._tcp.zaak.nl SRV": ["0 0 143 m.zaak.nl."]},
            "imap+starttls://marleen@zaak.nl@m.zaak.nl",
            id="only STARTTLS",
        ),
        pytest.param(
            {"_imaps._tcp.zaak.nl SRV": ["0 0 9930 m.zaak.nl."]},
            "imaps://marleen@zaak.nl@m.zaak.nl:9930",
            id="another port",
        ),
        pytest.param({"_imaps._tcp.zaak.nl SRV": ["0 0 0 m.zaak.nl."]}, "", id="no port"),
        pytest.param({"_imaps._tcp.zaak.nl SRV": [r"0 0 993 m\032x\".zaak.nl."]}, "", id="a host that is none"),
        pytest.param({"_imaps._tcp.zaak.nl CNAME": ["nergens.zaak.nl."]}, "", id="an alias to nowhere"),
    ],
)
def test_what_a_record_means(names: DnsServer, records: dict[str, list[str]], mail: str) -> None:
    names.zone = {"zaak.nl MX": ["10 mail.zaak.nl."], **records}
    assert found(names).mail == mail


@pytest.mark.parametrize("way", ["silent", "nonsense"])
def test_a_dns_that_does_not_answer_is_asked_once(names: DnsServer, way: str) -> None:
    setattr(names, way, True)
    assert found(names, file=config()) == Found()
    assert {key.rpartition(" ")[2] for key in names.asked} == {"MX"}


@pytest.mark.parametrize("address", ["marleen@zaak.example", "marleen@mail.test", "marleen@localhost", "a@b.local"])
def test_nobodys_domain_is_asked_nothing(names: DnsServer, address: str) -> None:
    assert found(names, address, config()) == Found()
    assert names.asked == []


def test_without_lookups_nobody_is_asked() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return config()

    assert find_servers("marleen@zaak.nl", None, fetch) == Found()
    assert asked == []


# ------------------------------------------------------------------ the domain's own file


def test_the_domains_own_file_is_read_where_the_dns_says_nothing(names: DnsServer) -> None:
    names.zone = {"zaak.nl MX": ["10 mail.zaak.nl."]}
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return config() if "well-known" in url else None

    known = find_servers("marleen@zaak.nl", Dns(names.place), fetch)
    assert (known.mail, known.how) == ("imaps://marleen@imap.zaak.nl", "zaak.nl publishes it")
    assert asked == [
        "https://autoconfig.zaak.nl/mail/config-v1.1.xml",
        "https://zaak.nl/.well-known/autoconfig/mail/config-v1.1.xml",
    ]


@pytest.mark.parametrize(
    ("content", "mail"),
    [
        pytest.param(config(), "imaps://jan@imap.zaak.nl", id="TLS"),
        pytest.param(config("STARTTLS", "143"), "imap+starttls://jan@imap.zaak.nl", id="STARTTLS"),
        pytest.param(config(port="1993", user="%EMAILADDRESS%"), "imaps://jan@zaak.nl@imap.zaak.nl:1993", id="a port"),
        pytest.param(config("plain", "143"), "", id="without TLS"),
        pytest.param(config(way="OAuth2"), "", id="no password"),
        pytest.param(b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + config(), "", id="an entity"),
        pytest.param(config()[:-9], "", id="half a file"),
        pytest.param(b"<html>404</html>", "", id="a page"),
        pytest.param(b"\xff\xfe\x00", "", id="no text"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_what_a_file_means(content: bytes, mail: str) -> None:
    assert imap_server(content, "jan@zaak.nl") == mail


@given(st.binary(max_size=200), st.text(alphabet="<>/imapserver &;!-[]\"'=x%", max_size=80))
def test_any_file_gives_an_address_or_nothing(raw: bytes, text: str) -> None:
    for content in (raw, text.encode(), b"<a>" + text.encode() + b"</a>"):
        assert imap_server(content, "jan@zaak.nl") == ""
    imap_server(config(user=text.replace("<", "").replace("&", "")), "jan@zaak.nl")


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A web server whose certificate the machine trusts; gives its address."""
    files = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(files) as server:
        server.replies["GET /good"] = Reply(200, config())
        server.replies["GET /elsewhere"] = Reply(302, headers={"Location": "/good"})
        server.replies["GET /long"] = Reply(200, b"x" * (autoconfig.MOST_BYTES + 1))
        server.replies["GET /slow"] = Reply(200, config(), pause=0.05)
        session = autoconfig.session

        def with_authority() -> object:
            opened = session()
            opened.verify = str(files.authority)
            return opened

        monkeypatch.setattr(autoconfig, "session", with_authority)
        yield server.url


@pytest.mark.parametrize(("path", "there"), [("good", True), ("elsewhere", False), ("long", False), ("gone", False)])
def test_only_a_short_plain_answer_is_read(trusting: str, path: str, there: bool) -> None:  # noqa: FBT001
    assert (autoconfig.fetch(f"{trusting}/{path}") is not None) is there


def test_an_answer_without_end_is_given_up(trusting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoconfig, "SECONDS", 0.3)
    assert autoconfig.fetch(f"{trusting}/slow") is None


def test_without_a_trusted_certificate_nothing_is_read(tmp_path: Path) -> None:
    with scripted(write_certificate(Certificate.SELF_SIGNED, tmp_path)) as server:
        server.replies["GET /good"] = Reply(200, config())
        assert autoconfig.fetch(f"{server.url}/good") is None
        assert server.asked == []
    assert autoconfig.fetch("https://127.0.0.1:1/good") is None
