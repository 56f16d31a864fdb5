"""Takes a name as it was written apart from what stands around it, and says when the words are no person's name.

Decides on the surface only: firms and functions behind a bar, a comma or a dash, pronouns, labels of mail systems,
decoration. The parts of the name itself are for `names`. In: a display name or the line under a mail. Out: plain words.
"""

from __future__ import annotations

import re
import unicodedata

PARTICLES = frozenset(
    [
        "'s",
        "'t",
        "aan",
        "bij",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "du",
        "het",
        "in",
        "la",
        "le",
        "onder",
        "op",
        "over",
        "te",
        "ten",
        "ter",
        "uit",
        "uyt",
        "v",
        "v.",
        "v.d.",
        "v/d",
        "vd",
        "van",
        "vom",
        "von",
        "voor",
        "zu",
        "zum",
        "zur",
    ]
)
"""Tussenvoegsels and their relatives, in lower case."""

_NO_PERSON = re.compile(
    r"\b(b\.?v|n\.?v|v\.?o\.?f|gmbh|ag|e\.v|kg|ltd|limited|inc|llc|llp|plc|stichting|vereniging|gemeente|coöperatie"
    r"|team|directie|bestuur|management|planning|sales|support|info|administratie|boekhouding|secretariaat|receptie|reception|afdeling|department|office"
    r"|bureau|klantenservice|service|servicedesk|helpdesk|nieuwsbrief|newsletter|redactie|marketing|via|noreply"
    r"|group|groep|holding|partners|consultancy|consulting|advocaten|notarissen|accountants|makelaars|university"
    r"|universiteit|hogeschool|school|ministerie|provincie|hotel|restaurant|kantoor|praktijk|bank|verzekeringen"
    r"|\w*bedrijf|drukkerij|bakkerij|slagerij|garage|bibliotheek|museum|theater|uitgeverij|makelaardij|advies|adviseurs"
    r"|architecten|communicatie|abonnementen|webinars?|billing|notifications?|portal|online|desk|cloud|solutions|systems"
    r"|software|media|studio|agency|academy|instituut|institute|centrum|centre|center|kliniek|apotheek|webhosting"
    r"|elektra|\w*techniek|installaties|coaching|trainingen|fotografie|webdesign|fysiotherapie|\w*artsen|juristen|hypotheken|(?:fan)?club|events|evenementen"
    r"|(?:algemeen |adjunct-)?directeur|director|eigenaar|voorzitter|penningmeester|secretaris|teamleider|projectleider|manager|adviseur|ceo|cfo|cto|hrm|ict)\b"
    r"|\b(familie|fam|family|en|and|und)\b|[\d@<>{}\[\]:;!?*_=#%$€&\\]|www\.",
    re.IGNORECASE,
)
DEGREES = frozenset(["aa", "ba", "bsc", "cpa", "llm", "ma", "mba", "md", "msc", "phd", "pmp", "ra", "rb", "rc", "re"])
_LABEL = re.compile(r"(?i)^(?:extern(?:al|e)?|intern(?:al|e)?|ext)\s*[:|-]\s*|^\[[^\]]*\]\s*")
_PRONOUNS = re.compile(r"(?i)[\s,(]+(?:he|him|she|her|they|hij|zij|ze|die|hen|sie|er)/\w+(?:/\w+)?\)?$")
_TAIL = re.compile(r"\s*(\||·| from | / | @ | - | – | — ).*$")
_BEHIND_SLASH = re.compile(r"(?<!\bv)\s*/\S*$")
_DOUBLE_SURNAME = re.compile(r"(\w)\s?-\s?(de|den|der|van|ten|ter|te)\s+", re.IGNORECASE)
_GLUED_PARTICLE = re.compile(r"(?<![^\W_])(van|de|den|der|ten|ter|von)([A-Z])(?=[^\W\d_])")
_DOTTED = re.compile(r"[^\W\d_]{2,}(?:\.[^\W\d_]{2,})+")
_BESIDE_THE_NAME = re.compile(r"\([^)]*\)|\"[^\"]*\"")
_JOINED = re.compile(r"[a-zà-ÿ]{2,}(?:[._](?:[a-zà-ÿ]+(?:-[a-zà-ÿ]+)*))+")
_DECORATION = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So", "Sk"})


def plain_name(text: str) -> str:
    """The name alone, on one line, its apostrophes straight; maybe still no person's."""
    shown = re.sub(r"[’‘´`]", "'", re.sub(r"\s", " ", text))
    shown = "".join(char for char in shown if unicodedata.category(char) not in _DECORATION).strip()
    shown = _PRONOUNS.sub("", _LABEL.sub("", shown))
    shown = _TAIL.sub("", _DOUBLE_SURNAME.sub(r"\1-\2 ", shown)).strip()
    for mark in ("'", '"'):
        if len(shown) > 1 and shown.startswith(mark) and shown.endswith(mark):
            shown = shown[1:-1]
    shown = re.sub(r" +", " ", _BESIDE_THE_NAME.sub(" ", shown)).strip(' ",')
    shown = _BEHIND_SLASH.sub("", shown)
    shown = shown.replace(".", " ") if _DOTTED.fullmatch(shown) else shown
    return _without_firm(_GLUED_PARTICLE.sub(r"\1 \2", shown))


def is_no_person(text: str) -> bool:
    """Whether these words name a firm, a team, a function or more than one person, or hold what no name holds."""
    return _NO_PERSON.search(text) is not None


def is_degree(word: str) -> bool:
    """Whether this stands behind a name as a degree: "MSc", "LL.M."."""
    return word.replace(".", "").lower() in DEGREES


def name_in_address(address: str) -> str:
    """The name that a local part spells out, as "jan de vries" of jan.de.vries@…; empty when it does not."""
    local_part = address.partition("@")[0].lower()
    spelled = re.sub(r"[._]", " ", local_part) if _JOINED.fullmatch(local_part) else ""
    return "" if not spelled or is_no_person(spelled) or spelled.split(" ")[0] in PARTICLES else spelled


def _without_firm(text: str) -> str:
    """Without a firm or a function behind a comma: "Jan de Vries, Acme BV"."""
    name, comma, behind = (part.strip() for part in text.partition(","))
    return name if comma and " " in name and is_no_person(behind) and not is_no_person(name) else text
