"""Words that close something: a question let go of ("al opgelost"), a promise delivered ("hierbij", "as promised").

In: the visible text of a message, or the quote of a promise. Out: the exact words found, or an empty string. It does
not know what was asked or promised; that is for the agreements to join.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

LANGUAGES = ("nl", "en", "de")


def withdrawing_words(text: str, *, language: str) -> str:
    """The first words that let go of a question, exactly as written; empty when there are none."""
    return _first(text, language, "withdrawn")


def delivering_words(text: str, *, language: str) -> str:
    """The first words that hand over what was promised, exactly as written; empty when there are none."""
    return _first(text, language, "delivered")


def answering_words(text: str, *, language: str) -> str:
    """The words that make a promise one to answer, not one to deliver; empty when there are none."""
    return _first(text, language, "answer")


def _first(text: str, language: str, kind: str) -> str:
    found = _patterns(language if language in LANGUAGES else "en")[kind].search(text)
    return found.group() if found else ""


@functools.cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(
        resources.files("crmlink.language").joinpath(language, "closing.toml").read_text(encoding="utf-8")
    )
    return {kind: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) for kind, words in data.items()}
