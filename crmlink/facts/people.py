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
_AFTER_BAR = re.compile(r"\s+[|/•·@]\s+.*$|\s+[-–—]\s+(?!(?:van|de|den|der|ten|ter|te|von)\s)[^-–—]+$")
_LABEL = re.compile(r"^(?:extern(?:al|e)?|intern(?:al|e)?|ext)\s*[:|-]\s*", re.IGNORECASE)
_PRONOUNS = re.compile(r"[\s,]+(?:he|him|she|her|they|hij|zij|ze|die|hen|sie|er)/\w+(?:/\w+)?$", re.IGNORECASE)
_CALL_NAME = re.compile(
    r"(?:^|[\s,])(?P<initials>(?P<first>[^\W\d_])\.(?: ?[^\W\d_]\.)*)(?P<between>(?: [a-z' ]{1,12})?) ?\((?P<name>(?P=first)[^\W\d_]+)\)"
)
_BEHIND_THE_NAME = re.compile(
    r",\s*(?:(?:LL\.?M|M\.?A|B\.?A|M\.?Sc|B\.?Sc|Ph\.?D|MBA|MD|R[ABEC]|AA|CPA|PMP)\.?(?=[\s,]|$)[^,]*"
    r"|(?:algemeen |adjunct-|managing )?(?:directeur|director|eigenaar|owner|manager|adviseur|voorzitter|penningmeester|secretaris|ceo|cfo|cto|geschäftsführer\w*|prof\.|dr\.|ir\.)(?!\w)[^,]*)$",
    re.IGNORECASE,
)
_SURNAME_FIRST = re.compile(r"(['’]?[^\W\d_][\w'’. -]{0,60}),\s*([^\W\d_][\w'’. -]{0,60})")
_PARTICLES = r"van der|van den|van de|van het|van 't|van ’t|van|von der|von|de la|de|den|der|het|in 't|in ’t|in de|op de|op den|te|ten|ter|uit de|uit den|'t|’t|zu|du|la|le"
_PARTICLE_FIRST = re.compile(rf"(.+?)\s+((?:{_PARTICLES}))", re.IGNORECASE)
_PARTICLE_LAST = re.compile(rf"((?:{_PARTICLES}))\s+(.+)", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no|do|non|ne|nicht|niet|geen)[._-]?(?:(?:not|pas)[._-]?)?(?:reply|repl|repondre|antwoord|antwoorden|antworten|response|respond|beantwoorden|reageren)"
    r"|geenantwoord|no-?reply|noresponse|nepasrepondre|nichtantworten|unmonitored|onbeheerd|^(?:mailer-daemon|postmaster|bounces?|mailrobot|robot|autoreply|autoresponder)$|(?:^|[._+-])bounces?(?:$|[._+-])"
)
_LIST = re.compile(r"(?:^|[._+-])(?:lists?|mailinglist|mailinglijst|verteiler)$|^lists?[._+-]")
_LIST_HOSTS = re.compile(
    r"(?:^|\.)(?:lists?|listserv|mailman)\.|(?:^|\.)(?:googlegroups\.com|groups\.io|freelists\.org)$"
)
_RESOURCE = re.compile(
    r"(?!.*(?:huur|rental|hire|vermiet))(?:vergaderzaal|vergaderruimte|vergaderkamer|spreekkamer|zaal|boardroom|meeting-?room|conf(?:erence)?-?room|room"
    r"|besprechungsraum|raum|beamer|projector|leenauto|dienstauto|poolauto)(?:[\d._+-].*)?"
)
_RESOURCE_HOSTS = ("resource.calendar.google.com", "group.calendar.google.com")
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
    """A display name as a person would write it: no quotes, no "via ...", no company in brackets, first name first.

    A name to be called by that stands in brackets behind its initial takes their place: "Berg, J. van der (Jan)".
    """
    if re.search(r"\S@\S", name) or "://" in name:
        return ""
    name = _PRONOUNS.sub("", _LABEL.sub("", name))
    if called := _CALL_NAME.search(name):
        name = f"{name[: called.start('initials')]}{called['name']}{called['between']}{name[called.end() :]}"
    name = _BRACKETED.sub("", name).strip(" ,;-")
    while match := _BEHIND_THE_NAME.search(name):
        name = name[: match.start()]
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


def is_list(address: str) -> bool:
    """Whether mail to this address goes out to everybody on a list, as far as the address shows."""
    local, _, domain = address.lower().rpartition("@")
    return bool(_LIST.search(local) or _LIST_HOSTS.search(domain))


def is_resource(address: str) -> bool:
    """Whether a room or a thing is booked by this address; many calendars do not say so (CUTYPE)."""
    local, _, domain = address.lower().rpartition("@")
    return domain in _RESOURCE_HOSTS or bool(_RESOURCE.fullmatch(local))


def reaches_a_person(address: str) -> bool:
    """Whether somebody may read what is sent there: no unread box, no program, no room, no list."""
    robot = address.lower().rpartition("@")[0] in words("automatic", "robots")
    return not (robot or is_no_reply(address) or is_list(address) or is_resource(address))


def is_ignored(address: str, ignore: frozenset[str]) -> bool:
    """Whether the owner wants no drafts to this address: it is on the list, or its domain or one above that is."""
    domain = address.rpartition("@")[2]
    parents = {domain.split(".", count)[-1] for count in range(domain.count(".") + 1)}
    return not ignore.isdisjoint({address, *parents})


def is_role_address(address: str) -> bool:
    """Whether an office or a machine sits behind the address, not one person."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    return (
        is_no_reply(address)
        or local in words("people", "role_local_parts")
        or local.replace("-", "").replace(".", "").replace("_", "") in words("people", "role_local_parts")
    )
