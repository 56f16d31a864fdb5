"""Cuts the words of a mail down to what a letter may quote: one short sentence, one line, nothing active.

A quote stays literal, but for its first capital and its end mark, or is left out; it is never rephrased. In: the exact
words of a finding. Out: one sentence, or an empty text when nothing short enough is left.
"""

from __future__ import annotations

import re
import unicodedata

_MOST_WORDS = 24
_MOST_CHARACTERS = 160
_SENTENCE = re.compile(r"[^.!?;]+(?:[.](?=\w|\s+\d)[^.!?;]*)*[?!.;]*")
_GREETING = re.compile(
    r"(?i)^(hoi|hallo|hi|hey|ha|dag|beste|geachte|dear|hello|lieber?|sehr geehrter?|guten tag)\b[^,]{0,40},\s*"
)
_LINK = re.compile(r"(?i)https?:|www\.|\S+@\S+")


def short_quote(words: str) -> str:
    """The question (else the first sentence) in these words, on one line; empty when it is too long or holds a link."""
    line = _GREETING.sub("", one_line(words))
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(line) if sentence.strip()]
    chosen = next((sentence for sentence in sentences if sentence.endswith("?")), sentences[0] if sentences else "")
    chosen = re.sub(r"[!.;\s]+$", "", re.sub(r"!*\?[?!]*$", "?", chosen)).replace('"', "'").strip(" ,;:-")
    chosen = chosen[:1].upper() + chosen[1:]
    fits = len(chosen.split()) <= _MOST_WORDS and len(chosen) <= _MOST_CHARACTERS
    return chosen if fits and not _LINK.search(chosen) and re.search(r"\w", chosen) else ""


def one_line(text: str, most: int = 2000) -> str:
    """Text without control, invisible and direction characters, its white space single."""
    shown = (
        " " if char.isspace() else char
        for char in text[: most * 2]
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return re.sub(r" +", " ", "".join(shown)).strip()[:most]
