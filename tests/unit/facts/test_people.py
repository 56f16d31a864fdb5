"""Contacts, companies and addresses nobody sits behind."""

from __future__ import annotations

import pytest

from crmlink.facts.people import (
    clean_name,
    company_of,
    contact_of,
    is_ignored,
    is_no_reply,
    is_role_address,
    reaches_a_person,
)
from crmlink.model.contact import Address, Contact


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Jan de Vries", "Jan de Vries"), ('"Jan de Vries"', "Jan de Vries"), ("'Jan de Vries'", "Jan de Vries"), ("Vries, Jan de", "Jan de Vries"), ("de Vries, Jan", "Jan de Vries"), ("Vries de, Jan", "Jan de Vries"), ("Berg, J.P. van den", "J.P. van den Berg"), ("van der Berg, Jan", "Jan van der Berg"), ("Smit, Els", "Els Smit"),
        ("Els Smit via LinkedIn", "Els Smit"), ("Els Smit (Kantoor BV)", "Els Smit"), ("Els Smit [Kantoor]", "Els Smit"), ("Els Smit | Kantoor", "Els Smit"), ("Els Smit - Kantoor BV", "Els Smit"), ("els@kantoor.example", ""), ("'els@kantoor.example'", ""), ("ELS SMIT", "Els Smit"), ("jan van der berg", "Jan van der Berg"), ("JAN IJSBRANDS", "Jan IJsbrands"), ("els smit-de boer", "Els Smit-De Boer"),
        ("Jan-Willem Postma", "Jan-Willem Postma"), ("'t Hart, Jan", "Jan 't Hart"), ("Jan in 't Veld", "Jan in 't Veld"), ("Vries Bouw, B.V.", "Vries Bouw, B.V."), ("", ""), ("Dr. Els Smit", "Dr. Els Smit"), ("d'Ancona, Hedy", "Hedy d'Ancona"),
    ],
)  # fmt: skip
def test_names_are_written_as_people_write_them(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    "address",
    [
        "a@gmail.com",
        "a@ziggo.nl",
        "a@kpnmail.nl",
        "a@xs4all.nl",
        "a@planet.nl",
        "a@hetnet.nl",
        "a@live.nl",
        "a@hotmail.com",
        "a@outlook.com",
        "a@icloud.com",
        "a@gmx.de",
        "a@web.de",
        "a@proton.me",
        "a@telenet.be",
        "a@orange.fr",
        "a@jan.xs4all.nl",
        "a",
        "a@localhost",
        "",
    ],
)
def test_free_mail_and_no_mail_have_no_company(address: str) -> None:
    assert company_of(address) is None


def test_a_company_is_its_mail_domain() -> None:
    assert company_of("Jan@Kantoor.Example") == "kantoor.example"
    assert contact_of(Address("Smit, Els (HR)", "els@kantoor.example")) == Contact(
        "Els Smit", "els@kantoor.example", "kantoor.example"
    )


@pytest.mark.parametrize(
    "address",
    [
        "noreply@x.nl",
        "no-reply@x.nl",
        "no_reply@x.nl",
        "donotreply@x.nl",
        "do-not-reply@x.nl",
        "noreply-123@x.nl",
        "messages-noreply@x.nl",
        "geenantwoord@x.nl",
        "geen-antwoord@x.nl",
        "niet-beantwoorden@x.nl",
        "nicht-antworten@x.nl",
        "ne-pas-repondre@x.fr",
        "mailer-daemon@x.nl",
        "bounces@x.nl",
        "bounce-12@x.nl",
        "nepasrepondre@x.fr",
    ],
)
def test_addresses_that_reach_nobody(address: str) -> None:
    assert is_no_reply(address)
    assert is_role_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "info@x.nl",
        "sales@x.nl",
        "administratie@x.nl",
        "klantenservice@x.nl",
        "secretariaat@x.nl",
        "service-desk@x.nl",
        "info+tag@x.nl",
    ],
)
def test_addresses_of_an_office(address: str) -> None:
    assert is_role_address(address)
    assert not is_no_reply(address)


@pytest.mark.parametrize(
    "address",
    [
        "jan@x.nl",
        "j.de.vries@x.nl",
        "noor.epland@x.nl",
        "noreen@x.nl",
        "nora.antwoordt@x.nl",
        "p.info@x.nl",
        "robotham@x.nl",
    ],
)
def test_addresses_of_one_person(address: str) -> None:
    assert not is_no_reply(address)
    assert not is_role_address(address)


NOBODY = (
    "no-reply@shop.example",
    "notifications@planner.example",
    "leden@lists.club.example",
    "leden-list@club.example",
    "club@googlegroups.com",
    "vergaderzaal-2@veen.example",
    "room.4@veen.example",
    "beamer1@veen.example",
    "c_1@resource.calendar.google.com",
)
SOMEBODY = (
    "gijs@bakker.example",
    "info@bakker.example",
    "zaalverhuur@kerk.example",
    "zaal-verhuur@kerk.example",
    "roomer@bakker.example",
    "a.listing@bakker.example",
    "liszt@bakker.example",
)


@pytest.mark.parametrize("address", NOBODY)
def test_lists_rooms_and_programs_are_nobody(address: str) -> None:
    assert not reaches_a_person(address)


@pytest.mark.parametrize("address", SOMEBODY)
def test_people_and_offices_are_somebody(address: str) -> None:
    assert reaches_a_person(address)


def test_an_address_is_ignored_by_itself_its_domain_or_one_above() -> None:
    ignore = frozenset({"baas@stil.example", "rust.example"})
    ignored = ("baas@stil.example", "x@rust.example", "x@mail.rust.example")
    assert [is_ignored(one, ignore) for one in (*ignored, "els@stil.example", "x@onrust.example")] == [
        True, True, True, False, False,
    ]  # fmt: skip


WRITTEN = {
    "Vries, J. de (Jan)": "Jan de Vries",
    "drs. J.W. (Jan) de Vries": "drs. Jan de Vries",
    "Bakker, J. (Acme)": "J. Bakker",
    "Jan de Vries, directeur": "Jan de Vries",
    "Lisa van Dam, LL.M.": "Lisa van Dam",
    "Müller, Hans, Dr.": "Hans Müller",
    "EXTERN: Jan de Vries": "Jan de Vries",
    "Sam Jones they/them": "Sam Jones",
    "Jan de Vries @ Acme": "Jan de Vries",
    "Lisa van den Berg - de Boer": "Lisa van den Berg - de Boer",
}


@pytest.mark.parametrize(("written", "name"), WRITTEN.items())
def test_what_stands_around_a_name_is_left_out(written: str, name: str) -> None:
    assert clean_name(written) == name
