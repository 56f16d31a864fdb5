"""The words of one sentence in a plain form that phrases are matched against.

Lower case, straight quotes, one space between words, punctuation as words of their own, contractions whole
("do n't" and "don’t" both read "don't"). Decides nothing. In: a sentence or a text; out: words with their places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice

from crmlink.language.sentences import Sentence, sentences
from crmlink.language.wordlists import word_list

MOST_WORDS = 160
"""A longer sentence is read up to here, and its last mark is kept."""

_FAR = 4
"""Words: a mark later than this no longer ends a call by name."""

_TOKEN = re.compile(
    r"https?://\S{1,500}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|\d+(?:[.,:]\d+)+|'?[^\W_]+(?:[-'./&][^\W_]+){0,8}|[?!,;:()@/–—-]"
)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\u00ad": "-"})
_TAILS = frozenset(("n't", "'ll", "'m", "'re", "'ve", "'d", "'s"))
_BREAKS = frozenset(("?", "!", ",", ";", ":", "(", ")", "-", "–", "—"))
_PARTS = _BREAKS | {"and", "but", "en", "maar", "und", "aber", "dus", "so", "dan"}


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is " w1 w2 … " with a space at both ends, `starts` the place of each word in it.

    `plain` is the sentence the words were taken from, as long as the original; `asks`: it ends in a question mark.
    """

    words: tuple[str, ...]
    text: str
    starts: tuple[int, ...]
    plain: str
    asks: bool

    def index_at(self, place: int) -> int:
        """Index of the word at a place in `text`."""
        return bisect_right(self.starts, place) - 1

    def offset(self, index: int) -> int:
        """Where the word with this index begins in the sentence."""
        matches = (match for match in _TOKEN.finditer(self.plain) if match.group().lower() not in _TAILS)
        found = next(islice(matches, index, None), None)
        return found.start() if found else 0

    def begins_clause(self, index: int) -> bool:
        """Whether a clause begins with this word: the first, or after punctuation or a conjunction."""
        return not index or self.words[index - 1] in _BREAKS or self.words[index - 1] in word_list("joins")

    def same_clause(self, one: int, two: int) -> bool:
        """Whether no punctuation and no "and" or "but" stands between two words."""
        first, last = sorted((one, two))
        return _PARTS.isdisjoint(self.words[first:last])

    def begins_sentence(self, index: int) -> bool:
        """Whether only openers ("so", "also") or a called name with its comma or dash stand before this word."""
        if not index:
            return True
        before = self.words[:index]
        return index <= _FAR and (before[-1] in _BREAKS or word_list("joins").issuperset(before))


def wording(sentence: str) -> Wording:
    """Read the words of one sentence."""
    plain = sentence.replace("`", "'") if sentence.isascii() else sentence.translate(_STRAIGHT)
    words = _TOKEN.findall(plain.lower())[: MOST_WORDS * 2]
    if "'" in plain:
        words = _whole(words)
    words = words[:MOST_WORDS]
    starts = tuple(accumulate((len(word) + 1 for word in words), initial=1))[:-1]
    return Wording(tuple(words), f" {' '.join(words)} ", starts, plain, "?" in plain[-8:])


@lru_cache(maxsize=2)
def worded(text: str) -> tuple[tuple[Sentence, Wording], ...]:
    """All sentences of a text with their words; kept for the next reader of the same text."""
    return tuple((sentence, wording(sentence.text)) for sentence in sentences(text))


def _whole(words: list[str]) -> list[str]:
    """Contractions that were written apart put together again."""
    whole: list[str] = []
    for word in words:
        if word in _TAILS and whole:
            whole[-1] += word
        else:
            whole.append(word)
    return whole
