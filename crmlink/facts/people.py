"""Who is who: the contact behind an address, the company behind a contact, and addresses nobody sits behind.

In: addresses as mail shows them. Out: clean names and companies. Does not guess a name where none is given.
"""

from __future__ import annotations

import re

from crmlink.facts.cues import words
from crmlink.model.contact import Address, Contact

_VIA = re.compile(r"\s+(?:via|through|by way of|namens|door|über|par)\s+[\w(\"'].*$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"'`‘’“„«](.*)[\"'`’‘”“»]")
_BRACKETED = re.compile(r"\s*[(\[{][^()\[\]{}]*[)\]}]")
_AFTER_BAR = re.compile(r"\s+[|/•·]\s+.*$|\s+[-–—]\s+[^-–—]+$")
_SURNAME_FIRST = re.compile(r"(['’]?[^\W\d_][\w'’. -]{0,60}),\s*([^\W\d_][\w'’. -]{0,60})")
_PARTICLES = r"van der|van den|van de|van het|van 't|van ’t|van|von der|von|de la|de|den|der|het|in 't|in ’t|in de|op de|op den|te|ten|ter|uit de|uit den|'t|’t|zu|du|la|le"
_PARTICLE_FIRST = re.compile(rf"(.+?)\s+((?:{_PARTICLES}))", re.IGNORECASE)
_PARTICLE_LAST = re.compile(rf"((?:{_PARTICLES}))\s+(.+)", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no|do|non|ne|nicht|niet|geen)[._-]?(?:(?:not|pas)[._-]?)?(?:reply|repl|repondre|antwoord|antwoorden|antworten|response|respond|beantwoorden|reageren)"
    r"|geenantwoord|no-?reply|noresponse|nepasrepondre|nichtantworten|unmonitored|onbeheerd|^(?:mailer-daemon|postmaster|bounces?|mailrobot|robot|autoreply|autoresponder)$|(?:^|[._+-])bounces?(?:$|[._+-])"
)
_COMPANY_WORDS = re.compile(
    r"\b(?:b\.?v\.?|n\.?v\.?|gmbh|ltd|inc|v\.?o\.?f\.?|stichting|vereniging|gemeente|team|afdeling)\b", re.IGNORECASE
)
_NAME_WORDS = 6


def company_of(address: str) -> str | None:
    """The mail domain that stands for a company, None for a free-mail domain (or a subdomain of one) or no domain."""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if "." not in domain or "@" not in address:
        return None
    registered = ".".join(domain.split(".")[-2:])
    return None if {domain, registered} & words("people", "free_domains") else domain


def contact_of(address: Address) -> Contact:
    """The contact behind an address, with a name one can put in a greeting, or an empty name."""
    return Contact(clean_name(address.name), address.address, company_of(address.address))


def clean_name(name: str) -> str:
    """A display name as a person would write it: no quotes, no "via ...", no company in brackets, first name first."""
    if "@" in name or "://" in name:
        return ""
    name = _BRACKETED.sub("", name).strip(" ,;-")
    while match := _QUOTED.fullmatch(name):
        name = match[1].strip()
    name = _AFTER_BAR.sub("", _VIA.sub("", name)).strip(' ",;')
    match = _SURNAME_FIRST.fullmatch(name)
    if match and not _COMPANY_WORDS.search(match[2]):
        name = _first_name_first(match[1].strip(), match[2].strip())
    return _cased(" ".join(name.split()))


def _first_name_first(surname: str, given: str) -> str:
    """`Berg, Jan van der` and `van der Berg, Jan` and `Berg van der, Jan` are all Jan van der Berg."""
    if match := _PARTICLE_FIRST.fullmatch(given):
        return f"{match[1]} {match[2].lower()} {surname}"
    if match := _PARTICLE_FIRST.fullmatch(surname):
        return f"{given} {match[2].lower()} {match[1]}"
    if match := _PARTICLE_LAST.fullmatch(surname):
        return f"{given} {match[1].lower()} {match[2]}"
    return f"{given} {surname}"


def _cased(name: str) -> str:
    """Names in capitals or in lower case written the usual way, tussenvoegsels small."""
    if not name or not (name.isupper() or name.islower()) or len(name.split()) > _NAME_WORDS or len(name) < len("Jan"):
        return name
    particles = set(_PARTICLES.replace("|", " ").split())
    cased = [
        word.lower() if number and word.lower() in particles else _capital(word)
        for number, word in enumerate(name.split())
    ]
    return " ".join(cased)


def _capital(word: str) -> str:
    word = word.lower()
    if word.startswith("ij"):
        return f"IJ{word[2:]}"
    return re.sub(r"(?:^|(?<=[-.'’]))[^\W\d_]", lambda match: match[0].upper(), word)


def is_no_reply(address: str) -> bool:
    """Whether mail to this address reaches nobody."""
    return bool(_NO_REPLY.search(address.rpartition("@")[0].lower()))


def is_role_address(address: str) -> bool:
    """Whether an office or a machine sits behind the address, not one person."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    return (
        is_no_reply(address)
        or local in words("people", "role_local_parts")
        or local.replace("-", "").replace(".", "").replace("_", "") in words("people", "role_local_parts")
    )
