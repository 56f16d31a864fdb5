"""The rules of tone as code: what a letter that makes amends may never sound like.

Decides on text alone, whoever wrote it. In: a rendered letter, its language and register. Out: a sentence for every rule
it breaks, none when it is fit to send. Words in quotation marks are the other's and are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crmlink.model.reading import Register

MOST_WORDS = 120

_QUOTED = re.compile(r"\"[^\"\n]*\"|„[^“\n]*“")
_ITEM = re.compile(r"(?m)^- .*$")
_LEFTOVER = re.compile(r"\{\{|\{%|\}\}|%\}|\bNone\b|\bTrue\b|\bFalse\b|\bUndefined\b|  | [.,;:?]|\.\.|\( ?\)")
_PITCH = {
    "nl": r"aanbieding|korting|prijs|prijzen|tarief|gratis|nieuwsbrief|dienstverlening|onze diensten|trouwens|overigens",
    "en": r"discount|special offer|price|pricing|free of charge|newsletter|our services|by the way",
    "de": r"rabatt|sonderangebot|preis|preise|kostenlos|newsletter|unsere leistungen|übrigens",
}
_EXCUSE = {
    "nl": r"omstandigheden|mocht dit|mocht het|ongemak|naar aanleiding van|hierbij|druk gehad|drukte|helaas door|misverstand",
    "en": r"circumstances|inconvenience|if this has|if you felt|unfortunately due|busy|hectic|misunderstanding",
    "de": r"umstände|unannehmlichkeiten|falls dies|sollte dies|missverständnis|stress|hiermit",
}
_PRESSURE = {
    "nl": r"z\.?s\.?m\.?|zo snel mogelijk|zo spoedig mogelijk|herinnering|met spoed|uiterste|per omgaande",
    "en": r"asap|as soon as possible|reminder|urgent|without delay|at your earliest",
    "de": r"so schnell wie möglich|umgehend|erinnerung|dringend|baldmöglichst",
}
_OTHER_REGISTER = {
    ("nl", Register.FORMAL): r"je|jij|jou|jouw|jullie",
    ("nl", Register.INFORMAL): r"u|uw|uzelf",
    ("de", Register.FORMAL): r"du|dir|dich|dein\w*|ihr|euch|euer|eure\w*",
    ("de", Register.INFORMAL): r"Sie|Ihnen|Ihr\w*",
}
_ACTION = {
    "nl": r"uiterlijk|ik bel|wanneer|welke|moment|wat u schikt|wat uitkomt",
    "en": r"by \w+day|i'll call|i will call|when would|what suits|call you|time",
    "de": r"spätestens|ich rufe|wann|was ihnen passt|was euch passt|was dir passt|termin",
}


def tone_problems(body: str, *, language: str, register: Register) -> tuple[str, ...]:
    """Every rule this letter breaks, as a sentence; empty for a good letter."""
    return tuple(_problems(body, language, register))


def _problems(body: str, language: str, register: Register) -> Iterator[str]:
    own = _QUOTED.sub('""', body)
    lines = [line for line in body.split("\n") if line]
    running = _QUOTED.sub('""', "\n".join(lines[1:-1]))
    if len(lines) < 4 or not lines[0].endswith(","):  # noqa: PLR2004  salutation, text, closing, name
        yield "It is no complete letter: a salutation with a comma, a text, a closing and a name."
    if len(_ITEM.sub("", body).split()) > MOST_WORDS:
        yield f"It has more than {MOST_WORDS} words beside the dates."
    if own.count("!") > (0 if register is Register.FORMAL else 1):
        yield "It has too many exclamation marks."
    if hit := _LEFTOVER.search(own):
        yield f"It shows a trace of the template or a gap: {hit[0]!r}."
    if "http" in own or "www." in own:
        yield "It holds a link."
    for words, rule in ((_PITCH, "It sells"), (_EXCUSE, "It makes an excuse"), (_PRESSURE, "It presses")):
        if hit := _any_word(words[language]).search(running):
            yield f"{rule}: {hit[0]!r}."
    if word := _wrong_register(running, language, register):
        yield f"It mixes the forms of address: {word!r}."
    if not (_ITEM.search(body) or _any_word(_ACTION[language]).search(running)):
        yield "It holds no next step: no date, no call, no question for a date."


def _wrong_register(running: str, language: str, register: Register) -> str:
    words = _OTHER_REGISTER.get((language, register))
    if words is None:
        return ""
    # "Sie" can only be told from "sie" by its capital, and not at the start of a sentence.
    flags = re.NOFLAG if (language, register) == ("de", Register.INFORMAL) else re.IGNORECASE
    hit = re.search(rf"(?<![\w'])({words})(?![\w'])", running, flags)
    return hit[0] if hit else ""


def _any_word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)")
