"""Writes the first line of a letter: who is greeted, and how.

Decides by name, register and language. "Geachte heer Van der Berg," only where heer or mevrouw is known; never a guess
from a given name. Out: one line with its comma.
"""

from __future__ import annotations

from crmlink.drafts.greeting import Greeting
from crmlink.drafts.names import Gender, PersonName, gender_of, person_of
from crmlink.model.contact import Contact
from crmlink.model.reading import Register

_UNKNOWN_FORMAL = {"nl": "Geachte heer, mevrouw,", "en": "Dear Sir or Madam,", "de": "Sehr geehrte Damen und Herren,"}
_UNKNOWN_INFORMAL = {"nl": "Beste,", "en": "Hello,", "de": "Guten Tag,"}
_GROUP_FORMAL = {"nl": "Geachte dames en heren,", "en": "Dear all,", "de": "Sehr geehrte Damen und Herren,"}
_GROUP_INFORMAL = {"nl": "Beste allemaal,", "en": "Hi all,", "de": "Hallo zusammen,"}
_AND = {"nl": "en", "en": "and", "de": "und"}
_POLITE_WORDS = {
    "nl": frozenset({"Beste", "Dag", "Geachte"}),
    "en": frozenset({"Dear", "Hello"}),
    "de": frozenset({"Guten Tag", "Liebe", "Lieber"}),
}
_INFORMAL_WORD = {"nl": "Beste", "en": "Hi", "de": "Hallo"}
_INFORMAL_WORDS = {
    "nl": frozenset({"Hoi", "Hallo", "Hey", "Hee", "Hé", "Hai", "Ha", "Dag", "Beste", "Lieve"}),
    "en": frozenset({"Hi", "Hello", "Hey", "Dear"}),
    "de": frozenset({"Hallo", "Hi", "Moin", "Guten Tag"}),
}


def salutation(
    contact: Contact,
    *,
    language: str,
    register: Register,
    gender_title: str | None = None,
    greeting: Greeting | None = None,
) -> str:
    """The salutation of a letter to one contact.

    `gender_title` is a form of address found elsewhere ("Dhr." under their mail); `greeting` is how the owner greeted
    this contact before, and wins over the contact's own display name.
    """
    person = person_of(contact, language=language)
    if register is Register.INFORMAL:
        return _informal(person, language, greeting)
    if greeting and greeting.called and greeting.word in _POLITE_WORDS[language]:
        return f"{greeting.word} {greeting.called},"
    if person is None or not (person.family or person.first_name):
        return _UNKNOWN_FORMAL[language]
    titles = (gender_title or "", greeting.title if greeting else "")
    known = next((found for title in titles if (found := gender_of(title, language=language))), None)
    line = _formal(person, language, known or person.gender)
    if greeting and greeting.word in {"Beste", "Dag"} and greeting.title and line.startswith("Geachte "):
        return line.replace("Geachte heer", "Geachte meneer").replace("Geachte", greeting.word, 1)
    return line


def group_salutation(contacts: tuple[Contact, ...], *, language: str, register: Register) -> str:
    """The salutation of one letter to several contacts: two first names informally, else all of them together."""
    if register is not Register.INFORMAL:
        return _GROUP_FORMAL[language]
    people = [person_of(contact, language=language) for contact in contacts]
    names = [person.first_name for person in people if person is not None and person.first_name]
    if len(names) == len(contacts) == 2:  # noqa: PLR2004  a pair is named, a crowd is not
        return f"{_INFORMAL_WORD[language]} {names[0]} {_AND[language]} {names[1]},"
    return _GROUP_INFORMAL[language]


def _informal(person: PersonName | None, language: str, greeting: Greeting | None) -> str:
    word = greeting.word if greeting and greeting.word in _INFORMAL_WORDS[language] else _INFORMAL_WORD[language]
    called = (greeting.called if greeting else "") or (person.first_name if person else "")
    if not called:
        return _UNKNOWN_INFORMAL[language]
    return f"{word} {called},"


def _formal(person: PersonName, language: str, gender: Gender | None) -> str:
    match language:
        case "nl":
            return _formal_dutch(person, gender)
        case "de":
            return _formal_german(person, gender)
        case _:
            return _formal_english(person, gender)


def _formal_dutch(person: PersonName, gender: Gender | None) -> str:
    if not person.family:
        return f"Beste {person.given},"
    if person.title == "Prof":
        return f"Geachte professor {person.surname_alone},"
    if gender is not None:
        return f"Geachte {'heer' if gender is Gender.MALE else 'mevrouw'} {person.surname_alone},"
    if person.title == "Dr":
        return f"Geachte dr. {person.surname_alone},"
    return f"Geachte {person.full}," if person.given else f"Geachte heer, mevrouw {person.surname_alone},"


def _formal_english(person: PersonName, gender: Gender | None) -> str:
    if not person.family:
        return f"Dear {person.given},"
    if person.title:
        return f"Dear {'Professor' if person.title == 'Prof' else 'Dr'} {person.surname_alone},"
    if gender is not None:
        return f"Dear {'Mr' if gender is Gender.MALE else 'Ms'} {person.surname_alone},"
    return f"Dear {person.full}," if person.given else f"Dear Mr or Ms {person.surname_alone},"


def _formal_german(person: PersonName, gender: Gender | None) -> str:
    title = f"{person.title}. " if person.title else ""
    if not (gender or title or person.given):
        return _UNKNOWN_FORMAL["de"]
    if gender is None or not person.family:
        return f"Guten Tag {title}{person.full},"
    return f"Sehr {'geehrter Herr' if gender is Gender.MALE else 'geehrte Frau'} {title}{person.surname},"
