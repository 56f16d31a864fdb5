"""Which domains belong together."""

from __future__ import annotations

import pytest

from crmlink.facts.domains import registrable, same_house

REGISTRABLE = {
    "acme.nl": "acme.nl",
    "mail.Acme.NL.": "acme.nl",
    "mail.acme.co.uk": "acme.co.uk",
    "co.uk": None,
    "nl": None,
    "example": None,
    "": None,
    "..": None,
    "jan.github.io": "jan.github.io",
}


@pytest.mark.parametrize(("domain", "registered"), REGISTRABLE.items())
def test_the_registered_part_of_a_domain(domain: str, registered: str | None) -> None:
    assert registrable(domain) == registered


SAME = (
    ("acme.nl", "ACME.nl"),
    ("mail.acme.nl", "acme.nl"),
    ("a.acme.co.uk", "b.acme.co.uk"),
    ("localhost", "localhost"),
)
OTHERS = (("acme.nl", "acme.de"), ("acme.co.uk", "other.co.uk"), ("eve.github.io", "jan.github.io"), ("acme.nl", ""))  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_domains_of_one_house(one: str, other: str) -> None:
    assert same_house(one, other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_domains_of_different_houses(one: str, other: str) -> None:
    assert not same_house(one, other)
