from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from caldav.lib.http_sync import requests

from crmlink.model.errors import CrmlinkError, LoginError, SourceError, UntrustedError
from crmlink.sources.bounded_session import MAX_ANSWER, BoundedSession
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.caldav_client import ReadingClient, check_place
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.port import CalendarChanges
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

SECRET = "niet-doorvertellen"
LOGIN = CalendarLogin("marleen", SECRET)
WINDOW = {"start": date(2026, 3, 1), "end": date(2026, 4, 1)}
HEAD = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Agenda</D:displayname>"
DATA = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260310T090000Z\nEND:VEVENT\nEND:VCALENDAR\n"


def multistatus(*responses: tuple[str, str]) -> Reply:
    found = "".join(
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        for href, properties in responses
    )
    return Reply(207, f"{HEAD}{found}</D:multistatus>")


def event(href: str, data: str = DATA) -> tuple[str, str]:
    return href, f'<D:getetag>"1"</D:getetag><C:calendar-data>{data}</C:calendar-data>'


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted() as script:
        script.replies["PROPFIND /cal/"] = multistatus(("/cal/", CALENDAR))
        script.replies["REPORT /cal/"] = multistatus(event("/cal/1.ics"))
        yield script


def read(url: str, login: CalendarLogin = LOGIN) -> list[CalendarChanges]:
    source = CalDavSource(url, login)
    try:
        return list(source.changes({}, **WINDOW))
    finally:
        source.close()


class TestFinding:
    def test_a_principal_leads_to_its_home_and_from_there_to_the_calendars(self, server: ScriptedServer) -> None:
        principal = "<D:current-user-principal><D:href>/who/</D:href></D:current-user-principal>"
        home = "<C:calendar-home-set><D:href>/home/</D:href></C:calendar-home-set>"
        tasks = (
            f"{CALENDAR}<C:supported-calendar-component-set><C:comp name='VTODO'/></C:supported-calendar-component-set>"
        )
        gone = '<D:resourcetype><C:calendar/><N:deleted-calendar xmlns:N="http://nextcloud.com/ns"/></D:resourcetype>'
        plain = "<D:resourcetype><D:collection/></D:resourcetype>"
        server.replies |= {
            "PROPFIND /": multistatus(("/", principal)),
            "PROPFIND /who/": multistatus(("/who/", home)),
            "PROPFIND /home/": multistatus(
                ("/home/", plain), ("/cal/", CALENDAR), ("/home/taken/", tasks), ("/home/weg/", gone)
            ),
        }
        [changes] = read(f"{server.url}/")
        assert (changes.calendar, [found.href for found in changes.events]) == ("Agenda", ["/cal/1.ics"])

    def test_calendars_of_the_same_name_are_told_apart(self, server: ScriptedServer) -> None:
        server.replies |= {
            "PROPFIND /": multistatus(("/a/", CALENDAR), ("/b/", CALENDAR)),
            "REPORT /a/": multistatus(),
            "REPORT /b/": multistatus(),
        }
        server.replies["PROPFIND /"] = multistatus(("/", "<D:displayname>thuis</D:displayname>"), *(
            (href, CALENDAR) for href in ("/a/", "/b/")
        ))  # fmt: skip
        assert [changes.calendar for changes in read(f"{server.url}/")] == ["Agenda (a)", "Agenda (b)"]

    def test_no_calendars_is_a_failure(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /"] = multistatus(("/", "<D:displayname>leeg</D:displayname>"))
        with pytest.raises(SourceError, match="no calendars"):
            read(f"{server.url}/")


class TestReading:
    def test_only_reading_verbs_leave_the_house(self, server: ScriptedServer) -> None:
        read(f"{server.url}/cal/")
        assert {request.method for request in server.asked} == {"PROPFIND", "REPORT"}

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PROPPATCH", "MKCALENDAR", "MKCOL", "MOVE"])
    def test_a_writing_verb_cannot_be_used(self, server: ScriptedServer, method: str) -> None:
        with pytest.raises(AssertionError):
            ReadingClient(server.url, LOGIN).request("/cal/", method)
        assert server.asked == []

    def test_the_server_is_asked_for_whole_events_of_the_window(self, server: ScriptedServer) -> None:
        read(f"{server.url}/cal/")
        [query] = [request.body for request in server.asked if request.method == "REPORT"]
        assert '<C:time-range start="20260228T000000Z" end="20260403T000000Z"/>' in query
        assert "expand" not in query

    def test_events_that_are_only_named_are_fetched(self, server: ScriptedServer) -> None:
        server.replies["REPORT /cal/"] = multistatus(("/cal/1.ics", '<D:getetag>"1"</D:getetag>'))
        [changes] = read(f"{server.url}/cal/")
        assert [request.body for request in server.asked][-1].count("<D:href>/cal/1.ics</D:href>") == 1
        assert [problem.code for problem in changes.problems] == ["calendar.missing-data"]

    def test_an_answer_that_was_cut_off_is_a_failure(self, server: ScriptedServer) -> None:
        cut = "<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>"
        server.replies["REPORT /cal/"] = Reply(207, f"{HEAD}{cut}</D:multistatus>")
        with pytest.raises(SourceError, match="too large"):
            read(f"{server.url}/cal/")

    def test_an_environment_proxy_is_not_used(self, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.delenv("no_proxy", raising=False)
        assert read(f"{server.url}/cal/")


class TestFailing:
    @pytest.mark.parametrize(
        ("reply", "error"),
        [
            pytest.param(Reply(401, headers={"WWW-Authenticate": 'Basic realm="x"'}), LoginError, id="wrong password"),
            pytest.param(Reply(403), LoginError, id="forbidden"),
            pytest.param(Reply(404), SourceError, id="nothing there"),
            pytest.param(Reply(429, headers={"Retry-After": "86400"}), SourceError, id="too many requests"),
            pytest.param(Reply(500, "kapot"), SourceError, id="server error"),
            pytest.param(Reply(503, headers={"Retry-After": "3600"}), SourceError, id="busy"),
            pytest.param(Reply(200, "<html>hallo</html>"), SourceError, id="a web page"),
            pytest.param(Reply(207, "<D:multistatus"), SourceError, id="half an answer"),
            pytest.param(Reply(207, ""), SourceError, id="an empty answer"),
            pytest.param(
                Reply(207, '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'), SourceError, id="entities"
            ),
        ],
    )
    def test_a_bad_answer_becomes_one_sentence(
        self, server: ScriptedServer, reply: Reply, error: type[CrmlinkError]
    ) -> None:
        server.replies["PROPFIND /cal/"] = reply
        with pytest.raises(error) as raised:
            read(f"{server.url}/cal/")
        assert SECRET not in f"{raised.value} {raised.value.hint}"

    def test_a_server_that_is_not_there_is_a_passing_failure(self) -> None:
        with pytest.raises(SourceError, match="cannot be reached"):
            read("http://127.0.0.1:9/cal/")

    def test_an_answer_that_trickles_in_has_a_deadline(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /"] = Reply(207, "x" * 10_000, pause=0.02)
        begin = time.monotonic()
        with pytest.raises(requests.exceptions.Timeout), BoundedSession(deadline=0.5) as session:
            session.request("PROPFIND", server.url)
        assert time.monotonic() - begin < 60

    def test_an_answer_without_end_is_cut(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /cal/"] = Reply(207, "x" * (MAX_ANSWER + 1))
        with pytest.raises(SourceError, match="more than can be read"):
            read(f"{server.url}/cal/")

    def test_a_wrong_password_is_said_once(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /cal/"] = Reply(401, headers={"WWW-Authenticate": 'Basic realm="x"'})
        with pytest.raises(LoginError):
            read(f"{server.url}/cal/")
        assert sum("Authorization" in request.headers for request in server.asked) == 1


class TestRedirects:
    def test_a_redirect_on_the_same_host_is_followed_with_the_same_verb(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /oud/"] = Reply(301, headers={"Location": "/cal/"})
        server.replies["REPORT /oud/"] = Reply(302, headers={"Location": f"{server.url}/cal/"})
        assert read(f"{server.url}/oud/")[0].events
        assert {request.method for request in server.asked} == {"PROPFIND", "REPORT"}

    def test_a_redirect_to_another_host_gets_nothing(self, server: ScriptedServer) -> None:
        with scripted() as other:
            server.replies["PROPFIND /cal/"] = Reply(302, headers={"Location": f"{other.url}/cal/"})
            with pytest.raises(UntrustedError, match="redirects"):
                read(f"{server.url}/cal/")
            assert other.asked == []

    def test_a_home_on_another_host_gets_nothing(self, server: ScriptedServer) -> None:
        with scripted() as other:
            home = f"<C:calendar-home-set><D:href>{other.url}/home/</D:href></C:calendar-home-set>"
            server.replies["PROPFIND /"] = multistatus(("/", home))
            with pytest.raises(UntrustedError, match="points to"):
                read(f"{server.url}/")
            assert other.asked == []

    def test_an_endless_redirect_ends(self, server: ScriptedServer) -> None:
        server.replies["PROPFIND /rond/"] = Reply(302, headers={"Location": "/rond/"})
        with pytest.raises(SourceError, match="without end"):
            read(f"{server.url}/rond/")
        assert len(server.asked) < 10

    @pytest.mark.parametrize(
        ("there", "allowed"),
        [
            pytest.param("https://caldav.example.com/x", True, id="the same host"),
            pytest.param("https://p42-caldav.example.com:443/x", True, id="a sibling"),
            pytest.param("http://caldav.example.com/x", False, id="the same host without TLS"),
            pytest.param("https://caldav.example.com:8443/x", False, id="another port"),
            pytest.param("https://caldav.example.net/x", False, id="another domain"),
            pytest.param("https://example.com.evil.net/x", False, id="a look-alike"),
            pytest.param("https://127.0.0.1/x", False, id="this machine"),
            pytest.param("file:///etc/passwd", False, id="a file"),
        ],
    )
    def test_where_the_password_may_go(self, there: str, *, allowed: bool) -> None:
        if allowed:
            check_place(there, "https://caldav.example.com/principal/")
        else:
            with pytest.raises(UntrustedError):
                check_place(there, "https://caldav.example.com/principal/")

    def test_two_domains_under_one_country_are_no_siblings(self) -> None:
        with pytest.raises(UntrustedError):
            check_place("https://dief.nl/x", "https://example.nl/")


class TestCertificates:
    def test_a_private_authority_can_be_trusted(self, tmp_path: Path) -> None:
        files = write_certificate(Certificate.TRUSTED, tmp_path)
        with scripted(files) as server:
            server.replies["PROPFIND /cal/"] = multistatus(("/cal/", CALENDAR))
            server.replies["REPORT /cal/"] = multistatus(event("/cal/1.ics"))
            login = CalendarLogin("marleen", SECRET, files.authority)
            assert read(f"{server.url}/cal/", login)[0].events

    @pytest.mark.parametrize("kind", [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED])
    def test_a_bad_certificate_is_refused_before_anything_is_said(self, kind: Certificate, tmp_path: Path) -> None:
        files = write_certificate(kind, tmp_path)
        with scripted(files) as server:
            with pytest.raises(UntrustedError, match="certificate"):
                read(f"{server.url}/cal/", CalendarLogin("marleen", SECRET, files.authority))
            assert server.asked == []

    def test_an_unknown_authority_is_refused(self, tmp_path: Path) -> None:
        with scripted(write_certificate(Certificate.TRUSTED, tmp_path)) as server:
            with pytest.raises(UntrustedError, match="certificate"):
                read(f"{server.url}/cal/")
            assert server.asked == []


def test_a_login_does_not_show_its_password() -> None:
    assert SECRET not in repr(LOGIN)
