"""The words of one sentence in a plain form that phrases are matched against.

Lower case, straight quotes, one space between words, punctuation as words of their own, contractions whole
("do n't" and "don’t" both read "don't"). Decides nothing. In: a sentence; out: its words with their places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from crmlink.language.wordlists import word_list

MOST_WORDS = 160
"""A longer sentence is read up to here, and its last mark is kept."""

_FAR = 4
"""Words: a mark later than this no longer ends a call by name."""

_TOKEN = re.compile(
    r"https?://\S{1,500}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|\d+(?:[.,:]\d+)+|'?[^\W_]+(?:[-'./&][^\W_]+){0,8}|[?!,;:()@/–—-]"
)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\u00ad": None})
_TAILS = frozenset(("n't", "'ll", "'m", "'re", "'ve", "'d", "'s"))
_BREAKS = frozenset(("?", "!", ",", ";", ":", "(", ")", "-", "–", "—"))


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is " w1 w2 … " with a space at both ends; `starts` the place of each word in it, `offsets` in the sentence.

    `clauses` holds the indexes of words that begin a clause: the first word, and words after punctuation or a conjunction.
    `openings` holds those that begin the sentence: the first word, and what follows small openers or a called name.
    """

    words: tuple[str, ...]
    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    clauses: frozenset[int]
    openings: frozenset[int]
    asks: bool

    def index_at(self, place: int) -> int:
        """Index of the word at a place in `text`."""
        return bisect_right(self.starts, place) - 1


def wording(sentence: str) -> Wording:
    """Read the words of one sentence."""
    words: list[str] = []
    offsets: list[int] = []
    plain = sentence.translate(_STRAIGHT) if not sentence.isascii() else sentence.replace("`", "'")
    for match in _TOKEN.finditer(plain):
        word = match.group().lower()
        if word in _TAILS and words:
            words[-1] += word
            continue
        if len(words) == MOST_WORDS:
            break
        words.append(word)
        offsets.append(match.start())
    return _place(words, offsets, asks=_asks(plain))


def _asks(sentence: str) -> bool:
    return "?" in sentence[-8:]


def _place(words: list[str], offsets: list[int], *, asks: bool) -> Wording:
    starts: list[int] = []
    clauses: list[int] = []
    place = 1
    opens = True
    joins = word_list("joins")
    for index, word in enumerate(words):
        starts.append(place)
        place += len(word) + 1
        if opens:
            clauses.append(index)
        opens = word in _BREAKS or word in joins
    return Wording(
        tuple(words), f" {' '.join(words)} ", tuple(starts), tuple(offsets), frozenset(clauses), _openings(words), asks
    )


def _openings(words: list[str]) -> frozenset[int]:
    """Where the sentence proper may begin: at once, after openers ("so", "also,"), after a name and a comma or dash."""
    found = {0}
    joins = word_list("joins")
    for index, word in enumerate(words[:_FAR]):
        if word in _BREAKS or (word in joins and index in found):
            found.add(index + 1)
    return frozenset(found)
