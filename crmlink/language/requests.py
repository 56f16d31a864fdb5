"""Requests: what the writer asks, in which words, and whether it is asked of the owner.

A sentence asks when its strongest asking rule is stronger than the strongest rule that speaks against it; in a language
with weights, its words may overrule a close call. Polite closings, courtesy, slogans and practical directions are left
alone, and so is what the writer answers himself in the next sentence and what the same mail takes back.
In: the visible text of a mail, its language, who reads it, and the dates in it. Out: requests and near misses.
Never decides whether a request was answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmlink.language.addressing import Addressing, Reader, called, greeted
from crmlink.language.deadlines import deadline
from crmlink.language.phrases import Hit, Rule, phrasebook
from crmlink.language.sentences import Sentence
from crmlink.language.weighing import Weighing, weights
from crmlink.language.wording import Wording, worded
from crmlink.model.reading import DateMention, NearMiss, Request

__all__ = ["Addressing", "find_requests"]

_PITCH = 4
"""Strength of the signs of selling that together make a mail a cold sale."""
_SHORT_MAIL = 2
"""Sentences: in a mail this short to the owner a soft wish ("we should discuss this") is the point; elsewhere it is
talk."""
_FEW_WORDS = 7
"""Words: a sentence this short, "inmiddels gevonden, dank", speaks of what was asked just before."""
_LONG_TALK = 100
"""Words: in a mail this long to a circle the owner is not named in, a bare question belongs to the discussion."""
_ABSURD, _UNLIKELY, _LIKELY, _CERTAIN = 0.2, 0.25, 0.6, 0.75
"""In a short mail: below the first the words overrule a weak ask, below the second a soft one; above the third they
make up for a missing rule, above the fourth they overrule a weak stop."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """What all sentences of one mail share. `letter`: it is more than a lone sentence."""

    language: str
    addressing: Addressing
    dates: tuple[DateMention, ...]
    short: bool
    letter: bool
    long_talk: bool

    def rule(self, name: str) -> Rule:
        return phrasebook(self.language, "requests").rules[f"{self.language}.request.{name}"]


@dataclass(frozen=True, slots=True)
class _Read:
    """One sentence with its words, the rules it hit and whom it calls by name."""

    sentence: Sentence
    words: Wording
    hits: tuple[Hit, ...]
    reader: Reader | None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The rule that asks, the word its phrase begins with, the rule that stopped it, and the features that weighed."""

    ask: Rule | None = None
    start: int = 0
    stop: Rule | None = None
    because: tuple[str, ...] = ()


def find_requests(
    text: str, *, language: str, addressing: Addressing, dates: tuple[DateMention, ...]
) -> tuple[tuple[Request, ...], tuple[NearMiss, ...]]:
    """All requests in a text, in order, and what looked like one.

    `dates` are the mentions read in the same text, in order of offset. An unknown language finds nothing.
    """
    if not phrasebook(language, "requests").rules:
        return (), ()
    found = _read(text, language, addressing)
    count = sum(len(read.words.words) for read in found)
    talk = not addressing.to_owner and count >= _LONG_TALK
    mail = _Mail(language, addressing, dates, len(found) <= _SHORT_MAIL, len(found) > 1, talk)
    requests: list[Request] = []
    misses: list[NearMiss] = []
    for index, read in enumerate(found):
        void = _strongest([hit for hit in read.hits if hit.rule.kind == "void" and _takes_back(hit, read)])
        if void:
            misses.extend(_missed(request, void.name) for request in requests)
            requests.clear()
            continue
        request = _judge(read, found[index + 1] if index + 1 < len(found) else None, mail)
        if isinstance(request, NearMiss):
            misses.append(request)
        elif request:
            requests.append(request)
    return _without_pitch(requests, misses, found)


def _read(text: str, language: str, addressing: Addressing) -> list[_Read]:
    """Every sentence with its hits. A greeting holds for the whole mail, a call by name until the paragraph ends."""
    book = phrasebook(language, "requests")
    found: list[_Read] = []
    greeting = reader = None
    end = 0
    for sentence, words in worded(text):
        if text.count("\n", end, sentence.offset) > 1:
            reader = greeting
        end = sentence.offset + len(sentence.text)
        greeting = greeting or greeted(sentence.text, addressing)
        reader = called(sentence.text, addressing) or reader
        found.append(_Read(sentence, words, book.hits(words), reader))
    return found


def _takes_back(void: Hit, read: _Read) -> bool:
    """Whether a void is meant: a weak one ("solved") only in a few words, else it may be said of anything."""
    return void.rule.strength > 1 or len(read.words.words) <= _FEW_WORDS


def _judge(read: _Read, following: _Read | None, mail: _Mail) -> Request | NearMiss | None:
    """Whether one sentence asks something, looked like it, or neither."""
    verdict = _by_rules(read, mail)
    if following and not verdict.stop and verdict.ask == mail.rule("question"):
        verdict = replace(verdict, stop=_answered(read, following, mail))
    table = weights(mail.language) if mail.short else None
    if table:
        verdict = _by_words(verdict, table.weigh(read.words, read.hits), mail)
    if (
        verdict.ask
        and not verdict.stop
        and verdict.ask.kind in ("soft", "weighed")
        and mail.letter
        and _vows(read, mail)
    ):
        verdict = replace(verdict, stop=mail.rule("promised"))
    if verdict.stop:
        return NearMiss(read.sentence.text, "request", verdict.stop.name, read.sentence.offset)
    return _request(read, verdict, mail) if verdict.ask else None


def _by_rules(read: _Read, mail: _Mail) -> _Verdict:
    """The strongest rule that asks and is not stopped; else what stopped it."""
    kinds = ("ask", "soft") if mail.short and mail.addressing.to_owner else ("ask",)
    stops = [hit for hit in read.hits if hit.rule.kind == "stop"]
    asks = [hit for hit in read.hits if hit.rule.kind in kinds]
    free = [ask for ask in asks if not any(stop.stops(ask, read.words) for stop in stops)]
    question = mail.rule("question")
    if asks:
        best = max(free or asks, key=lambda hit: hit.rule.strength)
        verdict = _Verdict(best.rule, best.start, None if free else _strongest(stops))
    elif read.words.asks and len(read.words.words) > 1:
        verdict = _Verdict(question, 0, _strongest(stops))
    else:
        return _Verdict()
    if mail.long_talk and verdict.ask == question:
        return replace(verdict, stop=mail.rule("discussion"))
    return verdict


def _vows(read: _Read, mail: _Mail) -> bool:
    """Whether the writer says what he will do himself: in a letter a soft or weighed request is none then."""
    return any(hit.rule.kind == "vow" for hit in phrasebook(mail.language, "promises").hits(read.words))


def _answered(question: _Read, following: _Read, mail: _Mail) -> Rule | None:
    """The rule by which the writer goes on to answer his own bare question, or to sell with it.

    A question that speaks to the reader is his, whatever the writer thinks of it; a mere opinion after it makes it
    talk only before a circle.
    """
    to_reader = any(hit.rule.kind == "reader" for hit in question.hits)
    needed = 3 if to_reader else 2 if mail.addressing.to_owner else 1
    answers = [hit for hit in following.hits if hit.rule.kind == "answer" and hit.rule.strength >= needed]
    return _strongest(answers) if question.sentence.text.endswith("?") and not following.words.asks else None


def _by_words(verdict: _Verdict, weighing: Weighing, mail: _Mail) -> _Verdict:
    """The verdict after the words of the sentence were weighed."""
    weighed = mail.rule("weighed")
    if verdict.ask and not verdict.stop:
        least = _UNLIKELY if verdict.ask.kind == "soft" else _ABSURD
        return replace(verdict, stop=weighed) if verdict.ask.weighed and weighing.probability < least else verdict
    if weighing.probability <= (_CERTAIN if verdict.stop else _LIKELY) or (verdict.stop and not verdict.stop.weighed):
        return verdict
    return _Verdict(weighed, because=weighing.reasons)


def _request(read: _Read, verdict: _Verdict, mail: _Mail) -> Request:
    assert verdict.ask
    who = mail.addressing
    to_me = not who.from_owner and read.reader is not Reader.OTHER and (who.to_owner or read.reader is Reader.OWNER)
    due = deadline(read.sentence, read.words.offset(verdict.start), mail.dates)
    because = tuple(feature.partition(":")[2] for feature in verdict.because)
    return Request(read.sentence.text, verdict.ask.name, to_me, read.sentence.offset, due, because)


def _without_pitch(
    requests: list[Request], misses: list[NearMiss], found: list[_Read]
) -> tuple[tuple[Request, ...], tuple[NearMiss, ...]]:
    """Nothing is asked of the owner in a cold sale: what a stranger asks there is a near miss as well."""
    signs = {read.words.words[hit.start]: hit.rule for read in found for hit in read.hits if hit.rule.kind == "pitch"}
    if sum(rule.strength for rule in signs.values()) < _PITCH:
        return tuple(requests), tuple(misses)
    name = next(iter(signs.values())).name
    missed = (_missed(request, name) for request in requests if request.to_me)
    return tuple(replace(request, to_me=False) for request in requests), (*misses, *missed)


def _strongest(hits: list[Hit]) -> Rule | None:
    return max((hit.rule for hit in hits), key=lambda rule: rule.strength, default=None)


def _missed(request: Request, stopped_by: str) -> NearMiss:
    return NearMiss(request.quote, "request", stopped_by, request.offset)
