"""Google's calendars take a token instead of a password: fresh at each request, and shown to nobody else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import pytest

from crmlink.app.config.logins import takes_token
from crmlink.cli.tracebacks import safe_traceback
from crmlink.model.errors import LoginError
from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_location import parse_calendars
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.open_calendar import open_calendars
from tests.servers.scripted_http import Reply, ScriptedServer, scripted
from tests.unit.sources.test_caldav import CALENDAR, event, multistatus

WINDOW = {"start": date(2026, 3, 1), "end": date(2026, 4, 1)}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted() as script:
        script.replies["PROPFIND /cal/"] = multistatus(("/cal/", CALENDAR))
        script.replies["REPORT /cal/"] = multistatus(event("/cal/1.ics"))
        yield script


def login(takes: bool = True) -> CalendarLogin:  # noqa: FBT001, FBT002
    numbers = itertools.count(1)
    return CalendarLogin(
        "marleen", "wachtwoord", token=lambda: f"kanarie-{next(numbers)}", takes_token=lambda _url: takes
    )


def test_each_request_shows_the_token_of_that_moment(server: ScriptedServer) -> None:
    source = CalDavSource(f"{server.url}/cal/", login())
    assert [changes.calendar for changes in source.changes({}, **WINDOW)] == ["Agenda"]
    source.close()
    shown = [request.headers["Authorization"] for request in server.asked]
    assert len(shown) >= 2
    assert shown == [f"Bearer kanarie-{number}" for number in range(1, len(shown) + 1)]


def test_a_refused_token_asks_for_a_new_login_and_is_not_told(server: ScriptedServer) -> None:
    server.replies["PROPFIND /cal/"] = Reply(401, headers={"WWW-Authenticate": 'Bearer realm="x"'})
    source = CalDavSource(f"{server.url}/cal/", login())
    with pytest.raises(LoginError, match="refuses the login") as caught:
        list(source.changes({}, **WINDOW))
    source.close()
    assert caught.value.hint == "Log in again: crmlink login."
    assert "kanarie" not in f"{caught.value} {safe_traceback(caught.value)} {login()!r}"


def test_without_a_login_nobody_is_asked(server: ScriptedServer) -> None:
    def none() -> str:
        raise LoginError("nobody has logged in yet")

    source = CalDavSource(f"{server.url}/cal/", CalendarLogin(token=none))
    with pytest.raises(LoginError, match="nobody"):
        list(source.changes({}, **WINDOW))
    source.close()
    assert server.asked == []


def test_another_calendar_beside_it_gets_the_password_and_never_the_token(server: ScriptedServer) -> None:
    server.replies["PROPFIND /cal/"] = Reply(401, headers={"WWW-Authenticate": 'Basic realm="x"'})
    (source,) = open_calendars(parse_calendars(f"{server.url}/cal/"), login(takes=False))
    with pytest.raises(LoginError):
        list(source.changes({}, **WINDOW))
    source.close()
    assert server.asked
    assert not any("Bearer" in request.headers.get("Authorization", "") for request in server.asked)


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        ("https://apidata.googleusercontent.com/caldav/v2/me@gmail.com/events/", True),
        ("https://www.google.com/calendar/dav/", True),
        ("https://google.com.example.nl/caldav/", False),
        ("https://evilgoogle.com/", False),
        ("https://dav.example.nl/google.com/", False),
        ("https://google.com@dav.example.nl/", False),
        ("http://127.0.0.1:5232/", True),
    ],
)
def test_only_googles_own_hosts_and_this_machine_may_see_it(url: str, takes: bool) -> None:  # noqa: FBT001
    assert takes_token(url) is takes
