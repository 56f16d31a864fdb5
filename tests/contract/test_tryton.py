"""The Tryton connector against a real Tryton: a note on the right party, once; strangers get none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crmlink.crm.port import CrmUnreachableError
from crmlink.crm.tryton import Tryton
from crmlink.model.contact import Contact
from tests.crm_examples import ACCEPTED, FOUND, access
from tests.servers.tryton_server import PASSWORD, TrytonServer, tryton


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """Two parties, whose addresses a pattern could mix up."""
    with tryton(tmp_path_factory.mktemp("tryton")) as running:
        for name, address in (("Gijs Bakker", "Gijs@Bakker.example"), ("Els Smit", "els_smit@smit.example")):
            reach = [["create", [{"type": "email", "value": address}]]]
            running.call("party.party.create", [{"name": name, "contact_mechanisms": reach}])
        yield running


def connector(server: TrytonServer, *, key: str = PASSWORD, url: str = "") -> Tryton:
    return Tryton(replace(access(url or server.url, user="admin", key=key, seconds=60), language="nl"))


def notes(server: TrytonServer, name: str) -> list[str]:
    (party,) = server.call("party.party.search", [["name", "=", name]], 0, 1, None)
    found = server.call("ir.note.search_read", [["resource", "=", f"party.party,{party}"]], 0, 9, None, ["message"])
    return sorted(one["message"] for one in found)


def test_an_event_becomes_one_note_on_its_party_however_often_it_comes(server: TrytonServer) -> None:
    for event in (FOUND, ACCEPTED, FOUND):
        connector(server).deliver(event)
    assert notes(server, "Gijs Bakker") == [
        "crmlink: Een afspraak liep mis (gemist): Kennismaking – koffie, 9 maart 2026. [evt_1]",
        "crmlink: Er is een nieuw moment gekozen: 12 maart 2026, 08:00. [evt_3]",
    ]


def test_who_is_not_known_gets_no_note_and_is_not_created(server: TrytonServer) -> None:
    for address in ("elsxsmit@smit.example", "%@smit.example", "wie@elders.example"):
        connector(server).deliver(replace(FOUND, contact=Contact("", address)))
    assert notes(server, "Els Smit") == []
    assert len(server.call("party.party.search", [], 0, 9, None)) == 2


def test_a_refused_login_and_a_missing_database_are_told_without_the_password(server: TrytonServer) -> None:
    for bad in (connector(server, key="fout"), connector(server, url=f"{server.url}x")):
        with pytest.raises(CrmUnreachableError) as caught:
            bad.deliver(FOUND)
        assert not any(word in str(caught.value) for word in ("fout", PASSWORD))
