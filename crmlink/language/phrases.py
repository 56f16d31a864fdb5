"""Phrases: the cue data of a language, loaded once, and the engine that finds them in a sentence.

A family of rules is a TOML file (`nl/requests.toml`). A rule has a name, a kind (its meaning is the detector's
business), a strength, a sentence for people (`means`), and phrases. `near = true` lets it speak only against its own
clause, `weighed = true` lets the weights of the language overrule it. A phrase is words separated by spaces:

    kun|kunt      one of these words            stuur*      any word that begins so
    (nog|even)    may be there or not           laten_weten two words as one alternative
    {you}         a word list of the file       !niet|geen  the next word is none of these
    ..            up to three words, no mark    ...         up to nine words, marks too
    ^             a clause begins here          ^^          the sentence begins here, names and openers aside
    $             the sentence ends here
    _             any one word                  ?           (last) the sentence ends with a question mark
    .             (last) the sentence does not end with a question mark

The first word of a phrase must be plain or have at least three letters before its star: sentences are searched by it.
Matching costs one look-up per word and is linear in the text. No decision is taken here.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from crmlink.language.wording import Wording

LANGUAGES = ("nl", "en", "de")
_STEM = 3
_MARKS = {"..": r"(?:[^ ,;:?!()]+ ){0,3}?", "...": r"(?:[^ ]+ ){0,9}?", "$": r"(?:[.!?,)] )*$", "_": r"[^ ]+ "}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a family. `name` is global: "nl.request.kunt-u". `weighed`: weights may overrule it.

    `near`: what it stops must stand in the same clause.
    """

    name: str
    kind: str
    strength: int
    means: str
    weighed: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """One phrase of a rule. `pattern` is the source of its regular expression, compiled when first needed.

    `seconds`: all words that can come second, None when that is open; `lasts`: one of these must be in the sentence,
    as the phrase ends with it, None when that is open. `asks`: which mark the sentence must end with.
    """

    rule: Rule
    pattern: str
    anchor: str
    asks: bool | None
    seconds: frozenset[str] | None
    lasts: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a sentence: word indexes, `end` exclusive."""

    rule: Rule
    start: int
    end: int

    def stops(self, other: Hit, wording: Wording) -> bool:
        """Whether this hit speaks against the other: at least as strong, and near enough if it has to be near."""
        if self.rule.strength < other.rule.strength:
            return False
        return not self.rule.near or wording.same_clause(self.start, other.start)


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """All cues of one family in one language, by their first word (or its first letters)."""

    by_word: dict[str, tuple[Cue, ...]]
    by_stem: dict[str, tuple[Cue, ...]]
    rules: dict[str, Rule]

    def hits(self, wording: Wording) -> tuple[Hit, ...]:
        """All rules found in a sentence in order of place, a rule once at each place."""
        found: dict[tuple[str, int], Hit] = {}
        following = (*wording.words[1:], "")
        present = frozenset(wording.words)
        for index, (word, second) in enumerate(zip(wording.words, following, strict=False)):
            cues = self.by_word.get(word, ())
            stems = self.by_stem.get(word[:_STEM])
            for cue in (*cues, *stems) if stems else cues:
                if cue.seconds is not None and second not in cue.seconds:
                    continue
                if cue.lasts is not None and cue.lasts.isdisjoint(present):
                    continue
                key = (cue.rule.name, index)
                if key in found or not _fits(cue, wording, index):
                    continue
                match = _compiled(cue.pattern).match(wording.text, wording.starts[index])
                if match:
                    found[key] = Hit(cue.rule, index, wording.index_at(match.end() - 1) + 1)
        return tuple(found.values())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _fits(cue: Cue, wording: Wording, index: int) -> bool:
    """Whether a cue may begin at this word, by its place and by the mark at the end of the sentence."""
    if cue.asks is not None and cue.asks is not wording.asks:
        return False
    if not cue.anchor:
        return True
    return wording.begins_clause(index) if cue.anchor == "^" else wording.begins_sentence(index)


def meaning(rule: str) -> str:
    """What a rule name means, as a sentence for people; the name itself when no rule has it."""
    language, _, rest = rule.partition(".")
    family = rest.partition(".")[0]
    if language not in LANGUAGES:
        return rule
    found = phrasebook(language, f"{family}s").rules.get(rule)
    return found.means if found else rule


@cache
def phrasebook(language: str, family: str) -> Phrasebook:
    """The phrases of one family (the name of its TOML file); an unknown language or family has none."""
    source = resources.files("crmlink.language") / language / f"{family}.toml"
    if language not in LANGUAGES or not source.is_file():
        return Phrasebook({}, {}, {})
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    prefix = f"{language}.{family.removesuffix('s')}"
    by_word: dict[str, list[Cue]] = defaultdict(list)
    by_stem: dict[str, list[Cue]] = defaultdict(list)
    rules: dict[str, Rule] = {}
    for entry in data["rule"]:
        rule = _rule(prefix, entry)
        rules[rule.name] = rule
        for phrase in entry.get("phrases", ()):
            _file(phrase, rule, data.get("words", {}), by_word=by_word, by_stem=by_stem)
    return Phrasebook(_frozen(by_word), _frozen(by_stem), rules)


def _rule(prefix: str, entry: dict[str, Any]) -> Rule:
    return Rule(
        f"{prefix}.{entry['name']}",
        entry.get("kind", "cue"),
        entry.get("strength", 1),
        entry["means"],
        weighed=entry.get("weighed", False),
        near=entry.get("near", False),
    )


def _frozen(index: dict[str, list[Cue]]) -> dict[str, tuple[Cue, ...]]:
    return {key: tuple(cues) for key, cues in index.items()}


def _file(
    phrase: str,
    rule: Rule,
    lists: dict[str, str],
    *,
    by_word: dict[str, list[Cue]],
    by_stem: dict[str, list[Cue]],
) -> None:
    """Compile one phrase and put it under each of its possible first words."""
    tokens = re.sub(r"\{(\w+)\}", lambda found: "|".join(lists[found.group(1)].split()), phrase).split()
    anchor = tokens[0] if tokens[0] in ("^", "^^") else ""
    asks = {"?": True, ".": False}.get(tokens[-1])
    tokens = tokens[bool(anchor) : None if asks is None else -1]
    cue = Cue(rule, "".join(map(_pattern, tokens)), anchor, asks, _seconds(tokens), _lasts(tokens))
    if not _needed(tokens[0]) or not _needed(tokens[-1]):
        raise ValueError(f"{rule.name}: {phrase!r} must begin and end with a word that has to be there")
    for first in tokens[0].split("|"):
        word = first.partition("_")[0]
        if "*" in word:
            if word.index("*") < _STEM:
                raise ValueError(f"{rule.name}: {phrase!r} begins with too short a stem")
            by_stem[word[:_STEM]].append(cue)
        else:
            by_word[word].append(cue)


def _seconds(tokens: list[str]) -> frozenset[str] | None:
    """All words that can come second in a phrase, None when it may be any."""
    if "_" in tokens[0]:
        return None
    words: set[str] = set()
    for token in tokens[1:]:
        if token in _MARKS or "*" in token:
            return None
        if not token.startswith("!"):
            words.update(word.partition("_")[0] for word in token.strip("()").split("|"))
            if _needed(token):
                return frozenset(words)
    return None


def _lasts(tokens: list[str]) -> frozenset[str] | None:
    """The words a phrase of several can end with, None when it may be any."""
    words = [token for token in tokens[1:] if _needed(token) and not token.startswith(("!", "$"))]
    if not words or words[-1] in _MARKS or "*" in words[-1]:
        return None
    return frozenset(word.partition("_")[0] for word in words[-1].split("|"))


def _needed(token: str) -> bool:
    return token not in ("..", "...") and not token.startswith("(")


def _pattern(token: str) -> str:
    """The regular expression of one token; each word is followed by one space."""
    if token in _MARKS:
        return _MARKS[token]
    if token.startswith("!"):
        return f"(?!{_alternatives(token[1:])})"
    if token.startswith("(") and token.endswith(")"):
        return f"(?:{_alternatives(token[1:-1])})?"
    return _alternatives(token)


def _alternatives(token: str) -> str:
    words = (re.escape(word).replace(r"\*", "[^ ]*").replace("_", " ") for word in token.split("|"))
    return f"(?:{'|'.join(words)}) "
