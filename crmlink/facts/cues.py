"""Reads the word lists that the facts are recognised by. The lists are data files beside this module.

In: the name of a list. Out: its words, read once. Nothing else is read from disk in this stage.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_SPACE = re.compile(r" (\?)?")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!])|\{[^}]*\}|.", re.DOTALL)


@cache
def _table(file: str) -> dict[str, Any]:
    return tomllib.loads((files("crmlink.facts") / "data" / f"{file}.toml").read_text("utf-8"))


@cache
def words(file: str, name: str) -> frozenset[str]:
    """A list of plain words in lower case."""
    return frozenset(str(word) for word in _table(file)[name])


@cache
def pattern(file: str, name: str, template: str = "{}") -> re.Pattern[str]:
    """A list of regular expressions as one; `template` says where in a text it must stand ("^(?:{})$")."""
    return re.compile(_alternatives(file, name, template), re.IGNORECASE | re.MULTILINE)


@cache
def cues(file: str, name: str) -> Cues:
    """A list of regular expressions to look for in whole texts in lower case."""
    items = (_spaced(str(item)) for item in _table(file)[name])
    return Cues(tuple((anchor(item), re.compile(item, re.MULTILINE)) for item in items))


@dataclass(frozen=True, slots=True)
class Cues:
    """Expressions, each with a word that any match must hold: where the word is not in the text, nothing is tried."""

    items: tuple[tuple[str, re.Pattern[str]], ...]

    def first(self, text: str) -> str:
        """What the first expression of the list that matches has found, or an empty string."""
        for word, expression in self.items:
            if word in text and (match := expression.search(text)):
                return match.group()
        return ""

    def all(self, text: str) -> list[str]:
        """Everything found, in order of place; of matches that overlap only the first and longest counts."""
        spans = sorted(
            (match.start(), -match.end())
            for word, expression in self.items
            if word in text
            for match in expression.finditer(text)
        )
        found, end = [], 0
        for start, stop in spans:
            if start >= end and -stop > start:
                found.append(text[start:-stop])
                end = -stop
        return found


def anchor(expression: str) -> str:
    """The longest run of letters that every match of the expression holds; empty when there is none to be sure of."""
    runs, run, depth = [], "", 0
    for match in _PIECE.finditer(expression):
        piece = match.group()
        if piece == "|" and depth == 0:
            return ""
        depth += (piece[0] == "(") - (piece == ")")
        if depth == 0 and len(piece) == 1 and piece.isalpha():
            run += piece
            continue
        if piece[0] in "?*{":
            run = run[:-1]
        runs.append(run)
        run = ""
    return max([*runs, run], key=len)


def _alternatives(file: str, name: str, template: str) -> str:
    """One pattern for all items of a list; a space in an item stands for any white space, a line end included."""
    return template.replace("{}", "|".join(_spaced(str(item)) for item in _table(file)[name]))


def _spaced(item: str) -> str:
    return _SPACE.sub(lambda match: r"\s?" if match[1] else r"\s+", item)
