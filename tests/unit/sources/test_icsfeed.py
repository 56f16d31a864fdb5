from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.sources.icsfeed import MAX_FEED, FeedSource, is_public
from crmlink.sources.port import CalendarChanges
from tests.servers.certificates import Certificate, CertificateFiles, write_certificate
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

START, END = date(2026, 3, 1), date(2026, 4, 1)


def vevent(uid: str, day: str) -> str:
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{day}T090000Z\r\nEND:VEVENT\r\n"


def feed(*events: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n"


@pytest.fixture
def certificate(tmp_path: Path) -> CertificateFiles:
    return write_certificate(Certificate.TRUSTED, tmp_path)


@pytest.fixture
def server(certificate: CertificateFiles) -> Iterator[ScriptedServer]:
    with scripted(certificate) as script:
        yield script


@pytest.fixture
def source(server: ScriptedServer, certificate: CertificateFiles) -> FeedSource:
    return FeedSource(f"{server.url}/geheim.ics?t=1", certificate.authority, public_only=False)


def read(source: FeedSource) -> CalendarChanges:
    [changes] = source.changes({}, start=START, end=END)
    return changes


class TestReading:
    def test_each_event_of_the_window_is_a_resource(self, server: ScriptedServer, source: FeedSource) -> None:
        body = feed(vevent("a", "20260310"), vevent("b", "20260311"), vevent("oud", "20200311"))
        server.replies["GET /geheim.ics?t=1"] = Reply(200, body, {"ETag": '"1"'})
        found = read(source)
        assert [[uid in item.raw for uid in (b"UID:a", b"UID:b")] for item in found.events] == [
            [True, False],
            [False, True],
        ]
        assert found.state == '"1"'

    def test_an_unchanged_feed_is_not_sent_again(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies["GET /geheim.ics?t=1"] = Reply(200, feed(vevent("a", "20260310")), {"ETag": '"1"'})
        first = read(source)
        server.replies["GET /geheim.ics?t=1"] = Reply(304)
        assert read(source).events == first.events
        assert server.asked[-1].headers["If-None-Match"] == '"1"'

    def test_a_redirect_on_the_same_host_is_followed(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies["GET /geheim.ics?t=1"] = Reply(302, headers={"Location": "/nieuw.ics"})
        server.replies["GET /nieuw.ics"] = Reply(200, feed(vevent("a", "20260310")))
        assert len(read(source).events) == 1

    def test_an_empty_feed_is_an_empty_calendar(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies["GET /geheim.ics?t=1"] = Reply(200, feed())
        assert read(source).events == ()


class TestRefusing:
    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            pytest.param(Reply(401), LoginError, id="not public"),
            pytest.param(Reply(404), SourceError, id="gone"),
            pytest.param(Reply(500), SourceError, id="server error"),
            pytest.param(Reply(304), SourceError, id="not modified without a copy"),
            pytest.param(Reply(200, "<html>"), SourceError, id="a web page"),
            pytest.param(Reply(200, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), SourceError, id="half a calendar"),
            pytest.param(Reply(200, "x" * (MAX_FEED + 1)), SourceError, id="too large"),
            pytest.param(Reply(302, headers={"Location": "https://elders.example/"}), UntrustedError, id="other host"),
            pytest.param(Reply(302, headers={"Location": "http://127.0.0.1/"}), UntrustedError, id="without TLS"),
            pytest.param(Reply(302, headers={"Location": "file:///etc/passwd"}), UntrustedError, id="a file"),
            pytest.param(Reply(302, headers={"Location": "/geheim.ics?t=1"}), SourceError, id="round in circles"),
        ],
    )
    def test_a_bad_answer_becomes_one_sentence(
        self, server: ScriptedServer, source: FeedSource, reply: Reply, error: type[CrmlinkError]
    ) -> None:
        server.replies["GET /geheim.ics?t=1"] = reply
        with pytest.raises(error) as raised:
            read(source)
        assert "geheim" not in f"{raised.value} {raised.value.hint}"

    def test_a_feed_on_this_machine_is_asked_nothing(self, server: ScriptedServer) -> None:
        with pytest.raises(UntrustedError, match="private network"):
            read(FeedSource(f"{server.url}/geheim.ics"))
        assert server.asked == []

    @pytest.mark.parametrize("kind", [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED])
    def test_a_bad_certificate_is_refused(self, kind: Certificate, tmp_path: Path) -> None:
        directory = tmp_path / "slecht"
        directory.mkdir()
        files = write_certificate(kind, directory)
        with scripted(files) as server:
            with pytest.raises(UntrustedError, match="certificate"):
                read(FeedSource(f"{server.url}/a.ics", files.authority, public_only=False))
            assert server.asked == []

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("93.184.216.34", True),
            ("2606:2800:220:1:248:1893:25c8:1946", True),
            *((private, False) for private in ("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "0.0.0.0")),  # noqa: S104
            *((special, False) for special in ("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255")),
            *((six, False) for six in ("::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::")),
            ("2002:7f00:1::", False),
        ],
    )
    def test_only_addresses_of_the_open_internet_are_public(self, address: str, *, public: bool) -> None:
        assert is_public(address) is public
