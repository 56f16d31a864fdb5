"""Plain word lists that hold for all languages together, kept as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list in `wordlists.toml`."""
    return frozenset(_lists()[name].split())


@cache
def _lists() -> dict[str, str]:
    source = resources.files("crmlink.language") / "wordlists.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
