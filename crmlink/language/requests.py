"""Requests: what the writer asks, in which words, and whether it is asked of the owner.

A sentence asks when its strongest asking rule is stronger than the strongest rule that speaks against it. Polite
closings, courtesy, slogans and practical directions are left alone, and so is what the same mail takes back.
In: the visible text of a mail, its language, who reads it, and the dates in it. Out: requests and near misses.
Never decides whether a request was answered.
"""

from __future__ import annotations

from dataclasses import replace

from crmlink.language.addressing import Addressing, Reader, called
from crmlink.language.deadlines import deadline
from crmlink.language.phrases import Hit, phrasebook
from crmlink.language.sentences import Sentence, sentences
from crmlink.language.wording import Wording, wording
from crmlink.model.reading import DateMention, NearMiss, Request

_QUESTION_WORDS = 1
_PITCHES = 2
_SHORT_TEXT = 4
"""Sentences: in a mail this short a soft wish ("we should discuss this") is the point; in a longer one it is talk."""

__all__ = ["Addressing", "find_requests"]


def find_requests(
    text: str, *, language: str, addressing: Addressing, dates: tuple[DateMention, ...]
) -> tuple[tuple[Request, ...], tuple[NearMiss, ...]]:
    """All requests in a text, in order, and what looked like one.

    `dates` are the mentions read in the same text, in order of offset. An unknown language finds nothing.
    """
    book = phrasebook(language, "requests")
    requests: list[Request] = []
    misses: list[NearMiss] = []
    pitches: set[str] = set()
    reader: Reader | None = None
    previous_end = 0
    found = sentences(text)
    kinds = ("ask", "soft") if len(found) <= _SHORT_TEXT else ("ask",)
    for sentence in found:
        if "\n\n" in text[previous_end : sentence.offset].replace("\r", ""):
            reader = None
        previous_end = sentence.offset + len(sentence.text)
        reader = called(sentence.text, addressing) or reader
        words = wording(sentence.text)
        hits = book.hits(words)
        pitches.update(words.text[words.starts[hit.start] :] for hit in hits if hit.rule.kind == "pitch")
        void = _strongest(hits, "void")
        if void:
            misses.extend(_missed(request, void.rule.name) for request in requests)
            requests.clear()
            continue
        _judge(sentence, words, hits, requests, misses, (language, addressing, reader, dates, kinds))
    if len(pitches) >= _PITCHES:
        misses.extend(_missed(request, f"{language}.request.pitch") for request in requests)
        requests = [replace(request, to_me=False) for request in requests]
    return tuple(requests), tuple(misses)


def _judge(
    sentence: Sentence,
    words: Wording,
    hits: tuple[Hit, ...],
    requests: list[Request],
    misses: list[NearMiss],
    context: tuple[str, Addressing, Reader | None, tuple[DateMention, ...], tuple[str, ...]],
) -> None:
    """Put one sentence under the requests or the near misses, or leave it."""
    language, addressing, reader, dates, kinds = context
    ask, stop = _strongest(hits, *kinds), _strongest(hits, "stop")
    strength = ask.rule.strength if ask else 1 if words.asks and len(words.words) > _QUESTION_WORDS else 0
    if not strength:
        return
    rule = ask.rule.name if ask else f"{language}.request.question"
    if stop and stop.rule.strength >= strength:
        misses.append(NearMiss(sentence.text, "request", stop.rule.name, sentence.offset))
        return
    place = words.offsets[ask.start] if ask else 0
    to_me = not addressing.from_owner and reader is not Reader.OTHER and (addressing.to_owner or reader is Reader.OWNER)
    requests.append(Request(sentence.text, rule, to_me, sentence.offset, deadline(sentence, place, dates)))


def _strongest(hits: tuple[Hit, ...], *kinds: str) -> Hit | None:
    return max((hit for hit in hits if hit.rule.kind in kinds), key=lambda hit: hit.rule.strength, default=None)


def _missed(request: Request, stopped_by: str) -> NearMiss:
    return NearMiss(request.quote, "request", stopped_by, request.offset)
