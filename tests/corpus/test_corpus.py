"""Every case of the corpus: what is agreed and what broke, whatever the order of the mail and however often it came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.model.mail import Role
from tests.corpus.case import Case, cases, result

ALL = cases()
each = pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])


@each
def test_what_is_agreed_and_what_broke(case: Case) -> None:
    assert result(*case.play(case.messages)) == case.expected, case.data["tells"]


@each
def test_neither_order_nor_copies_matter(case: Case) -> None:
    once = case.play(case.messages)
    assert case.play(reversed(case.messages)) == once
    copies = [replace(one, role=Role.ALL) for one in case.messages if one.role in (Role.INBOX, Role.SENT)]
    assert case.play([*copies, *case.messages]) == once


@each
def test_what_is_closed_tells_why(case: Case) -> None:
    agreed, _ = case.play(case.messages)
    assert all(one.evidence and one.evidence[0].quote for one in agreed)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(ALL) >= 60
