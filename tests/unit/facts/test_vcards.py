"""Cards as address books write them, and as nobody should."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlink.facts.vcards import MAX_NAME, cards_in
from crmlink.model.contact import Card


def card(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", "")).encode()


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("FN:Jan", "item1.EMAIL;TYPE=INTERNET:jan@x.nl"), Card("Jan", ("jan@x.nl",))),
        (("FN:Zo\\, de Wit", "EMAIL:zo@x.nl"), Card("Zo, de Wit", ("zo@x.nl",))),
        (("FN:Berg, Jan", "TITLE:directeur, eigenaar", "ORG:A, B;C", "EMAIL;TYPE=a,b:a@x.nl"), Card("Berg, Jan", ("a@x.nl",), "A, B", "directeur, eigenaar")),
        (("FN:Jan van", "  den Berg", "EMAIL:jan@x.nl"), Card("Jan van den Berg", ("jan@x.nl",))),
        (("FN:A", "EMAIL:a@x.nl", "EMAIL;TYPE=pref:b@x.nl"), Card("A", ("b@x.nl", "a@x.nl"))),
        (("FN:A", "EMAIL;PREF=2:a@x.nl", "EMAIL;PREF=1:b@x.nl", "EMAIL:c@x.nl"), Card("A", ("b@x.nl", "a@x.nl", "c@x.nl"))),
        (("FN:A", "EMAIL:A@X.nl", "EMAIL:a@x.nl"), Card("A", ("a@x.nl",))),
        (("FN:A", "EMAIL:mailto:a@x.nl", "ORG:Firma;Afdeling"), Card("A", ("a@x.nl",), "Firma")),
        (("dit is niets", "FN:A", "EMAIL:a@x.nl"), Card("A", ("a@x.nl",))),
        (("FN:A\u202eB\u200b", "EMAIL:a@x.nl"), Card("AB", ("a@x.nl",))),
        (("N:Berg;Jan;van den;;", "EMAIL:a@x.nl"), Card("Jan van den Berg", ("a@x.nl",))),
    ],
    ids=[
        "a group before the property", "an escaped comma", "commas that should have been escaped", "a folded line", "preferred by type", "preferred by number",
        "one address twice", "a mailto and a department", "a line of rubbish", "invisible signs", "no full name",
    ],
)  # fmt: skip
def test_a_card_says_who_somebody_is(lines: tuple[str, ...], wanted: Card) -> None:
    assert cards_in(card(*lines)) == (wanted,)


@pytest.mark.parametrize(
    "lines",
    [("FN:A",), ("FN:A", "EMAIL:geen adres"), ("FN:A", "EMAIL:a@x.nl,b@x.nl"), ("FN:A", "EMAIL:<a@x.nl>")],
    ids=["no address", "words", "a list", "in brackets"],
)
def test_a_card_without_a_usable_address_is_left_out(lines: tuple[str, ...]) -> None:
    assert cards_in(card(*lines)) == ()


def test_a_card_that_cannot_be_read_takes_no_other_with_it() -> None:
    good = card("FN:A", "EMAIL:a@x.nl")
    assert cards_in(b"END:VCARD\nBEGIN:VCARD\nFN:Open\n" + good + b"BEGIN:VCARD\n") == (Card("A", ("a@x.nl",)),)


def test_bombs_are_read_in_no_time() -> None:
    begin = time.perf_counter()
    bombs = (
        b"BEGIN:VCARD\n" * 50_000,
        card("FN:" + "a" * 2_000_000, "EMAIL;" + "X=y;" * 100_000 + "T=1:a@x.nl"),
        card("FN:" + "a\r\n " * 200_000, "EMAIL:a@x.nl"),
        card(*["EMAIL:a@x.nl"] * 100_000),
        card("ORG:" + ";" * 1_900, "FN:A", "EMAIL:a@x.nl", "PHOTO;ENCODING=b:" + "QUJD" * 1_000_000),
        card('EMAIL;X="' + "\\\"'" * 600 + ":a@x.nl"),
    )
    for bomb in bombs:
        assert all(len(one.name) <= MAX_NAME for one in cards_in(bomb))
    assert time.perf_counter() - begin < 60


@given(st.binary(max_size=400))
def test_any_bytes_give_cards_or_none(noise: bytes) -> None:
    for one in cards_in(b"BEGIN:VCARD\nEMAIL:a@x.nl\n" + noise + b"\nEND:VCARD\n"):
        assert one.addresses
