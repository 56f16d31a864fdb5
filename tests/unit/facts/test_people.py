"""Contacts, companies and addresses nobody sits behind."""

from __future__ import annotations

import pytest

from crmlink.facts.people import clean_name, company_of, contact_of, is_no_reply, is_role_address
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
