"""What the demo asks of its servers before and while it fills them."""

from __future__ import annotations

import pytest

from crmlink.demo.servers import calendars
from crmlink.demo.servers.calendars import CalendarRequestError
from crmlink.demo.stage import check_installed
from crmlink.model.errors import UsageError


def test_a_missing_server_is_told_with_the_remedy() -> None:
    with pytest.raises(UsageError, match="the demo needs no_such_server") as caught:
        check_installed(("pytest", "no_such_server"))
    assert "pip install 'crmlink[demo]'" in caught.value.hint
    assert caught.value.exit_code == 2


def test_installed_servers_are_enough() -> None:
    check_installed()


@pytest.mark.parametrize(
    "url",
    ["http://dav.example.nl/floor/", "http://127.0.0.1.example.nl/", "http://127.0.0.1@example.nl/", "http:///floor/"],
)
def test_no_calendar_of_another_machine_is_ever_written(url: str) -> None:
    with pytest.raises(CalendarRequestError, match="not a server of our own"):
        calendars.request("PUT", url, ("floor", "demo"))
