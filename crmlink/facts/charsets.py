"""Turns bytes into text whatever charset they claim to be in; never raises, never yields a lone surrogate.

In: bytes and the declared charset, which may be wrong, unknown or absent. Out: text. What mailers get wrong most is
repaired: UTF-8 sent as Latin-1, Windows-1252 sent as Latin-1 or UTF-8, and text that was encoded twice.
"""

from __future__ import annotations

import re

# Names that mailers use for what Python knows under another name, or for a subset of what they really send.
_ALIASES = {
    "": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8": "utf-8", "unicode": "utf-8",
    "unknown-8bit": "utf-8", "x-unknown": "utf-8", "8bit": "utf-8", "default": "utf-8", "utf-8mb4": "utf-8", "binary": "utf-8",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ansi": "cp1252", "x-ansi": "cp1252",
    "iso-8859-8-i": "iso-8859-8", "gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip

# Codecs that are no charsets: they would let a sender write escapes, or cost much time.
_REFUSED = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "undefined"}
)

# In these an ASCII byte is not always an ASCII character.
_SHIFTED = re.compile(r"utf-?(7|16|32)|iso-2022|^hz|^cp(037|500|1140)", re.IGNORECASE)

_SURROGATES = re.compile("[\ud800-\udfff]")
_TWICE_ENCODED = re.compile(
    "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u02c6\u2030\u0160\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u0153\u017e\u0178]"
)


def decode(data: bytes, charset: str = "") -> str:
    """The text of `data`, read in the declared charset where that can be, else in the likeliest."""
    if not charset and data.isascii():
        return data.decode("ascii")
    name = charset.strip().strip("'\"").lower()
    name = _ALIASES.get(name, name)
    if data.isascii() and not _SHIFTED.search(name):
        return data.decode("ascii")
    text = _decoded(data, name).removeprefix("\ufeff")
    return _SURROGATES.sub("\ufffd", _undo_double_encoding(text))


def _decoded(data: bytes, name: str) -> str:
    if not _SHIFTED.search(name):
        # Valid UTF-8 with bytes above 127 is hardly ever an accident, whatever the label says.
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start >= len(data) - 3:
                return data[: error.start].decode("utf-8")
    if name not in _REFUSED and name != "utf-8":
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            pass
    return _best_guess(data)


def _best_guess(data: bytes) -> str:
    repaired = data.decode("utf-8", "replace")
    broken = repaired.count("\ufffd")
    whole = sum(character > "\u007f" for character in repaired) - broken
    return repaired if whole > broken else data.decode("cp1252", "replace")


def _undo_double_encoding(text: str) -> str:
    if not _TWICE_ENCODED.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except ValueError:
        return text
