"""Words that show that a meeting took place: thanks for the talk, "good to see you yesterday", minutes.

In: the visible text of a message and its language. Out: the exact words found, or an empty string. It does not know
which meeting they are about; that is for the agreements to join. Cue data: `attended.toml` of each language.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

LANGUAGES = ("nl", "en", "de")
LONGEST = 20_000


def attended_words(text: str, *, language: str) -> str:
    """The first words that speak of a meeting as held, exactly as written; empty when there are none."""
    held, denied = _patterns(language if language in LANGUAGES else "en")
    for found in held.finditer(text[:LONGEST]):
        line_start = text.rfind("\n", 0, found.start()) + 1
        if not denied.search(text[line_start : found.end() + 60]):
            return found.group()
    return ""


@functools.cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    source = resources.files("crmlink.language").joinpath(language, "attended.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    held, denied = (
        re.compile(rf"(?<!\w)(?:{'|'.join(data[name])})(?!\w)", re.IGNORECASE) for name in ("held", "denied")
    )
    return held, denied
