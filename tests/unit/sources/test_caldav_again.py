"""Reading a CalDAV calendar again: what a server says of itself is a hint, and every doubt costs a listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from crmlink.model.errors import LoginError, SourceError
from crmlink.sources.caldav import MULTIGET, CalDavSource
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.port import CalendarChanges, KnownCalendar
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

LOGIN = CalendarLogin("marleen", "geheim")
START, END = date(2026, 3, 1), date(2026, 4, 1)
TOMORROW = date(2026, 4, 2)
HEAD = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
KIND = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Agenda</D:displayname>"
ETAGS = "<D:prop><D:getetag/></D:prop>"
DATA = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:{}\nDTSTART:20260310T090000Z\nEND:VEVENT\nEND:VCALENDAR\n"


def multistatus(*responses: str) -> Reply:
    return Reply(207, f"{HEAD}{''.join(responses)}</D:multistatus>")


def response(href: str, properties: str) -> str:
    return (
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{properties}</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def missing(href: str) -> str:
    return f"<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>"


def named(href: str, etag: str = '"1"') -> str:
    return response(href, f"<D:getetag>{etag}</D:getetag>")


def whole(href: str, etag: str = '"1"') -> str:
    return response(href, f"<D:getetag>{etag}</D:getetag><C:calendar-data>{DATA.format(href)}</C:calendar-data>")


class Calendar:
    """A calendar on a scripted server, and what is known of it after each reading."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.known: dict[str, KnownCalendar] = {}
        self.says("<S:getctag>c1</S:getctag>")
        self.holds("/cal/1.ics", "/cal/2.ics")

    def says(self, properties: str, token: str = "") -> None:
        """What the calendar says of itself."""
        self.server.replies["PROPFIND /cal/"] = multistatus(response("/cal/", f"{KIND}{properties}"))
        if token:
            self.server.answers["sync-token"] = multistatus(response("/cal/", f"<D:sync-token>{token}</D:sync-token>"))

    def holds(self, *hrefs: str, **etags: str) -> None:
        """What it holds: hrefs with the etag "1", or the one that is given by the file's name."""
        pairs = [(href, etags.get(href.rpartition("/")[2].removesuffix(".ics"), '"1"')) for href in hrefs]
        listing = [named(href, etag) if etag else response(href, "") for href, etag in pairs]
        self.server.answers |= {
            ETAGS: multistatus(*listing),
            "calendar-query": multistatus(*(whole(href, etag) for href, etag in pairs)),
            "calendar-multiget": multistatus(*(whole(href, etag) for href, etag in pairs)),
        }

    def read(self, end: date = END) -> CalendarChanges:
        self.server.asked.clear()
        source = CalDavSource(f"{self.server.url}/cal/", LOGIN)
        try:
            [changes] = source.changes(self.known, start=START, end=end)
        finally:
            source.close()
        self.known = {changes.key: KnownCalendar(changes.state, _applied(changes, self.known.get(changes.key)))}
        return changes

    @property
    def asked(self) -> list[str]:
        """What was asked in the last reading, in words."""
        return [_in_words(request.body) for request in self.server.asked]


def _applied(changes: CalendarChanges, known: KnownCalendar | None) -> Mapping[str, str]:
    before = {} if changes.complete or known is None else known.etags
    kept = {href: etag for href, etag in before.items() if href not in changes.gone}
    return kept | {event.href: event.etag for event in changes.events}


def _in_words(body: str) -> str:
    if "multiget" in body:
        return f"fetch {body.count('<D:href>')}"
    if "calendar-query" in body:
        return "read all" if "calendar-data" in body else "list"
    return "stand" if "getctag" in body else "token"


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    with scripted() as server:
        yield Calendar(server)


class TestUnchanged:
    def test_the_same_ctag_in_the_same_window_asks_nothing_more(self, calendar: Calendar) -> None:
        calendar.read()
        assert calendar.asked == ["stand", "read all"]
        again = calendar.read()
        assert calendar.asked == ["stand"]
        assert (again.complete, again.events, again.gone) == (False, (), ())

    def test_a_sync_token_does_where_there_is_no_ctag(self, calendar: Calendar) -> None:
        calendar.says("", token="http://example.nl/sync/1")
        calendar.read()
        calendar.read()
        assert calendar.asked == ["stand", "token"]
        calendar.says("", token="http://example.nl/sync/2")
        calendar.read()
        assert calendar.asked == ["stand", "token", "list"]

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 418, 500, 507])
    def test_a_server_that_has_no_word_for_its_stand_is_listed_every_time(
        self, calendar: Calendar, status: int
    ) -> None:
        calendar.says("")
        calendar.server.answers["sync-token"] = Reply(status)
        calendar.read()
        assert not calendar.read().events
        assert calendar.asked == ["stand", "token", "list"]

    def test_another_day_lists_again_whatever_the_ctag_says(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.holds("/cal/1.ics", "/cal/2.ics", "/cal/3.ics")
        changes = calendar.read(TOMORROW)
        assert calendar.asked == ["stand", "list", "fetch 1"]
        assert [event.href for event in changes.events] == ["/cal/3.ics"]

    def test_the_token_is_never_sent(self, calendar: Calendar) -> None:
        calendar.says("", token="http://example.nl/sync/1")
        calendar.read()
        calendar.says("", token="http://example.nl/sync/2")
        calendar.read()
        assert not [request for request in calendar.server.asked if "example.nl/sync" in request.body]


class TestChanged:
    def test_only_what_is_new_or_changed_is_fetched(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds("/cal/1.ics", "/cal/2.ics", "/cal/3.ics", **{"2": '"2"'})
        changes = calendar.read()
        assert calendar.asked == ["stand", "list", "fetch 2"]
        assert [event.href for event in changes.events] == ["/cal/2.ics", "/cal/3.ics"]
        assert changes.gone == ()

    def test_what_is_no_longer_listed_is_gone(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds("/cal/2.ics")
        assert calendar.read().gone == ("/cal/1.ics",)
        assert calendar.asked == ["stand", "list"]

    def test_much_is_fetched_in_parts(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds(*(f"/cal/{number}.ics" for number in range(1, 2 * MULTIGET + 2)))
        calendar.read()
        assert calendar.asked == ["stand", "list", f"fetch {MULTIGET}", f"fetch {MULTIGET - 1}"]

    @pytest.mark.parametrize(
        ("first", "later"),
        [('"1"', "1"), ('"1"', 'W/"1"'), ('W/"1"', '"1"'), ("1", '"1"'), ("&quot;1&quot;", '"1"')],
    )
    def test_the_same_etag_in_another_form_is_the_same(self, calendar: Calendar, first: str, later: str) -> None:
        calendar.holds("/cal/1.ics", **{"1": first})
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds("/cal/1.ics", **{"1": later})
        calendar.read()
        assert calendar.asked == ["stand", "list"]

    def test_without_etags_everything_is_fetched_when_something_changed(self, calendar: Calendar) -> None:
        calendar.holds("/cal/1.ics", "/cal/2.ics", **{"1": "", "2": ""})
        calendar.read()
        calendar.read()
        assert calendar.asked == ["stand"]
        calendar.says("<S:getctag>c2</S:getctag>")
        changes = calendar.read()
        assert calendar.asked == ["stand", "list", "fetch 2"]
        assert (len(changes.events), changes.gone) == (2, ())

    @pytest.mark.parametrize(
        ("first", "later"),
        [
            ("/cal/a%40b.ics", "/cal/a@b.ics"),
            ("/cal/a@b.ics", "/cal/a%40b.ics"),
            ("/cal/1.ics", "http://elders.example/cal/1.ics"),
        ],
    )
    def test_the_same_href_in_another_spelling_is_the_same(self, calendar: Calendar, first: str, later: str) -> None:
        calendar.holds(first)
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds(later)
        changes = calendar.read()
        assert calendar.asked == ["stand", "list"]
        assert changes.gone == ()

    def test_an_escaped_slash_is_no_slash(self, calendar: Calendar) -> None:
        calendar.holds("/cal/a%2Fb.ics", "/cal/a/b.ics")
        assert len(calendar.read().events) == 2


class TestDoubt:
    @pytest.mark.parametrize("left", [0, 1])
    def test_a_list_that_lost_most_is_asked_for_in_full(self, calendar: Calendar, left: int) -> None:
        hrefs = [f"/cal/{number}.ics" for number in range(3)]
        calendar.holds(*hrefs)
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.server.answers[ETAGS] = multistatus(*map(named, hrefs[:left]))
        changes = calendar.read()
        assert calendar.asked == ["stand", "list", "read all"]
        assert (changes.complete, len(changes.events)) == (True, 3)

    @pytest.mark.parametrize("gone", [missing("/cal/3.ics"), "", named("/cal/3.ics", '"3"')])
    def test_what_is_listed_and_not_shown_is_looked_at_again_next_time(self, calendar: Calendar, gone: str) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds("/cal/1.ics", "/cal/2.ics", "/cal/3.ics")
        calendar.server.answers["calendar-multiget"] = multistatus(gone)
        assert [problem.subject for problem in calendar.read().problems] == ["3.ics"]
        assert [problem.subject for problem in calendar.read().problems] == ["3.ics"]
        calendar.holds("/cal/1.ics", "/cal/2.ics", "/cal/3.ics")
        assert [event.href for event in calendar.read().events] == ["/cal/3.ics"]
        calendar.read()
        assert calendar.asked == ["stand"]

    def test_a_changed_event_that_is_not_shown_does_not_stay_as_it_was(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.holds("/cal/1.ics", "/cal/2.ics", **{"2": '"2"'})
        calendar.server.answers["calendar-multiget"] = multistatus(missing("/cal/2.ics"))
        assert calendar.read().gone == ("/cal/2.ics",)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500, 503, 507])
    @pytest.mark.parametrize("asked", ["getctag", ETAGS])
    def test_a_check_that_fails_is_a_failure_and_never_unchanged(
        self, calendar: Calendar, status: int, asked: str
    ) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        calendar.server.answers[asked] = Reply(status)
        with pytest.raises((SourceError, LoginError)):
            calendar.read()

    def test_a_list_that_was_cut_off_is_a_failure(self, calendar: Calendar) -> None:
        calendar.read()
        calendar.says("<S:getctag>c2</S:getctag>")
        cut = "<D:response><D:href>/cal/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>"
        calendar.server.answers[ETAGS] = multistatus(named("/cal/1.ics"), cut)
        with pytest.raises(SourceError, match="too large"):
            calendar.read()

    def test_a_calendar_that_lists_itself_is_no_event(self, calendar: Calendar) -> None:
        calendar.server.answers["calendar-query"] = multistatus(named("/cal/"), whole("/cal/1.ics"))
        changes = calendar.read()
        assert (len(changes.events), changes.problems) == (1, [])

    def test_another_login_knows_nothing_of_it(self, calendar: Calendar) -> None:
        calendar.read()
        source = CalDavSource(f"{calendar.server.url}/cal/", CalendarLogin("gijs", "geheim"))
        [changes] = source.changes(calendar.known, start=START, end=END)
        source.close()
        assert changes.complete
