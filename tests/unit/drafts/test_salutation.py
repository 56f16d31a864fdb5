"""The first line of a letter."""

from __future__ import annotations

import pytest

from crmlink.drafts.greeting import Greeting, read_greeting
from crmlink.drafts.salutation import group_salutation, salutation
from crmlink.model.contact import Contact
from crmlink.model.reading import Register

FORMAL, INFORMAL = Register.FORMAL, Register.INFORMAL
JAN = Contact("Jan van der Berg", "jan@berg.example")
JANE = Contact("Jane Hartley", "jane@hartley.example")

PLAIN = {
    "nl formal, nothing known of heer or mevrouw": (JAN, "nl", FORMAL, "Geachte Jan van der Berg,"),
    "nl formal, heer in the name": (
        Contact("Dhr. J. van der Berg", "j@b.example"),
        "nl",
        FORMAL,
        "Geachte heer Van der Berg,",
    ),
    "nl formal, mevrouw": (Contact("Mevr. A. 't Hart", "a@h.example"), "nl", FORMAL, "Geachte mevrouw 't Hart,"),
    "nl formal, only a surname": (
        Contact("van der Berg", "x@b.example"),
        "nl",
        FORMAL,
        "Geachte heer, mevrouw Van der Berg,",
    ),
    "nl formal, only a first name": (Contact("Jan", "jan@b.example"), "nl", FORMAL, "Beste Jan,"),
    "nl formal, a professor": (
        Contact("Prof. dr. A. ten Brink", "a@b.example"),
        "nl",
        FORMAL,
        "Geachte professor Ten Brink,",
    ),
    "nl formal, a doctor": (Contact("Dr. A. ten Brink", "a@b.example"), "nl", FORMAL, "Geachte dr. Ten Brink,"),
    "nl formal, no name": (Contact("", "jan@b.example"), "nl", FORMAL, "Geachte heer, mevrouw,"),
    "nl formal, a firm": (Contact("Berg Advies B.V.", "info@b.example"), "nl", FORMAL, "Geachte heer, mevrouw,"),
    "nl informal": (JAN, "nl", INFORMAL, "Beste Jan,"),
    "nl informal, only initials": (Contact("J. van der Berg", "j@b.example"), "nl", INFORMAL, "Beste,"),
    "nl informal, all capitals": (Contact("BERG, JAN VAN DER", "j@b.example"), "nl", INFORMAL, "Beste Jan,"),
    "nl informal, no name": (Contact("", "j@b.example"), "nl", INFORMAL, "Beste,"),
    "en formal, a doctor": (Contact("Dr Jane Hartley", "j@h.example"), "en", FORMAL, "Dear Dr Hartley,"),
    "en formal, a mister": (Contact("Mr. John Hartley", "j@h.example"), "en", FORMAL, "Dear Mr Hartley,"),
    "en formal, in full": (JANE, "en", FORMAL, "Dear Jane Hartley,"),
    "en formal, no name": (Contact("", "j@h.example"), "en", FORMAL, "Dear Sir or Madam,"),
    "en informal": (JANE, "en", INFORMAL, "Hi Jane,"),
    "de formal, a man": (Contact("Herr Jan Müller", "j@m.example"), "de", FORMAL, "Sehr geehrter Herr Müller,"),
    "de formal, a woman with a title": (
        Contact("Frau Dr. Eva von Arnim", "e@a.example"),
        "de",
        FORMAL,
        "Sehr geehrte Frau Dr. von Arnim,",
    ),
    "de formal, not known": (Contact("Jan Müller", "j@m.example"), "de", FORMAL, "Guten Tag Jan Müller,"),
    "de informal": (Contact("Jan Müller", "j@m.example"), "de", INFORMAL, "Hallo Jan,"),
}


@pytest.mark.parametrize(("contact", "language", "register", "line"), PLAIN.values(), ids=PLAIN)
def test_a_contact_is_greeted(contact: Contact, language: str, register: Register, line: str) -> None:
    assert salutation(contact, language=language, register=register) == line


def test_a_form_of_address_under_their_mail_tells_heer_or_mevrouw() -> None:
    assert salutation(JAN, language="nl", register=FORMAL, gender_title="Dhr.") == "Geachte heer Van der Berg,"


def test_the_owners_own_greeting_comes_back() -> None:
    greeting = Greeting("Ha", called="Janneman")
    assert salutation(JAN, language="nl", register=INFORMAL, greeting=greeting) == "Ha Janneman,"


def test_an_earlier_formal_greeting_tells_mevrouw() -> None:
    greeting = Greeting("Geachte", title="mevrouw")
    line = salutation(Contact("E. Smit", "e@smit.example"), language="nl", register=FORMAL, greeting=greeting)
    assert line == "Geachte mevrouw Smit,"


OWN_FORMAL_GREETINGS = {
    "u with a first name": (Greeting("Beste", called="Jan"), "Beste Jan,"),
    "dag meneer": (Greeting("Dag", title="meneer"), "Dag meneer Van der Berg,"),
    "beste mevrouw": (Greeting("Beste", title="mevrouw"), "Beste mevrouw Van der Berg,"),
    "geachte heer": (Greeting("Geachte", title="heer"), "Geachte heer Van der Berg,"),
    "hoi is not for u": (Greeting("Hoi", called="Jan"), "Geachte Jan van der Berg,"),
}


@pytest.mark.parametrize(("greeting", "line"), OWN_FORMAL_GREETINGS.values(), ids=OWN_FORMAL_GREETINGS)
def test_a_formal_letter_greets_in_the_owners_voice_too(greeting: Greeting, line: str) -> None:
    assert salutation(JAN, language="nl", register=FORMAL, greeting=greeting) == line


def test_a_greeting_of_another_language_or_register_is_not_used() -> None:
    greeting = Greeting("Geachte", called="Jan")
    assert salutation(JAN, language="nl", register=INFORMAL, greeting=greeting) == "Beste Jan,"


def test_an_unspoken_register_is_formal() -> None:
    assert salutation(JAN, language="nl", register=Register.NEUTRAL) == "Geachte Jan van der Berg,"


GROUPS = {
    "two informally, by name": ((JAN, JANE), "nl", INFORMAL, "Beste Jan en Jane,"),
    "three informally": ((JAN, JANE, JAN), "nl", INFORMAL, "Beste allemaal,"),
    "two, one of them unknown": ((JAN, Contact("", "x@y.example")), "en", INFORMAL, "Hi all,"),
    "formally": ((JAN, JANE), "nl", FORMAL, "Geachte dames en heren,"),
}


@pytest.mark.parametrize(("contacts", "language", "register", "line"), GROUPS.values(), ids=GROUPS)
def test_a_group_is_greeted(contacts: tuple[Contact, ...], language: str, register: Register, line: str) -> None:
    assert group_salutation(contacts, language=language, register=register) == line


GREETINGS = {
    "hoi with a name": ("Hoi Gijs,\n\nTot morgen.", Greeting("Hoi", called="Gijs")),
    "on the same line as the text": ("Dag Els, dank voor je mail.", Greeting("Dag", called="Els")),
    "a double name": ("Beste Anne Marie,\n", Greeting("Beste", called="Anne Marie")),
    "with a surname of one word": ("Ha Piet!\n", Greeting("Ha", called="Piet")),
    "heer": ("Geachte heer Van der Berg,\n", Greeting("Geachte", title="heer")),
    "Mr": ("Dear Mr. Hartley,\n", Greeting("Dear", title="Mr.")),
    "Frau": ("Sehr geehrte Frau Müller,\n", Greeting("Sehr geehrte", title="Frau")),
}


@pytest.mark.parametrize(("text", "greeting"), GREETINGS.values(), ids=GREETINGS)
def test_a_greeting_is_read_from_an_earlier_mail(text: str, greeting: Greeting) -> None:
    assert read_greeting(text) == greeting


NO_GREETINGS = (
    "Geachte heer en mevrouw Smit,\n",
    "Geachte heer/mevrouw,\n",
    "Beste Rob en Ineke,\n",
    "Hoi allemaal,\n",
    "Hi there,\n",
    "Dear all,\n",
    "Dank voor je mail.",
    "",
    "Haast je,\n",
    "Geachte dames en heren,\n",
)


@pytest.mark.parametrize("text", NO_GREETINGS)
def test_no_greeting_of_one_person_is_read(text: str) -> None:
    assert read_greeting(text) is None
