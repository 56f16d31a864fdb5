"""Reads a person's name as it stands in a header or under a mail, and writes it as a letter needs it.

Decides what is given name, particle ("tussenvoegsel") and family name, and that a firm, a team or a role address is no
person. Never guesses a gender from a given name: only a written "Dhr.", "mevrouw", "Mr" or "Herr" tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from nameparser import Lexicon, Parser

from crmlink.drafts.written_name import DEGREES, PARTICLES, is_degree, is_no_person, name_in_address, plain_name
from crmlink.model.contact import Contact

_MALE = frozenset({"dhr", "jhr", "jonkheer", "heer", "meneer", "mister", "herr", "herrn", "hr"})
_FEMALE = frozenset({"jkvr", "jonkvrouw", "mevr", "mw", "mevrouw", "mej", "mrs", "ms", "miss", "frau"})
_MISTER_OR_LAWYER = "mr"
_DOCTOR = frozenset({"dr", "doctor", "doktor"})
_PROFESSOR = frozenset({"prof", "professor"})
_LAWYER = "meester"
_UNUSED_TITLES = frozenset({_MISTER_OR_LAWYER, _LAWYER, "drs", "ir", "ing", "ds", "mag", "dipl.-ing"})
_FACULTIES = frozenset({"med.", "jur.", "rer.", "nat.", "phil.", "pol.", "oec."})
_TITLES = _MALE | _FEMALE | _DOCTOR | _PROFESSOR | _UNUSED_TITLES
_GLUED_TITLE = re.compile(r"(prof|drs?|ir|ing|mr|dhr|mevr|mw)\.(\S+)", re.IGNORECASE)
_ROLE_LOCAL_PART = re.compile(
    r"(info|contact|sales|verkoop|inkoop|administratie|admin|boekhouding|finance|facturen|invoice|billing|hello|hallo"
    r"|mail|post|office|kantoor|secretariaat|receptie|reception|support|service|klantenservice|help(desk)?|hr|jobs"
    r"|vacatures|marketing|pers|press|redactie|events?|team|no-?reply|welkom|algemeen)([._+-].*)?"
)
_JOINT_SURNAME = re.compile(r"(\w)-(de|den|der|van|ten|ter|te)\s+", re.IGNORECASE)
_JOINT = "\u2060"  # holds "Smit-de Vries" together while the name is parsed
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]?\.?|[^\W\d_]")
_LETTERS_WITHOUT_ORDER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_VOWEL = re.compile("[AEIOUYÄÖÜÉÈ]")
_MOST_CHARACTERS = 80
_MOST_WORDS = 7


class Gender(StrEnum):
    """What a written form of address tells: heer or mevrouw."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name, in proper case. `given` may be initials ("J.P."), `particles` are in lower case.

    `title` is "Dr", "Prof" or empty; the smaller Dutch titles (drs., ir., mr.) are not used in a salutation.
    """

    given: str
    particles: str
    family: str
    title: str = ""
    gender: Gender | None = None

    @property
    def full(self) -> str:
        """Given name first: "Jan van der Berg"."""
        return " ".join(part for part in (self.given, self.particles, self.family) if part)

    @property
    def surname(self) -> str:
        """Particles in lower case and family name, as German puts it after "Herr": "von Beethoven"."""
        return " ".join(part for part in (self.particles, self.family) if part)

    @property
    def surname_alone(self) -> str:
        """The surname as Dutch puts it after "heer", with a capital: "Van der Berg", but "'t Hart"."""
        return self.surname if self.surname.startswith("'") else self.surname[:1].upper() + self.surname[1:]

    @property
    def first_name(self) -> str:
        """The given name to call somebody by, empty when only initials are known.

        Of many given names the first two, as in "Jan Willem"; an initial behind a name is not called.
        """
        words = [word for word in self.given.split(" ") if not _INITIALS.fullmatch(word)]
        return " ".join(words[:2])


def person_of(contact: Contact, *, language: str) -> PersonName | None:
    """The contact's name, None when it is unknown, a firm, a team or a role address."""
    local_part, _, domain = contact.address.lower().partition("@")
    label = domain.rpartition(".")[0].replace("-", "")
    beside = re.sub(rf"(?i),\s*{re.escape(label)}$", "", contact.name) if label else contact.name
    spelled = name_in_address(contact.address)
    if not contact.name and PARTICLES & set(spelled.split(" ")):
        beside = spelled  # nothing but a Dutch name looks like jan.de.vries
    name = parse_name(beside, language=language)
    if name is None:
        return None
    if domain.endswith(".be") and f" {name.surname_alone}" in beside:
        # In Flanders the capital of "Els Van Hoof" is part of the name.
        name = replace(name, particles="", family=name.surname_alone)
    is_role = _ROLE_LOCAL_PART.fullmatch(local_part) is not None
    is_called_like_it = name.full.lower().replace(" ", "") in {domain, label}
    has_both = bool(name.given and name.family)
    # Many people have a domain of their own name: "Jan Berg" at janberg.example is a person, info@ there is not.
    return None if (is_role and (is_called_like_it or not has_both)) or (is_called_like_it and not has_both) else name


def parse_name(text: str, *, language: str) -> PersonName | None:
    """The parts of a written name, None when these words are not a person's name.

    `language` tells how to read "mr.": mister in English, a lawyer in Dutch.
    """
    cleaned = plain_name(text)
    if not cleaned or len(cleaned) > _MOST_CHARACTERS or is_no_person(cleaned):
        return None
    if _LETTERS_WITHOUT_ORDER.search(cleaned):
        # Which part is the family name is not ours to guess.
        return PersonName(cleaned, "", "")
    titles, rest = _split_titles(cleaned)
    if not rest or len(rest.split(" ")) > _MOST_WORDS:
        return None
    given, family = _given_and_family(rest)
    if given.lower() in PARTICLES:
        given, family = "", f"{given} {family}".strip()
    elif titles and not family:
        given, family = "", given
    return _in_proper_case(given, family, titles, language)


def gender_of(title: str, *, language: str) -> Gender | None:
    """What a written form of address tells, None when it tells nothing."""
    word = title.strip().rstrip(".").lower()
    if word in _FEMALE:
        return Gender.FEMALE
    return Gender.MALE if word in _MALE or (word == _MISTER_OR_LAWYER and language == "en") else None


def _given_and_family(text: str) -> tuple[str, str]:
    """Of a name as it is spoken, or with the surname first: "Berg, Jan van der"."""
    surname, comma, behind = (part.strip() for part in text.partition(","))
    words = behind.split(" ")
    if comma and not is_degree(words[0]):
        particles: list[str] = []
        while len(words) > 1 and words[-1].lower() in PARTICLES:
            particles.insert(0, words.pop())
        return " ".join(words), " ".join([*particles, surname])
    joined = _JOINT_SURNAME.sub(rf"\1-\2{_JOINT}", surname)
    parsed = _parser().parse(joined)
    first, *more = f"{parsed.given} {parsed.middle}".strip().split(" ")
    # "van Zuylen van Nijevelt": the family name begins at the first particle, not at the last.
    cut = next((at for at, word in enumerate(more) if word.lower() in PARTICLES), len(more))
    given, family = " ".join([first, *more[:cut]]), " ".join([*more[cut:], str(parsed.family)]).strip()
    return given.replace(_JOINT, " "), family.replace(_JOINT, " ")


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser(lexicon=Lexicon.default().add(particles={*PARTICLES, "el"}, suffix_acronyms=set(DEGREES)))


def _split_titles(text: str) -> tuple[tuple[str, ...], str]:
    """Titles and forms of address at the front, in lower case without dots, and what follows them."""
    titles: list[str] = []
    words = re.sub(r"^de heer\b", "heer", text, flags=re.IGNORECASE).split(" ")
    while words:
        if glued := _GLUED_TITLE.fullmatch(words[0]):
            words[0:1] = glued.groups()
        word = words[0].rstrip(".").lower()
        if word not in _TITLES and not (titles and words[0].lower() in _FACULTIES):
            break
        # A small "mr." is a Dutch lawyer, man or woman, in whatever language the letter is.
        titles.append(_LAWYER if words[0].startswith("mr") else word)
        words.pop(0)
    return tuple(titles), " ".join(words)


def _in_proper_case(given: str, family: str, titles: tuple[str, ...], language: str) -> PersonName | None:
    uncased = (given + family).isupper() or (given + family).islower()
    words = family.split(" ")
    particles: list[str] = []
    while len(words) > 1 and words[0].lower() in PARTICLES:
        word = words.pop(0).lower()
        particles.append("van" if word in {"v", "v."} else word)
    core = " ".join(_proper(word) if uncased or word.islower() or _shouted(word) else word for word in words)
    if _INITIALS.fullmatch(given.replace(" ", "")):
        first = "".join(f"{letter.upper()}." for letter in re.findall(r"[^\W\d_]", given))
    else:
        first = " ".join(
            _proper(word) if uncased or word.islower() or (_shouted(word) and _VOWEL.search(word)) else word
            for word in given.split(" ")
        )
    gender = next((found for title in titles if (found := gender_of(title, language=language))), None)
    rank = "Prof" if _PROFESSOR & set(titles) else "Dr" if _DOCTOR & set(titles) else ""
    return PersonName(first, " ".join(particles), core, rank, gender) if first or core else None


def _shouted(word: str) -> bool:
    """Whether it is "BERG" as in "Jan BERG"; not the "NG" some people are really called."""
    return word.isupper() and len(word) > 3  # noqa: PLR2004  as the docstring says


def _proper(word: str) -> str:
    """A word that was written without regard to case, as a name: "BERG" -> "Berg", "o'neill" -> "O'Neill"."""
    if word.lower() in PARTICLES:
        return word.lower()
    pieces = re.split(r"([-'])", word.lower())
    return "".join("IJ" + piece[2:] if piece.startswith("ij") else piece[:1].upper() + piece[1:] for piece in pieces)
