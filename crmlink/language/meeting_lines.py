"""What each sentence of a mail may do to a meeting, before anything is decided.

Reads the phrases of the language, and whether sentence and mail are about a meeting at all or about something else that
can be cancelled (an order, a flight, a concert). `meetings.toml` holds what speaks of meetings, `breaks.toml` what keeps
people away and the words that count together with it. In: the body of a mail and its dates. Out: one `Line` per
sentence with the signs that count, and the near misses: words that looked like an act, with the rule that stopped them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crmlink.language.deadlines import mentions_in
from crmlink.language.phrases import Hit, Phrasebook, phrasebook
from crmlink.language.sentences import Sentence
from crmlink.language.wording import Wording, worded
from crmlink.model.reading import DateMention, Grain, NearMiss

ACTS = frozenset(
    "propose offer accept unable denied decline cancel reschedule anew no_show_writer no_show_reader".split()  # noqa: SIM905 -- reads best so
)
_BREAKING = frozenset(("unable", "denied", "decline", "cancel", "reschedule", "anew"))
_ABSENT = frozenset(("unable", "denied"))
_WRITER = frozenset(("ik", "'k", "me", "mij", "we", "wij", "i", "i'm", "i'll", "we're", "ich", "wir"))
_WEAK = frozenset(("offer", "denied"))
"""Kinds that say nothing alone, and are not worth a near miss."""
_UNDOING = frozenset(("unable", "decline", "cancel", "reschedule"))
_ENDING = frozenset(("cancel", "reschedule", "anew"))
_GUESSED = {"no_show_writer": 3, "no_show_reader": 3, "propose": 2, "offer": 2}
"""Strengths below which these kinds say nothing in a sentence that names another thing and no meeting."""
_REFUSING = frozenset(("unable", "decline"))
_STOPPED = {
    "not_meeting": ACTS,
    "not_broken": _BREAKING,
    "not_accept": frozenset(("accept",)),
    "not_propose": frozenset(("propose", "offer")),
}
_ALONE = 3
_NEAR = 2
_HERE = 1
_AROUND = 2
"""Sentences before and after that may tell what a phrase is about."""
_SHORT_QUESTION = 14
_OPENING = 4
"""Letters before the date in a question that is little more than a date: "Dus vrijdag?"."""
_CLOCK = (Grain.MINUTE, Grain.HOUR)
_VAGUE = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
_LIMIT = re.compile(
    r"\b(?:voor|vóór|uiterlijk|tegen|vanaf|sinds|before|by|until|since|bis|vor|spätestens|seit|ab)\s*(?:de|het|the|dem|den)?\s*$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sign:
    """A phrase that counts, and the sentence it stands in."""

    hit: Hit
    line: Line

    @property
    def kind(self) -> str:
        """What the phrase means."""
        return self.hit.rule.kind

    @property
    def strength(self) -> int:
        """How much the phrase says on its own."""
        return self.hit.rule.strength


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with its phrases, its dates, and whether it names a meeting or another thing one can cancel."""

    sentence: Sentence
    words: Wording
    hits: tuple[Hit, ...]
    dates: tuple[DateMention, ...]
    names_meeting: bool
    names_other: bool
    other_from: int
    """Index of the first word that names another thing."""

    def is_of_another_thing(self, hit: Hit) -> bool:
        """Whether what is not possible is said of another thing, named before it: "the delivery will not work"."""
        return self.other_from <= hit.start and not self.names_meeting and not self.speaks_of_writer

    @property
    def is_about_meeting(self) -> bool:
        """Whether it names a meeting or a date."""
        return self.names_meeting or bool(self.dates)

    @property
    def is_hindered(self) -> bool:
        """Whether it says what keeps somebody away, now or soon."""
        return self.has("hindered") and not self.has("not_hindered")

    @property
    def speaks_of_writer(self) -> bool:
        """Whether the writer speaks of himself."""
        return not _WRITER.isdisjoint(self.words.words)

    @property
    def is_sudden(self) -> bool:
        """Whether what keeps somebody away came up by surprise: illness, a breakdown, a strike."""
        return self.is_hindered and any(hit.rule.kind == "hindered" and hit.rule.strength >= _NEAR for hit in self.hits)

    def has(self, *kinds: str) -> bool:
        """Whether one of its phrases is of one of these kinds."""
        return any(hit.rule.kind in kinds for hit in self.hits)

    @property
    def answers(self) -> bool:
        """Whether it answers an invitation."""
        return any(hit.rule.kind == "invited" for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Topics:
    """The words of one language for meetings, and for other things that can be made and cancelled."""

    meeting: frozenset[str]
    meeting_endings: tuple[str, ...]
    other: frozenset[str]
    other_endings: tuple[str, ...]

    def names_meeting(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words is a meeting."""
        return _has(words, self.meeting, self.meeting_endings)

    def names_other(self, words: tuple[str, ...]) -> bool:
        """Whether one of the words is something else."""
        return _has(words, self.other, self.other_endings)


def _has(words: tuple[str, ...], whole: frozenset[str], endings: tuple[str, ...]) -> bool:
    return not whole.isdisjoint(words) or any(word.endswith(endings) for word in words)


def meeting_signs(
    text: str, *, end: int, language: str, dates: tuple[DateMention, ...]
) -> tuple[tuple[Line, ...], tuple[Sign, ...], tuple[NearMiss, ...]]:
    """The sentences, the signs of acts that count, in order of place, and what was stopped.

    Reads the text up to `end`; `dates` are in order of offset.
    """
    book, breaks, topics = phrasebook(language, "meetings"), phrasebook(language, "breaks"), _topics(language)
    lines = tuple(
        _line(sentence, words, (*book.hits(words), *breaks.hits(words)), topics, mentions_in(sentence, dates))
        for sentence, words in worded(text)
        if sentence.offset < end
    )
    elsewhere = any(line.names_other and not line.has("unable", "hindered") for line in lines) and not any(
        line.names_meeting for line in lines
    )
    signs: list[Sign] = []
    misses: list[NearMiss] = []
    for index, line in enumerate(lines):
        around = lines[max(0, index - _AROUND) : index + _AROUND + 1]
        for hit in _acts(line, book, language):
            stop = next((one for one in line.hits if _stops(one, hit, line.words)), None)
            if stop and hit.rule.kind not in _WEAK:
                misses.append(NearMiss(line.sentence.text, hit.rule.kind, stop.rule.name, line.sentence.offset))
            elif not stop and _counts(hit, line, around=around, elsewhere=elsewhere):
                signs.append(Sign(hit, line))
    return lines, tuple(signs), tuple(misses)


def _acts(line: Line, book: Phrasebook, language: str) -> Iterator[Hit]:
    """The phrases of a sentence that are acts; a proposal to cancel ("let's skip our call") is no proposal to meet."""
    found = [hit for hit in (*line.hits, *_time_question(line, book, language)) if hit.rule.kind in ACTS]
    breaking = [hit for hit in found if hit.rule.kind in _UNDOING]
    for hit in found:
        if hit.rule.kind != "propose" or not any(hit.start < one.end and one.start < hit.end for one in breaking):
            yield hit


def _line(
    sentence: Sentence, words: Wording, hits: tuple[Hit, ...], topics: Topics, dates: tuple[DateMention, ...]
) -> Line:
    found = words.words
    other = topics.names_other(found)
    first = next((at for at, word in enumerate(found) if other and topics.names_other((word,))), len(found))
    return Line(sentence, words, hits, dates, topics.names_meeting(found), other, first)


def _stops(stop: Hit, hit: Hit, words: Wording) -> bool:
    """Whether one phrase takes its meaning from another in the same sentence."""
    kinds = _STOPPED.get(stop.rule.kind, frozenset())
    if hit.rule.kind not in kinds or (stop.rule.near and not words.same_clause(stop.start, hit.start)):
        return False
    if hit.rule.kind in ("propose", "accept"):
        return hit.rule.strength < _ALONE or stop.rule.strength >= _ALONE
    return True


def _counts(hit: Hit, line: Line, *, around: tuple[Line, ...], elsewhere: bool) -> bool:
    """Whether a phrase speaks of a meeting: by itself, by its sentence, or by the sentences around it."""
    ends = hit.rule.kind in _ENDING
    alone = hit.rule.strength >= _ALONE
    if line.names_other and not line.names_meeting and (ends or hit.rule.strength < _GUESSED.get(hit.rule.kind, 0)):
        return False
    if alone:
        return True
    if ends and elsewhere and not (line.words.asks and line.dates):
        return False
    if hit.rule.kind in _ABSENT and line.is_of_another_thing(hit):
        return False
    if hit.rule.kind == "offer":
        return bool(line.dates) and not (line.is_hindered and not line.words.asks)
    if hit.rule.kind == "denied":
        return _is_denial(line, around)
    if hit.rule.strength < _HERE:
        return line.names_meeting
    if hit.rule.strength < _NEAR:
        return line.is_about_meeting
    return any(one.is_about_meeting or (one.answers and hit.rule.kind in _REFUSING) for one in around)


def _is_denial(line: Line, around: tuple[Line, ...]) -> bool:
    """Whether a "not" speaks of a meeting that something came between."""
    if line.is_about_meeting and any(one.is_hindered for one in around):
        return True
    return line.names_meeting and bool(line.dates) and any(one.has("regret") for one in around)


def _time_question(line: Line, book: Phrasebook, language: str) -> Iterator[Hit]:
    """A question that names an hour, or is little more than a date: "Vrijdag 8 uur bij jullie?"."""
    rule = book.rules.get(f"{language}.meeting.time-question")
    if rule is None or not line.words.asks or not line.dates:
        return
    date, text = line.dates[0], line.sentence.text
    at = date.offset - line.sentence.offset
    if _LIMIT.search(text[max(0, at - 24) : at]):
        return
    short = len(line.words.words) <= _SHORT_QUESTION and date.grain not in _VAGUE
    bare = short and len(_LETTERS.findall(text[:at])) <= _OPENING
    if bare or date.grain in _CLOCK:
        yield Hit(rule, 0, len(line.words.words))


@cache
def _topics(language: str) -> Topics:
    source = resources.files("crmlink.language") / language / "meetings.toml"
    if not source.is_file():
        return Topics(frozenset(), ("\n",), frozenset(), ("\n",))
    data = tomllib.loads(source.read_text(encoding="utf-8"))["topics"]
    return Topics(
        frozenset(data["meeting"].split()),
        tuple(data["meeting_endings"].split()),
        frozenset(data["other"].split()),
        tuple(data["other_endings"].split()),
    )
