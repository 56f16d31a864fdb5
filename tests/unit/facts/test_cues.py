"""Word lists: what they find, and what is not even tried."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from crmlink.facts.cues import Cues, anchor, cues, words

LISTS = [
    (file.name.removesuffix(".toml"), name)
    for file in sorted((files("crmlink.facts") / "data").iterdir(), key=lambda one: one.name)
    if file.name.endswith(".toml")
    for name in tomllib.loads(file.read_text("utf-8"))
]


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("uitschrijven", "uitschrijven"), ("e-?mail", "mail"), ("(?:klik|druk) hier", "hier"), ("bedankt?", "bedank"), ("a|b", ""), ("(?:a|b)", ""), (r"\bdank\b", "dank"), ("[abc]anker", "anker"), (r"\w+en", "en"), ("x{0,3}yz", "yz"), ("(?!niet)wel", "wel"), ("", ""), (r"vol\.? nummer", "nummer"),
    ],
)  # fmt: skip
def test_the_anchor_is_a_word_every_match_holds(expression: str, word: str) -> None:
    assert anchor(expression) == word


def test_matches_that_overlap_count_once() -> None:
    found = Cues(tuple(("", re.compile(item)) for item in ("een twee", "twee drie", "een", "vier")))
    assert found.all("een twee drie vier") == ["een twee", "vier"]
    assert found.first("drie vier") == "vier"
    assert found.first("niets") == ""


@pytest.mark.parametrize(("file", "name"), LISTS, ids=[f"{file}.{name}" for file, name in LISTS])
def test_every_list_holds_expressions_that_compile_and_match_no_empty_text(file: str, name: str) -> None:
    assert words(file, name)
    assert cues(file, name).first("") == ""
