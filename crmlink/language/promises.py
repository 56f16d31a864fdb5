"""Promises: what the writer says he or his side will do, in which words, and by when.

A sentence promises when its strongest promising rule is stronger than the strongest rule that speaks against it.
Wishes, hedges, conditions on the reader, the past and other people's acts are left alone.
In: the visible text of a mail, its language and the dates in it. Out: promises and near misses.
Never decides whether a promise was kept.
"""

from __future__ import annotations

from dataclasses import replace

from crmlink.language.deadlines import afterthought, deadline
from crmlink.language.phrases import Hit, phrasebook
from crmlink.language.sentences import Sentence
from crmlink.language.wording import Wording, worded
from crmlink.model.reading import DateMention, NearMiss, Promise


def find_promises(
    text: str, *, language: str, dates: tuple[DateMention, ...]
) -> tuple[tuple[Promise, ...], tuple[NearMiss, ...]]:
    """All promises in a text, in order, and what looked like one.

    A sentence with two promises for two days gives two. `dates` are the mentions of the same text, in order of offset.
    """
    book = phrasebook(language, "promises")
    promises: list[Promise] = []
    misses: list[NearMiss] = []
    read = worded(text)
    for index, (sentence, words) in enumerate(read):
        hits = book.hits(words)
        vows = [hit for hit in hits if hit.rule.kind == "vow"]
        if words.asks or not vows:
            continue
        stops = [hit for hit in hits if hit.rule.kind == "stop"]
        free = [vow for vow in vows if not any(stop.stops(vow, words) for stop in stops)]
        if free:
            more = [hit for hit in hits if hit.rule.kind == "more"]
            found = _promises(sentence, words, [*free, *more], dates)
            promises.extend(_with_afterthought(found, read[index + 1 : index + 2], dates))
        else:
            stop = max(stops, key=lambda hit: hit.rule.strength)
            misses.append(NearMiss(sentence.text, "promise", stop.rule.name, sentence.offset))
    return tuple(promises), tuple(misses)


def _promises(sentence: Sentence, words: Wording, vows: list[Hit], dates: tuple[DateMention, ...]) -> list[Promise]:
    """One promise for each day that is named with a vow; a vow without a day adds nothing to one with a day."""
    found: dict[object, Promise] = {}
    for hit in vows:
        due = deadline(sentence, words.offset(hit.start), dates)
        found.setdefault(due, Promise(sentence.text, hit.rule.name, sentence.offset, due))
    if len(found) > 1:
        found.pop(None, None)
    return list(found.values())


def _with_afterthought(
    promises: list[Promise], following: tuple[tuple[Sentence, Wording], ...], dates: tuple[DateMention, ...]
) -> list[Promise]:
    """A promise without a day takes the day of a next sentence that says little else ("Friday at the latest.")."""
    if not following or any(promise.due for promise in promises):
        return promises
    due = afterthought(following[0][0], dates)
    return [replace(promise, due=due) for promise in promises]
