"""Reads which of the offered moments an answer takes: "de tweede graag", "Thursday works", "dinsdag past".

One moment or none: two that both suit, a doubt, a condition, another time asked for besides, all mean that nothing was
decided. A wrong meeting in somebody's mind is worse than a question. In: the newly written text, its language, the dates
read in it and what was offered, in the order of the letter. Out: a `Choice` with the sentence that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from crmlink.language.body import find_body
from crmlink.language.choice_words import ChoiceWords, choice_words
from crmlink.language.closing import is_assent
from crmlink.language.pointing import Pointer, pointers
from crmlink.language.sentences import Sentence, sentences
from crmlink.model.draft import Option
from crmlink.model.reading import DateMention

LONGEST = 4000
"""Characters; who writes more than this does more than choose."""

OFFERED, OTHER = "§", "¤"
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "\u00a0": " ", "\n": " "})


class Chosen(StrEnum):
    """What an answer does with the moments that were offered."""

    ONE = "one"
    SEVERAL = "several"
    ANOTHER = "another"
    NONE = "none"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Choice:
    """`number` is the index of the chosen moment, `quote` the sentence that shows it, exactly as written.

    `refused` are the moments that do not suit, whatever was chosen.
    """

    chosen: Chosen
    number: int | None = None
    quote: str = ""
    refused: frozenset[int] = frozenset()


class _Tone(StrEnum):
    NO = "no"
    MAYBE = "maybe"
    PREFER = "prefer"
    YES = "yes"
    BARE = "bare"
    ASKS = "asks"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of a sentence with the pointers in it. `before` and `after` are the words that cut it off there."""

    text: str
    points: tuple[Pointer, ...]
    before: str
    after: str


@dataclass(slots=True)
class _Tally:
    """What the clauses of a mail come to, by index of the offered moment."""

    wanted: dict[int, str] = field(default_factory=dict)
    preferred: dict[int, str] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    another: str = ""
    unsure: bool = False


def read_choice(
    text: str,
    *,
    language: str,
    dates: Sequence[DateMention],
    offered: Sequence[Option],
    yes_is_enough: bool,
) -> Choice:
    """Which of `offered` this text takes.

    `yes_is_enough`: the letter asked for nothing else, so a bare "fine!" to a single offer takes it.
    """
    body = text[: min(find_body(text[:LONGEST]).end, LONGEST)]
    words = choice_words(language)
    flat = body.translate(_STRAIGHT).lower()
    points = pointers(body, language=language, dates=[one for one in dates if one.offset < len(body)], offered=offered)
    tally = _Tally()
    for sentence in sentences(body):
        _read_sentence(sentence, points, words, tally)
    spared = words.unless.sub(" ", flat)
    if words.pending.search(spared):
        return Choice(Chosen.SEVERAL)
    refusal = words.none.search(spared)
    if refusal:
        everything = frozenset(range(len(offered)))
        return Choice(Chosen.NONE, quote=_sentence_at(body, refusal.start()), refused=everything)
    choice = replace(_sum(tally, several=words.both.search(flat) is not None), refused=frozenset(tally.rejected))
    if choice.chosen is Chosen.NOTHING and len(offered) == 1 and yes_is_enough and not tally.unsure:
        return _plain_yes(body, language, words)
    return choice


def _sum(tally: _Tally, *, several: bool) -> Choice:
    wanted = {number: words for number, words in tally.wanted.items() if number not in tally.rejected}
    first = {number: words for number, words in tally.preferred.items() if number not in tally.rejected}
    best = first or wanted
    if tally.another or tally.asked - best.keys():
        return Choice(Chosen.ANOTHER, quote=tally.another)
    if len(best) > 1 or (several and not first):
        return Choice(Chosen.SEVERAL)
    if best:
        ((number, words),) = best.items()
        return Choice(Chosen.ONE, number, words)
    if tally.unsure:
        return Choice(Chosen.SEVERAL)
    if tally.rejected:
        return Choice(Chosen.NONE, quote=next(iter(tally.rejected.values())))
    return Choice(Chosen.NOTHING)


def _read_sentence(sentence: Sentence, points: Sequence[Pointer], words: ChoiceWords, tally: _Tally) -> None:
    end = sentence.offset + len(sentence.text)
    here = [one for one in points if sentence.offset <= one.start < end]
    if not here:
        return
    clauses = list(_clauses(sentence, here, words))
    asked = sentence.text.rstrip(" )\"'").endswith("?") and not words.suggests.search(sentence.text.lower())
    tones = _tones(clauses, words, asked=asked)
    for clause, tone in zip(clauses, tones, strict=True):
        _count(clause, tone, sentence.text, tally)


def _count(clause: _Clause, tone: _Tone, quote: str, tally: _Tally) -> None:
    for point in clause.points:
        if not point.options:
            # another day in passing ("I am back on Friday") asks for nothing; another time of day always matters
            matters = point.timed or tone is not _Tone.OTHER
            if tone is not _Tone.NO and matters and not (point.wide and tone is not _Tone.PREFER):
                tally.another = quote
            continue
        match tone:
            case _Tone.NO:
                tally.rejected |= dict.fromkeys(point.options, quote)
            case _Tone.PREFER:
                tally.preferred |= dict.fromkeys(point.options, quote)
            case _Tone.YES | _Tone.BARE:
                tally.wanted |= dict.fromkeys(point.options, quote)
            case _Tone.ASKS:
                tally.asked |= point.options
            case _Tone.MAYBE:
                tally.unsure = True
            case _Tone.OTHER:
                pass


def _clauses(sentence: Sentence, points: Sequence[Pointer], words: ChoiceWords) -> Iterator[_Clause]:
    """The sentence cut at its marks and conjunctions, never inside a pointer; pointers as one sign each."""
    flat = sentence.text.translate(_STRAIGHT).lower()
    places = [(one.start - sentence.offset, one.end - sentence.offset, one) for one in points]
    begin, before = 0, ""
    cuts = [
        match
        for match in words.cut.finditer(flat)
        if not any(start < match.end() and match.start() < end for start, end, _ in places)
    ]
    for place, end, cut in [
        *((one.start(), one.end(), one[0].strip(" ,;:!?()")) for one in cuts),
        (len(flat), len(flat), ""),
    ]:
        inside = [one for one in places if begin <= one[0] < place]
        yield _Clause(_signed(flat, begin, place, inside), tuple(one for _, _, one in inside), before, cut)
        begin, before = end, cut or ","


def _signed(flat: str, begin: int, end: int, inside: list[tuple[int, int, Pointer]]) -> str:
    parts, at = [], begin
    for start, stop, point in inside:
        parts += [flat[at:start], OFFERED if point.options else OTHER]
        at = stop
    return re.sub(r"[^\w§¤'. -]|\s+", " ", "".join([*parts, flat[at:end]])).strip(" .-")


def _tones(clauses: list[_Clause], words: ChoiceWords, *, asked: bool) -> list[_Tone]:
    """The tone of each clause. A mere list takes the tone of what it leads to ("Tuesday and Friday do not suit")."""
    tones = [
        _tone(clause, words, asked=asked and _may_ask(clause, words, last=clause is clauses[-1])) for clause in clauses
    ]
    mere = [tone is _Tone.BARE for tone in tones]
    for number in range(len(clauses) - 2, -1, -1):
        here, following = clauses[number], clauses[number + 1]
        listed = here.after in words.joins or (not here.after and mere[number + 1] and following.after in words.joins)
        if mere[number] and listed and here.points and following.points:
            tones[number] = tones[number + 1]
    for number in range(1, len(clauses)):
        if tones[number] is _Tone.BARE and clauses[number].before in words.joins and clauses[number - 1].points:
            tones[number] = tones[number - 1]
    if any(tone is _Tone.MAYBE and not clause.points for clause, tone in zip(clauses, tones, strict=True)):
        tones = [_Tone.MAYBE if tone in (_Tone.BARE, _Tone.YES) else tone for tone in tones]
    refused = _Tone.NO in tones
    return [
        _Tone.OTHER if tone is _Tone.BARE and refused and not _stands_out(clause, words) else tone
        for clause, tone in zip(clauses, tones, strict=True)
    ]


def _stands_out(clause: _Clause, words: ChoiceWords) -> bool:
    """Whether a mere pointer beside a refusal is what is wanted: "not Tuesday but Friday", "Friday, because Tuesday ..."."""
    contrast = clause.before not in {"", ",", *words.joins, *words.causes}
    return contrast or clause.after in words.causes or " dan" in f" {clause.text}"


def _may_ask(clause: _Clause, words: ChoiceWords, *, last: bool) -> bool:
    return last or clause.text.split(" ", 1)[0] in words.asks


def _tone(clause: _Clause, words: ChoiceWords, *, asked: bool) -> _Tone:
    text = words.unless.sub(" ", clause.text)
    if words.no.search(text):
        return _Tone.NO
    if asked:
        return _Tone.ASKS
    for pattern, tone in ((words.maybe, _Tone.MAYBE), (words.prefer, _Tone.PREFER), (words.yes, _Tone.YES)):
        if pattern.search(text):
            return tone
    rest = [
        word for word in text.replace(OFFERED, " ").replace(OTHER, " ").split() if word.strip(".'") not in words.fillers
    ]
    return _Tone.OTHER if rest else _Tone.BARE


def _plain_yes(body: str, language: str, words: ChoiceWords) -> Choice:
    """A yes without pointing, to the only moment there was."""
    flat = words.unless.sub(" ", body.translate(_STRAIGHT).lower())
    if words.no.search(flat) or words.maybe.search(flat) or words.prefer.search(flat):
        return Choice(Chosen.NOTHING)
    for sentence in sentences(body):
        plain = sentence.text.translate(_STRAIGHT).lower().strip(" .!,")
        if plain and not plain.endswith("?") and words.assent.search(plain):
            return Choice(Chosen.ONE, 0, sentence.text)
    if is_assent(body, language=language):
        return Choice(Chosen.ONE, 0, body.strip()[:200])
    return Choice(Chosen.NOTHING)


def _sentence_at(body: str, place: int) -> str:
    return next((one.text for one in sentences(body) if one.offset <= place < one.offset + len(one.text)), "")
