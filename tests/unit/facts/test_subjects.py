"""Subjects without the marks of replying and forwarding."""

from __future__ import annotations

import pytest

from crmlink.facts.subjects import bare_subject, is_forward, is_reply, reply_subject


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: offerte", "offerte"), ("RE: Re: re: offerte", "offerte"), ("Aw: Angebot", "Angebot"), ("AW: WG: Angebot", "Angebot"), ("Antw: offerte", "offerte"), ("Antwoord: offerte", "offerte"), ("Betr.: offerte", "offerte"),
        ("Fwd: offerte", "offerte"), ("FW: offerte", "offerte"), ("Doorst: offerte", "offerte"), ("TR: devis", "devis"), ("RV: oferta", "oferta"), ("SV: tilbud", "tilbud"), ("Re[2]: offerte", "offerte"), ("Re (3): offerte", "offerte"), ("Re^2: offerte", "offerte"), ("RE : devis", "devis"), ("Re:offerte", "offerte"), ("Re：offerte", "offerte"),
        ("[bestuur] Re: notulen", "[bestuur] notulen"), ("Re: [bestuur] notulen", "[bestuur] notulen"), ("Re: [bestuur] Re: notulen", "[bestuur] notulen"),
        ("Rekening 2025", "Rekening 2025"), ("Reactie op uw vraag", "Reactie op uw vraag"), ("Fwiw: iets", "Fwiw: iets"), ("Trouwens: iets", "Trouwens: iets"), ("", ""), ("Re:", ""), ("Afspraak: dinsdag", "Afspraak: dinsdag"),
    ],
)  # fmt: skip
def test_prefixes_fall_away_and_names_stay(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("offerte", "Re: offerte"),
        ("RE: AW: offerte", "Re: offerte"),
        ("[bestuur] Re: notulen", "Re: [bestuur] notulen"),
        ("", "Re:"),
    ],
)
def test_an_answer_has_one_prefix(subject: str, reply: str) -> None:
    assert reply_subject(subject) == reply


def test_replies_and_forwards_are_told_apart() -> None:
    assert is_reply("Antw: offerte")
    assert is_reply("[bestuur] Re: notulen")
    assert not is_reply("Fwd: offerte")
    assert is_forward("Fwd: Re: offerte")
    assert not is_forward("offerte")


def test_a_thousand_prefixes_end() -> None:
    assert bare_subject("Re: " * 1000 + "x").endswith("x")
