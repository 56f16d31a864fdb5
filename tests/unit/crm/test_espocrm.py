"""The EspoCRM connector against a server that answers as EspoCRM's documentation says; not against EspoCRM itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from crmlink.crm.espocrm import EspoCrm
from crmlink.crm.port import CrmRefusedError, CrmUnreachableError
from tests.crm_examples import FOUND, access
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

KEY = "kanariesleutel"
CONTACT = (
    "/crm/api/v1/Contact?where%5B0%5D%5Btype%5D=equals&where%5B0%5D%5Battribute%5D=emailAddress"
    "&where%5B0%5D%5Bvalue%5D=gijs%40bakker.example&select=id&maxSize=1"
)
STREAM = "/crm/api/v1/Contact/55643ca0/stream?maxSize=50"
JSON = {"Content-Type": "application/json"}


def listing(*records: dict[str, str]) -> Reply:
    return Reply(200, json.dumps({"total": -2, "list": list(records)}), JSON)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """It knows Gijs, and has no notes on him yet."""
    with scripted() as running:
        running.replies = {
            f"GET {CONTACT}": listing({"id": "55643ca0"}),
            f"GET {STREAM}": listing({"id": "1", "post": "Gebeld."}, {"id": "2"}),
            "POST /crm/api/v1/Note": Reply(200, '{"id": "3"}', JSON),
        }
        yield running


def connector(server: ScriptedServer) -> EspoCrm:
    return EspoCrm(replace(access(f"{server.url}/crm/", key=KEY), language="nl"))


def test_a_note_is_posted_to_the_stream_of_the_contact(server: ScriptedServer) -> None:
    connector(server).deliver(FOUND)
    asked = [f"{one.method} {urlsplit(one.path).path}" for one in server.asked]
    assert asked == [
        "GET /crm/api/v1/Contact",
        "GET /crm/api/v1/Contact/55643ca0/stream",
        "POST /crm/api/v1/Note",
    ]
    assert parse_qs(urlsplit(server.asked[0].path).query)["where[0][value]"] == ["gijs@bakker.example"]
    assert {one.headers["X-Api-Key"] for one in server.asked} == {KEY}
    assert json.loads(server.asked[-1].body) == {
        "type": "Post",
        "parentType": "Contact",
        "parentId": "55643ca0",
        "post": "crmlink: Een afspraak liep mis (gemist): Kennismaking – koffie, 9 maart 2026. [evt_1]",
    }


def test_a_note_that_stands_there_is_not_posted_again(server: ScriptedServer) -> None:
    server.replies[f"GET {STREAM}"] = listing({"id": "1", "post": "crmlink: … [evt_1]"})
    connector(server).deliver(FOUND)
    assert [one.method for one in server.asked] == ["GET", "GET"]


def test_who_is_not_known_gets_no_note(server: ScriptedServer) -> None:
    server.replies[f"GET {CONTACT}"] = listing()
    connector(server).deliver(FOUND)
    assert [one.method for one in server.asked] == ["GET"]


@pytest.mark.parametrize(
    ("place", "reply", "error"),
    [
        pytest.param(f"GET {CONTACT}", Reply(401), CrmUnreachableError, id="a wrong key"),
        pytest.param(f"GET {CONTACT}", Reply(200, "<html>"), CrmUnreachableError, id="no JSON"),
        pytest.param(f"GET {CONTACT}", Reply(200, "[]", JSON), CrmUnreachableError, id="another JSON"),
        pytest.param(f"GET {CONTACT}", Reply(200, '{"list": [1]}', JSON), CrmUnreachableError, id="no records"),
        pytest.param(f"GET {STREAM}", Reply(403), CrmUnreachableError, id="a stream it may not read"),
        pytest.param("POST /crm/api/v1/Note", Reply(400), CrmRefusedError, id="a note it does not take"),
        pytest.param("POST /crm/api/v1/Note", Reply(503), CrmUnreachableError, id="a server that rests"),
    ],
)
def test_what_goes_wrong_is_told_without_the_key(
    server: ScriptedServer, place: str, reply: Reply, error: type[Exception]
) -> None:
    server.replies[place] = reply
    with pytest.raises(error) as caught:
        connector(server).deliver(FOUND)
    assert KEY not in str(caught.value)
    assert "gijs" not in str(caught.value)
