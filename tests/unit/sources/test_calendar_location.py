from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmlink.sources.caldav import CalDavSource
from crmlink.sources.calendar_location import CalDavLocation, FeedLocation, VdirLocation, parse_calendars
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.icsfeed import FeedSource
from crmlink.sources.open_calendar import open_calendars
from crmlink.sources.vdir import VdirSource


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="no calendar"),
        pytest.param("https://dav.example.nl", (CalDavLocation("https://dav.example.nl/"),), id="a bare host"),
        pytest.param(
            "HTTPS://dav.example.nl/a%40b/", (CalDavLocation("https://dav.example.nl/a%40b/"),), id="capitals"
        ),
        pytest.param("http://127.0.0.1:5232/me/", (CalDavLocation("http://127.0.0.1:5232/me/"),), id="this machine"),
        pytest.param("http://[::1]:5232/", (CalDavLocation("http://[::1]:5232/"),), id="this machine, IPv6"),
        pytest.param(
            "ics+https://a.example/b.ics?t=%2C1", (FeedLocation("https://a.example/b.ics?t=%2C1"),), id="a feed"
        ),
        pytest.param("vdir:///home/me/my%20calendars", (VdirLocation(Path("/home/me/my calendars")),), id="a vdir"),
        pytest.param(
            " https://a.example/ ,vdir:///b,, https://a.example/",
            (CalDavLocation("https://a.example/"), VdirLocation(Path("/b"))),
            id="several, each once",
        ),
    ],
)
def test_an_address_is_understood(text: str, expected: tuple[object, ...]) -> None:
    assert parse_calendars(text) == expected


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        pytest.param("http://dav.example.nl/", "write https://", id="no TLS over the net"),
        pytest.param("http://127.0.0.1.example.nl/", "write https://", id="a name that looks like this machine"),
        pytest.param("https://me:geheim@dav.example.nl/", "CRMLINK_CALENDAR_PASSWORD", id="a password in the address"),
        pytest.param("https://geheim@dav.example.nl/", "CRMLINK_CALENDAR_USER", id="a user in the address"),
        pytest.param("ics+https://me:geheim@a.example/b.ics", "CRMLINK_CALENDAR_PASSWORD", id="a password for a feed"),
        pytest.param("webcal://geheim.example/b.ics", "ics+https://", id="webcal"),
        pytest.param("ics+http://geheim.example/b.ics", "ics+https://", id="a feed without TLS"),
        pytest.param("caldav://geheim.example/", "https://", id="caldav"),
        pytest.param("file:///geheim", "vdir://", id="a file"),
        pytest.param("/home/geheim", "vdir:///", id="a bare path"),
        pytest.param("vdir://geheim", "absolute path", id="a relative vdir"),
        pytest.param("dav.geheim.nl", "starts with https://", id="no scheme"),
        pytest.param("https:///geheim", "no usable host", id="no host"),
        pytest.param("https://a geheim.nl/", "no usable host", id="a space"),
        pytest.param("https://a.nl:geheim/", "cannot be read", id="a port that is no number"),
        pytest.param("https://[geheim/", "cannot be read", id="half an IPv6 address"),
    ],
)
def test_a_bad_address_is_refused_with_a_remedy_and_not_repeated(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=re.escape(remedy)) as raised:
        parse_calendars(text)
    assert "geheim" not in str(raised.value)


def test_sources_are_numbered_in_the_order_of_the_setting(tmp_path: Path) -> None:
    locations = parse_calendars(f"https://a.example/,vdir://{tmp_path},ics+https://b.example/c.ics")
    sources = open_calendars(locations, CalendarLogin("me", "geheim"))
    assert [(type(source), source.name) for source in sources] == [
        (CalDavSource, "calendar"),
        (VdirSource, "calendar:2"),
        (FeedSource, "calendar:3"),
    ]
