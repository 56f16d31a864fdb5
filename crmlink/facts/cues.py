"""Reads the word lists that the facts are recognised by. The lists are data files beside this module.

In: the name of a list. Out: its words, read once. Nothing else is read from disk in this stage.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_SPACE = re.compile(r" (\?)?")


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
def lower_pattern(file: str, name: str, template: str = "{}") -> re.Pattern[str]:
    """The same for text that is in lower case already, several times faster."""
    return re.compile(_alternatives(file, name, template), re.MULTILINE)


def _alternatives(file: str, name: str, template: str) -> str:
    """One pattern for all items of a list; a space in an item stands for any white space, a line end included."""
    spaced = (_SPACE.sub(lambda match: r"\s?" if match[1] else r"\s+", str(item)) for item in _table(file)[name])
    return template.replace("{}", "|".join(spaced))
