"""Names as they stand in headers, and as a letter writes them."""

from __future__ import annotations

import pytest

from crmlink.drafts.names import Gender, parse_name, person_of
from crmlink.model.contact import Contact

FULL_AND_SURNAME = {
    "particles stay small behind a first name": ("Jan van der Berg", "Jan van der Berg", "Van der Berg"),
    "surname first with the particles behind": ("Berg, Jan van der", "Jan van der Berg", "Van der Berg"),
    "surname first with the particles in front": ("van der Berg, Jan", "Jan van der Berg", "Van der Berg"),
    "initials and given name in brackets": ("Berg, J. van der (Jan)", "J. van der Berg", "Van der Berg"),
    "in 't keeps its apostrophe": ("Gerard in 't Veld", "Gerard in 't Veld", "In 't Veld"),
    "a typographic apostrophe counts the same": ("Gerard in ’t Veld", "Gerard in 't Veld", "In 't Veld"),
    "'t takes no capital": ("Piet 't Hart", "Piet 't Hart", "'t Hart"),
    "ten": ("Anna ten Brink", "Anna ten Brink", "Ten Brink"),
    "a capital on the particle becomes small": ("Anna Ten Brink", "Anna ten Brink", "Ten Brink"),
    "op den": ("Dirk-Jan op den Akker", "Dirk-Jan op den Akker", "Op den Akker"),
    "all capitals": ("JAN VAN DER BERG", "Jan van der Berg", "Van der Berg"),
    "all small": ("jan van der berg", "Jan van der Berg", "Van der Berg"),
    "only the surname in capitals": ("Jan BERGSMA", "Jan Bergsma", "Bergsma"),
    "a double surname": ("Marleen van den Heuvel-Bakker", "Marleen van den Heuvel-Bakker", "Van den Heuvel-Bakker"),
    "two given names": ("Jan Willem de Boer", "Jan Willem de Boer", "De Boer"),
    "initials without dots between": ("J.P. Balkema", "J.P. Balkema", "Balkema"),
    "spaced initials": ("J. P. Balkema", "J.P. Balkema", "Balkema"),
    "a company behind a bar": ("Jan de Boer | Acme", "Jan de Boer", "De Boer"),
    "a nickname in brackets": ("Wilhelmina Smit (Mien)", "Wilhelmina Smit", "Smit"),
    "outer quotes": ("'Jan de Boer'", "Jan de Boer", "De Boer"),
    "outer double quotes": ('"Jan de Boer"', "Jan de Boer", "De Boer"),
    "ij at the front": ("YARA IJZERMAN", "Yara IJzerman", "IJzerman"),
    "an irish name in small letters": ("sean o'neill", "Sean O'Neill", "O'Neill"),
    "only a surname with particles": ("van der Berg", "van der Berg", "Van der Berg"),
    "a German von": ("Ludwig von Arnim", "Ludwig von Arnim", "Von Arnim"),
    "a degree is left out": ("J. de Vries RA", "J. de Vries", "De Vries"),
    "a degree behind a comma": ("Anna Smit, MBA", "Anna Smit", "Smit"),
    "a double surname with a particle in it": ("Els Smit-de Vries", "Els Smit-de Vries", "Smit-de Vries"),
    "a double surname, spaced": ("Els Smit - de Vries", "Els Smit-de Vries", "Smit-de Vries"),
    "a double surname in front": ("Smit-de Vries, Els", "Els Smit-de Vries", "Smit-de Vries"),
    "an abbreviated particle": ("Jan v.d. Berg", "Jan v.d. Berg", "V.d. Berg"),
    "an abbreviated particle with a slash": ("Jan v/d Berg", "Jan v/d Berg", "V/d Berg"),
    "an Arabic article": ("Fatima el Mansouri", "Fatima El Mansouri", "El Mansouri"),
    "dots in place of spaces": ("jan.de.vries", "Jan de Vries", "De Vries"),
    "an emoji": ("Jan 🌻 Smit", "Jan Smit", "Smit"),
    "a German faculty": ("Dr. med. Anna Müller", "Anna Müller", "Müller"),
    "direction characters are taken out": ("Jan\u202e de Boer", "Jan de Boer", "De Boer"),
}


@pytest.mark.parametrize(("written", "full", "surname"), FULL_AND_SURNAME.values(), ids=FULL_AND_SURNAME)
def test_a_name_is_written_in_full_and_after_heer(written: str, full: str, surname: str) -> None:
    name = parse_name(written, language="nl")
    assert name is not None
    assert (name.full, name.surname_alone) == (full, surname)


TITLES = {
    "dhr": ("Dhr. J. de Vries", "nl", Gender.MALE, ""),
    "de heer": ("de heer De Vries", "nl", Gender.MALE, ""),
    "mevrouw": ("Mevrouw A. Smit", "nl", Gender.FEMALE, ""),
    "mw with a lawyer's title": ("Mw. mr. A.B. Jansen", "nl", Gender.FEMALE, ""),
    "a Dutch mr is a lawyer of either kind": ("mr. A. Smit", "nl", None, ""),
    "an English Mr is a man": ("Mr John Smith", "en", Gender.MALE, ""),
    "Ms": ("Ms. Jane Hartley", "en", Gender.FEMALE, ""),
    "doctor": ("Dr. Jane Hartley", "en", None, "Dr"),
    "professor wins over doctor": ("Prof. dr. Anna ten Brink", "nl", None, "Prof"),
    "glued titles": ("Prof.dr. Anna ten Brink", "nl", None, "Prof"),
    "drs is left out": ("Drs. P. Bakker", "nl", None, ""),
    "a first name tells nothing": ("Anna Smit", "nl", None, ""),
    "Herr Dr": ("Herr Dr. Max Muster", "de", Gender.MALE, "Dr"),
}


@pytest.mark.parametrize(("written", "language", "gender", "title"), TITLES.values(), ids=TITLES)
def test_only_a_written_form_of_address_tells_the_gender(
    written: str, language: str, gender: Gender | None, title: str
) -> None:
    name = parse_name(written, language=language)
    assert name is not None
    assert (name.gender, name.title) == (gender, title)


NO_PERSON = {
    "a firm": Contact("Bakker Advies B.V.", "info@bakker.example"),
    "a team": Contact("Team Planning", "planning@acme.example"),
    "a role address with one word": Contact("Acme", "info@acme.example"),
    "a name equal to its domain": Contact("Acme", "jan@acme.example"),
    "a trade in the name": Contact("Drukkerij Zonneveld", "petra@zonneveld.example"),
    "a firm of two words": Contact("Bakker Advies", "info@bakkeradvies.example"),
    "an address as name": Contact("jan@acme.example", "jan@acme.example"),
    "no name": Contact("", "jan@acme.example"),
    "a template in the name": Contact("{{ 7*7 }}", "jan@acme.example"),
    "a tag in the name": Contact("<script>alert(1)</script>", "jan@acme.example"),
    "ten thousand characters": Contact("A" * 10_000, "jan@acme.example"),
    "somebody through a platform": Contact("Jan de Boer via Planner", "x@planner.example"),
    "a couple": Contact("Jan en Els de Boer", "boer@mail.example"),
    "a family": Contact("Familie de Boer", "boer@mail.example"),
    "only a title": Contact("Dhr.", "x@planner.example"),
}


@pytest.mark.parametrize("contact", NO_PERSON.values(), ids=NO_PERSON)
def test_what_is_no_person_has_no_name(contact: Contact) -> None:
    assert person_of(contact, language="nl") is None


def test_the_firm_beside_the_name_is_left_out() -> None:
    name = person_of(Contact("Jan de Boer, Acme", "jan@acme.example"), language="nl")
    assert name is not None
    assert name.full == "Jan de Boer"


def test_somebody_with_a_domain_of_their_own_name_is_a_person() -> None:
    name = person_of(Contact("Jan Berg", "jan@janberg.example"), language="nl")
    assert name is not None
    assert name.full == "Jan Berg"


def test_a_flemish_name_keeps_its_capital() -> None:
    name = person_of(Contact("Els Van Hoof", "els@vanhoof.be"), language="nl")
    assert name is not None
    assert (name.full, name.surname_alone) == ("Els Van Hoof", "Van Hoof")


def test_initials_are_no_first_name() -> None:
    name = parse_name("J. de Vries", language="nl")
    assert name is not None
    assert name.first_name == ""
