"""The rules of tone as code: what a letter that makes amends must and may never sound like.

Decides on the text of a letter and the facts it was written from, whoever wrote the template. First the person, then the
blame in the first person with at most one short reason, then the action, then an easy way out; nothing is sold, nobody is
pressed. In: a rendered letter and its facts. Out: every rule it breaks, with the words that break it; none when it is fit
to send. Words in quotation marks are the other's and are not judged.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crmlink.drafts.context import GENTLE, INTRODUCTIONS, LetterFacts

MOST_WORDS = 120
MOST_REASON_WORDS = 25
_MOST_CLOSING_WORDS = 5

_QUOTED = re.compile(r"\"[^\"\n]*\"|„[^“”\n]*[“”]|“[^”\n]*”|«[^»\n]*»")
_ITEM = re.compile(r"(?m)^- .*$")
_SENTENCE = re.compile(r"[^.!?\n]+(?:(?:[.](?=\w|\s[a-z])|(?<=\d)[.])[^.!?\n]*)*[.!?]*")
_LEFTOVER = re.compile(r"\{\{|\{%|\}\}|%\}|\bNone\b|\bTrue\b|\bFalse\b|\bUndefined\b|  | [.,;:?]|\.\.|\( ?\)")
_LINK = re.compile(r"(?i)https?:|www\.")
_OTHER_REGISTER = {
    ("nl", True): r"je|jij|jou|jouw|jullie",
    ("nl", False): r"u|uw|uzelf",
    ("de", True): r"du|dir|dich|dein\w*|ihr|euch|euer|eure\w*",
    ("de", False): r"Sie|Ihnen|Ihr\w*",
}
_FORBIDDEN = (
    ("pitch", "It sells"),
    ("hollow", "It makes an excuse or hides behind a formula"),
    ("impersonal", "It takes no blame in the first person"),
    ("blames", "It blames the other"),
    ("pressure", "It presses"),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a letter breaks, in a sentence without its full stop, and the words that show it."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter taken apart: `running` is what it says itself, between salutation and closing, without others' words."""

    facts: LetterFacts
    body: str
    running: str

    @property
    def language(self) -> str:
        return self.facts.language

    def find(self, kind: str) -> re.Match[str] | None:
        """The first words of that kind."""
        return _words(self.language, kind).search(self.running)

    def around(self, hit: re.Match[str]) -> str:
        """The sentence in which these words stand, to show it."""
        sentences = (one for one in _SENTENCE.finditer(self.running) if one.start() <= hit.start() < one.end())
        return next((f"“{one[0].strip()}”" for one in sentences), f"“{hit[0]}”")


def tone_problems(body: str, facts: LetterFacts) -> tuple[Breach, ...]:
    """Every rule this letter breaks; nothing for a good letter."""
    letter = _Letter(facts, body, _running(body, facts))
    checks: tuple[Callable[[_Letter], Iterator[Breach]], ...]
    checks = (_form, _forbidden, _address, _reasons, _blame, _step, _order)
    if facts.template in INTRODUCTIONS:
        checks = (_form, _forbidden, _address, _blame, _freedom)
    if facts.template in GENTLE:
        checks = (_form, _forbidden, _address, _reasons, _blame, _freedom, _order)
    return tuple(breach for check in checks for breach in check(letter))


def _form(letter: _Letter) -> Iterator[Breach]:
    body, facts = letter.body, letter.facts
    own = _own_words(body, facts)
    lines = [line for line in body.split("\n") if line]
    if len(lines) < 4 or not lines[0].endswith(","):  # noqa: PLR2004  salutation, text, closing, name
        yield Breach(
            "It is no complete letter: a salutation with a comma, a text, a closing and a name", f"“{lines[0]}”"
        )
    if (count := len(_without_dates(body, facts).split())) > MOST_WORDS:
        yield Breach(f"It has more than {MOST_WORDS} words beside the dates", str(count))
    if own.count("!") > (0 if facts.formal else 1):
        yield Breach("It has too many exclamation marks", str(own.count("!")))
    if hit := _LEFTOVER.search(own):
        yield Breach("It shows a trace of the template or a gap", f"“{own[max(0, hit.start() - 20) : hit.end() + 20]}”")
    if hit := _LINK.search(own):
        yield Breach("It holds a link", f"“{hit[0]}”")


def _forbidden(letter: _Letter) -> Iterator[Breach]:
    for kind, rule in _FORBIDDEN:
        if hit := letter.find(kind):
            yield Breach(rule, letter.around(hit))


def _address(letter: _Letter) -> Iterator[Breach]:
    words = _OTHER_REGISTER.get((letter.language, letter.facts.formal))
    if words is None:
        return
    # "Sie" can only be told from "sie" by its capital, and not at the start of a sentence.
    flags = re.NOFLAG if (letter.language, letter.facts.formal) == ("de", False) else re.IGNORECASE
    if hit := re.search(rf"(?<![\w'])({words})(?![\w'])", letter.running, flags):
        yield Breach("It mixes the forms of address", letter.around(hit))


def _reasons(letter: _Letter) -> Iterator[Breach]:
    """At most one reason, and that one short."""
    hits = list(_words(letter.language, "reasons").finditer(letter.running))
    if len(hits) > 1:
        yield Breach("It gives more than one reason", letter.around(hits[1]))
    elif hits and len(letter.around(hits[0]).split()) > MOST_REASON_WORDS:
        yield Breach("Its reason is long", letter.around(hits[0]))


def _blame(letter: _Letter) -> Iterator[Breach]:
    sorry = letter.find("sorry")
    if letter.facts.mine and not sorry:
        yield Breach("It does not say sorry, or take the blame, in the first person", "nowhere")
    if not letter.facts.mine and sorry:
        yield Breach("It apologises for what was not your fault", letter.around(sorry))


def _step(letter: _Letter) -> Iterator[Breach]:
    facts = letter.facts
    dates = (*facts.options, *([facts.new_day] if facts.new_day else []))
    if not (any(date in letter.body for date in dates) or letter.find("step")):
        yield Breach("It holds no next step: no date, no call, no question for a date", "nowhere")
    if any(option in letter.body for option in facts.options) and not letter.find("way_out"):
        yield Breach("It offers moments without an easy way out", "nowhere")


def _freedom(letter: _Letter) -> Iterator[Breach]:
    """Nobody is introduced, or asked again, who cannot say no."""
    if not letter.find("way_out"):
        yield Breach("It leaves no easy way to say no", "nowhere")


def _order(letter: _Letter) -> Iterator[Breach]:
    """First the person and what happened, then the apology, then the offer."""
    first = next((one for one in _SENTENCE.finditer(letter.running) if re.search(r"\w", one[0])), None)
    if first is None:
        return
    if not _words(letter.language, "reader").search(first[0]):
        yield Breach("It begins with you, not with them", f"“{first[0].strip()}”")
    offers = [hit for hit in (letter.find("offer"), _dates(letter)) if hit]
    sorry = letter.find("sorry")
    if not offers:
        return
    offer = min(offers, key=lambda hit: hit.start())
    if offer.start() < first.end() or (letter.facts.mine and sorry and offer.start() < sorry.start()):
        yield Breach("It offers before it has said what happened and whose fault it was", letter.around(offer))


def _dates(letter: _Letter) -> re.Match[str] | None:
    options = letter.facts.options
    return re.search("|".join(map(re.escape, options)), letter.running) if options else None


def _running(body: str, facts: LetterFacts) -> str:
    """What the letter says itself: without salutation, closing and name, and without what somebody else wrote."""
    lines = [line for line in body.split("\n") if line]
    if lines and lines[-1] == facts.signature:
        lines.pop()
        lines = lines[:-1] if len(lines[-1].split()) <= _MOST_CLOSING_WORDS else lines
    return _own_words("\n".join(lines[1:]), facts)


def _own_words(text: str, facts: LetterFacts) -> str:
    for foreign in (facts.quote, facts.topic):
        text = text.replace(foreign, "…") if foreign else text
    return _QUOTED.sub('""', text)


def _without_dates(body: str, facts: LetterFacts) -> str:
    text = _ITEM.sub("", body)
    for option in facts.options:
        text = text.replace(option, "")
    return text


@cache
def _words(language: str, kind: str) -> re.Pattern[str]:
    words = "|".join(str(word).replace(" ?", r"\s?").replace(" ", r"\s+") for word in _table()[language][kind])
    return re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("crmlink.drafts") / "tone.toml").read_text("utf-8"))
