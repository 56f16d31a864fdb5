from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.model.ids import EventUid
from crmlink.sources.icsfeed import MAX_FEED, FeedSource, is_public
from crmlink.sources.port import CalendarChanges, KnownCalendar
from tests.servers.certificates import Certificate, CertificateFiles, write_certificate
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

PLACE = "GET /geheim.ics?t=1"
SUNDAY = "Sun, 01 Mar 2026 10:00:00 GMT"
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


def known_after(changes: CalendarChanges) -> dict[str, KnownCalendar]:
    return {changes.key: KnownCalendar(changes.state, {event.href: event.etag for event in changes.events})}


def read(source: FeedSource, known: CalendarChanges | None = None) -> CalendarChanges:
    [changes] = source.changes(known_after(known) if known else {}, start=START, end=END)
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

    def test_a_redirect_on_the_same_host_is_followed(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies["GET /geheim.ics?t=1"] = Reply(302, headers={"Location": "/nieuw.ics"})
        server.replies["GET /nieuw.ics"] = Reply(200, feed(vevent("a", "20260310")))
        assert len(read(source).events) == 1

    def test_an_empty_feed_is_an_empty_calendar(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies["GET /geheim.ics?t=1"] = Reply(200, feed())
        assert read(source).events == ()


class TestReadingAgain:
    @pytest.mark.parametrize(
        ("validators", "said"),
        [
            pytest.param({"ETag": '"1"'}, {"If-None-Match": '"1"'}, id="an etag"),
            pytest.param({"ETag": 'W/"1"'}, {"If-None-Match": 'W/"1"'}, id="a weak etag"),
            pytest.param({"ETag": "1"}, {"If-None-Match": "1"}, id="an etag without quotes"),
            pytest.param({"Last-Modified": SUNDAY}, {"If-Modified-Since": SUNDAY}, id="a date"),
            pytest.param(
                {"ETag": '"1"', "Last-Modified": SUNDAY},
                {"If-None-Match": '"1"', "If-Modified-Since": SUNDAY},
                id="both",
            ),
        ],
    )
    def test_an_unchanged_feed_is_not_sent_again(
        self, server: ScriptedServer, source: FeedSource, validators: dict[str, str], said: dict[str, str]
    ) -> None:
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310")), validators)
        first = read(source)
        server.replies[PLACE] = Reply(304)
        again = read(source, known=first)
        assert {name: server.asked[-1].headers[name] for name in said} == said
        assert (again.complete, again.events, again.gone, again.state) == (False, (), (), first.state)

    @pytest.mark.parametrize(
        "validators", [{}, {"ETag": ""}, {"ETag": '"\x01"'}, {"ETag": f'"{"x" * 1000}"'}, {"Last-Modified": "é"}]
    )
    def test_a_feed_without_a_usable_validator_is_sent_every_time(
        self, server: ScriptedServer, source: FeedSource, validators: dict[str, str]
    ) -> None:
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310")), validators)
        first = read(source)
        again = read(source, known=first)
        assert (first.state, again.complete, len(again.events)) == ("", True, 1)
        assert not {"If-None-Match", "If-Modified-Since"} & server.asked[-1].headers.keys()

    def test_in_another_window_the_whole_feed_is_asked_for(self, server: ScriptedServer, source: FeedSource) -> None:
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310"), vevent("b", "20260501")), {"ETag": '"1"'})
        first = read(source)
        [later] = source.changes(known_after(first), start=START, end=date(2026, 6, 1))
        assert "If-None-Match" not in server.asked[-1].headers
        assert (later.complete, len(first.events), len(later.events)) == (True, 1, 2)

    def test_looking_for_a_moved_event_does_not_take_unchanged_for_empty(
        self, server: ScriptedServer, source: FeedSource
    ) -> None:
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310"), vevent("b", "20280501")), {"ETag": '"1"'})
        first = read(source)
        source.close()
        server.replies[PLACE] = Reply(304)
        read(source, known=first)
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310"), vevent("b", "20280501")), {"ETag": '"1"'})
        assert len(source.find(frozenset({EventUid("b")}))) == 1

    @pytest.mark.parametrize("status", [400, 403, 412, 418, 500, 503])
    def test_a_failed_check_is_not_unchanged(self, server: ScriptedServer, source: FeedSource, status: int) -> None:
        server.replies[PLACE] = Reply(200, feed(vevent("a", "20260310")), {"ETag": '"1"'})
        first = read(source)
        server.replies[PLACE] = Reply(status)
        with pytest.raises((SourceError, LoginError)):
            read(source, known=first)


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

    def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that leads to a private address at the second look-up (DNS rebinding) gains nothing by it."""
        answers = ["93.184.216.34", "127.0.0.1"]
        reached: list[object] = []

        def look_up(_host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
            return [(2, 1, 6, "", (answers.pop(0), port))]

        def connect(address: tuple[str, int], **_: object) -> None:
            reached.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr("socket.getaddrinfo", look_up)
        monkeypatch.setattr("socket.create_connection", connect)
        with pytest.raises(SourceError):
            read(FeedSource("https://agenda.example/a.ics"))
        assert reached == [("93.184.216.34", 443)]
        assert answers == ["127.0.0.1"]

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: found)
        with pytest.raises(UntrustedError, match="private network"):
            read(FeedSource("https://agenda.example/a.ics"))
