"""Puts the owner's signature below a letter, where the owner wants crmlink to do that.

Mail programs add a signature themselves, so the default is none. Nothing stands there twice: a signature that begins with
a closing ("Kind regards,") takes the place of the letter's closing and name, one that begins with the owner's name takes
the place of the name. In: the letter and the signature as plain text. Out: the letter with the signature below "-- "
(RFC 3676 section 4.3).
"""

from __future__ import annotations

from crmlink.drafts.compose import SIGNATURE_MARK
from crmlink.facts.cues import pattern

_CLOSING_LINE = r"\W{0,3}(?:{})[\s,.!;–-]*"
_CLOSING_FIRST = r"\W{0,3}(?:{})\s*(?:[,.!;/|–-].{0,60})?"


def signed(body: str, signature: str, *, owner: str) -> str:
    """The letter with this signature below it; the letter as it is when there is none. `owner` is the owner's name."""
    if not signature.strip():
        return body
    first = signature.strip().split("\n")[0].strip()
    lines = body.rstrip("\n").split("\n")
    if _is_closing(first, _CLOSING_FIRST):
        lines = _without_closing(lines, owner)
    elif _is_name(first, owner) and _is_name(lines[-1], owner):
        lines.pop()
    text = "\n".join(lines).rstrip()
    return f"{text}\n\n{SIGNATURE_MARK}\n{signature.strip()}\n"


def _without_closing(lines: list[str], owner: str) -> list[str]:
    kept = lines[:-1] if _is_name(lines[-1], owner) else list(lines)
    return kept[:-1] if kept and _is_closing(kept[-1], _CLOSING_LINE) else kept


def _is_closing(line: str, form: str) -> bool:
    return pattern("signatures", "closings", form).fullmatch(line) is not None


def _is_name(line: str, owner: str) -> bool:
    """Whether a line is the owner's name: its first part, or in full with something before or behind it."""
    name, full = (" ".join(text.strip(" ,.-–").casefold().split()) for text in (line, owner))
    inside = f" {full} " in f" {name.replace(',', ' ')} "
    return bool(name and full) and (inside or full.startswith(f"{name} "))
