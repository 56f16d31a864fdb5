"""What is said of a setting that is wrong: one sentence that names it and never repeats its value."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def unknown(name: str, known: Iterable[str], name_of: Callable[[str], str]) -> str:
    """A setting that does not exist, with the one that may have been meant. `name_of` is how a person knows a setting."""
    near = difflib.get_close_matches(name, list(known), n=1)
    remedy = f"did you mean {name_of(near[0])}?" if near else "remove it; `.env.example` lists all settings"
    return f"{name_of(name)}: is no setting of crmlink; {remedy}"


def sentence(location: tuple[int | str, ...], detail: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    """What a parser said of a setting (a pydantic error), or that it is missing."""
    name = name_of(str(location[0])) if location else "settings"
    text = "is missing" if detail["type"] == "missing" else str(detail["msg"]).removeprefix("Value error, ")
    return f"{name}: {text[:1].lower()}{text[1:]}"
