"""Requests: what the writer asks, in which words, and whether it is asked of the owner.

A sentence asks when its strongest asking rule is stronger than the strongest rule that speaks against it; in a language
with weights, its words may overrule a close call. Polite closings, courtesy, slogans and practical directions are left
alone, and so is what the same mail takes back.
In: the visible text of a mail, its language, who reads it, and the dates in it. Out: requests and near misses.
Never decides whether a request was answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmlink.language.addressing import Addressing, Reader, called
from crmlink.language.deadlines import deadline
from crmlink.language.phrases import Hit, Rule, phrasebook
from crmlink.language.sentences import Sentence
from crmlink.language.weighing import weights
from crmlink.language.wording import Wording, worded
from crmlink.model.reading import DateMention, NearMiss, Request

__all__ = ["Addressing", "find_requests"]

_PITCH = 4
"""Strength of the signs of selling that together make a mail a cold sale."""
_SHORT_MAIL = 2
"""Sentences: in a mail this short a soft wish ("we should discuss this") is the point; in a longer one it is talk."""
_LONG_TALK = 100
"""Words: in a mail this long to a circle the owner is not named in, a bare question belongs to the discussion."""
_UNLIKELY, _LIKELY, _CERTAIN = 0.2, 0.65, 0.8
"""In a short mail: below the first the words overrule a weak rule, above the second they make up for a missing
one, above the third they overrule what speaks against it."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """What all sentences of one mail share."""

    language: str
    addressing: Addressing
    dates: tuple[DateMention, ...]
    short: bool
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
    mail = _Mail(language, addressing, dates, len(found) <= _SHORT_MAIL, talk)
    requests: list[Request] = []
    misses: list[NearMiss] = []
    for read in found:
        void = _strongest([hit for hit in read.hits if hit.rule.kind == "void"])
        if void:
            misses.extend(_missed(request, void.rule.name) for request in requests)
            requests.clear()
            continue
        request = _judge(read, mail)
        if isinstance(request, NearMiss):
            misses.append(request)
        elif request:
            requests.append(request)
    return _without_pitch(requests, misses, found)


def _read(text: str, language: str, addressing: Addressing) -> list[_Read]:
    """Every sentence with its hits. Who is called by name stays called until the paragraph ends."""
    book = phrasebook(language, "requests")
    found: list[_Read] = []
    reader: Reader | None = None
    end = 0
    for sentence, words in worded(text):
        if text.count("\n", end, sentence.offset) > 1:
            reader = None
        end = sentence.offset + len(sentence.text)
        reader = called(sentence.text, addressing) or reader
        found.append(_Read(sentence, words, book.hits(words), reader))
    return found


def _judge(read: _Read, mail: _Mail) -> Request | NearMiss | None:
    """Whether one sentence asks something, looked like it, or neither."""
    kinds = ("ask", "soft") if mail.short else ("ask",)
    stops = [hit for hit in read.hits if hit.rule.kind == "stop"]
    asks = [hit for hit in read.hits if hit.rule.kind in kinds]
    free = [ask for ask in asks if not any(stop.stops(ask, read.words) for stop in stops)]
    ask = _strongest(free or asks)
    rule = ask.rule if ask else mail.rule("question") if read.words.asks and len(read.words.words) > 1 else None
    if rule and mail.long_talk and rule.name.endswith(".question"):
        return NearMiss(read.sentence.text, "request", mail.rule("discussion").name, read.sentence.offset)
    stop = None if free else _strongest(stops)
    stopped = rule and stop and (asks or stop.rule.strength >= rule.strength)
    table = weights(mail.language) if mail.short else None
    if table:
        probability = table.weigh(read.words, read.hits).probability
        if rule and rule.weighed and not stopped and probability < _UNLIKELY:
            return NearMiss(read.sentence.text, "request", mail.rule("weighed").name, read.sentence.offset)
        if probability > _CERTAIN if stopped else not rule and probability > _LIKELY:
            return _request(read, mail.rule("weighed"), 0, mail)
    if rule and stop and stopped:
        return NearMiss(read.sentence.text, "request", stop.rule.name, read.sentence.offset)
    return _request(read, rule, ask.start if ask else 0, mail) if rule else None


def _request(read: _Read, rule: Rule, start: int, mail: _Mail) -> Request:
    who = mail.addressing
    to_me = not who.from_owner and read.reader is not Reader.OTHER and (who.to_owner or read.reader is Reader.OWNER)
    place = read.words.offset(start)
    return Request(
        read.sentence.text, rule.name, to_me, read.sentence.offset, deadline(read.sentence, place, mail.dates)
    )


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


def _strongest(hits: list[Hit]) -> Hit | None:
    return max(hits, key=lambda hit: hit.rule.strength, default=None)


def _missed(request: Request, stopped_by: str) -> NearMiss:
    return NearMiss(request.quote, "request", stopped_by, request.offset)
