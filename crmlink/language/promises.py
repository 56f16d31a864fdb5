"""Promises: what the writer says he or his side will do, in which words, and by when.

A sentence promises when its strongest promising rule is stronger than the strongest rule that speaks against it.
Wishes, hedges, conditions on the reader, the past and other people's acts are left alone.
In: the visible text of a mail, its language and the dates in it. Out: promises and near misses.
Never decides whether a promise was kept.
"""

from __future__ import annotations

from crmlink.language.deadlines import deadline
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
    for sentence, words in worded(text):
        hits = book.hits(words)
        vows = [hit for hit in hits if hit.rule.kind == "vow"]
        if words.asks or not vows:
            continue
        stops = [hit for hit in hits if hit.rule.kind == "stop"]
        free = [vow for vow in vows if not any(stop.stops(vow, words) for stop in stops)]
        if free:
            promises.extend(_promises(sentence, words, free, dates))
        else:
            stop = max(stops, key=lambda hit: hit.rule.strength)
            misses.append(NearMiss(sentence.text, "promise", stop.rule.name, sentence.offset))
    return tuple(promises), tuple(misses)


def _promises(sentence: Sentence, words: Wording, vows: list[Hit], dates: tuple[DateMention, ...]) -> list[Promise]:
    """One promise for each day that is named with a vow."""
    found: dict[object, Promise] = {}
    for hit in vows:
        due = deadline(sentence, words.offset(hit.start), dates)
        found.setdefault(due, Promise(sentence.text, hit.rule.name, sentence.offset, due))
    return list(found.values())
