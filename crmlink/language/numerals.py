"""Numbers in words, per language, built from its few roots: cardinals to 59 and ordinals to 31.

In: the `numerals` table of a language's date data. Out: word (lower case) to number. Knows no grammar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LAST_ORDINAL = 31


def cardinals(table: Mapping[str, Any]) -> dict[str, int]:
    """Number words of `ones` (0 to 19), `tens` (20 to 50) and what `joined` makes of both."""
    ones: list[str] = table["ones"].split()
    tens: list[str] = table["tens"].split()
    words = {word: number for number, word in enumerate(ones)}
    for ten, word in enumerate(tens, start=2):
        words[word] = ten * 10
        for number in range(1, 10):
            for pattern in table["joined"]:
                words[_smooth(pattern.format(one=_root(table, ones[number]), ten=word))] = ten * 10 + number
    words.update(table.get("also", {}))
    return words


def ordinals(table: Mapping[str, Any]) -> dict[str, int]:
    """Ordinal words: the given `ordinals` (1 to 19) and cardinals with `ordinal_ending`, in all `inflections`."""
    return {word + ending: number for word, number in _stems(table) for ending in table["inflections"]}


def _stems(table: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    first: list[str] = table["ordinals"].split()
    yield from ((word, number) for number, word in enumerate(first, start=1))
    for word, number in cardinals(table).items():
        if len(first) < number <= _LAST_ORDINAL:
            yield from ((stem, number) for stem in _ordinal(table, word, number))


def _ordinal(table: Mapping[str, Any], word: str, number: int) -> Iterator[str]:
    if ending := table.get("ordinal_ending"):
        yield word + ending
        return
    ten, unit = divmod(number, 10)
    tens: list[str] = table["tens"].split()
    if unit == 0:
        yield tens[ten - 2].removesuffix("y") + "ieth"
    else:
        yield from (f"{tens[ten - 2]}{gap}{table['ordinals'].split()[unit - 1]}" for gap in ("-", " "))


def _root(table: Mapping[str, Any], word: str) -> str:
    return str(table.get("roots", {}).get(word, word))


def _smooth(word: str) -> str:
    return word.replace("eeen", "eeën").replace("ieen", "ieën")
