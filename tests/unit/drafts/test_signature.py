"""The owner's signature below a letter: where wished, and nothing twice."""

from __future__ import annotations

import pytest

from crmlink.drafts.signature import signed

LETTER = "Hoi Gijs,\n\nKomt dinsdag uit?\n\nGroet,\nMarleen\n"
FORMAL = "Geachte heer Smit,\n\nSchikt dinsdag u?\n\nMet vriendelijke groet,\nMarleen van der Veen\n"
GERMAN = "Hallo Jan,\n\nPasst Dienstag?\n\nViele Grüße\nMarleen\n"
OWNER = "Marleen van der Veen"

SIGNATURES = {
    "none": (LETTER, "", LETTER),
    "a firm": (LETTER, "Veen Advies\n06 1234 5678", LETTER + "\n-- \nVeen Advies\n06 1234 5678\n"),
    "the name first": (
        LETTER,
        "Marleen van der Veen\nVeen Advies",
        "Hoi Gijs,\n\nKomt dinsdag uit?\n\nGroet,\n\n-- \nMarleen van der Veen\nVeen Advies\n",
    ),
    "the name with a degree": (
        FORMAL,
        "drs. Marleen van der Veen, MSc",
        "Geachte heer Smit,\n\nSchikt dinsdag u?\n\nMet vriendelijke groet,\n\n-- \ndrs. Marleen van der Veen, MSc\n",
    ),
    "the first name": (FORMAL, "Marleen", "Geachte heer Smit,\n\nSchikt dinsdag u?\n\nMet vriendelijke groet,\n\n-- \nMarleen\n"),
    "a closing first": (
        LETTER,
        "Met vriendelijke groet,\n\nMarleen van der Veen",
        "Hoi Gijs,\n\nKomt dinsdag uit?\n\n-- \nMet vriendelijke groet,\n\nMarleen van der Veen\n",
    ),
    "a closing in two languages": (
        FORMAL,
        "Met vriendelijke groet / Kind regards,\nMarleen",
        "Geachte heer Smit,\n\nSchikt dinsdag u?\n\n-- \nMet vriendelijke groet / Kind regards,\nMarleen\n",
    ),
    "a German closing": (GERMAN, "Mit freundlichen Grüßen\nMarleen", "Hallo Jan,\n\nPasst Dienstag?\n\n-- \nMit freundlichen Grüßen\nMarleen\n"),
    "a firm whose name begins like a closing": (LETTER, "Best Western Hilversum", LETTER + "\n-- \nBest Western Hilversum\n"),
    "somebody else's name": (LETTER, "Marloes Smit", LETTER + "\n-- \nMarloes Smit\n"),
    "blank lines around it": (LETTER, "\n\nVeen Advies\n\n", LETTER + "\n-- \nVeen Advies\n"),
}  # fmt: skip


@pytest.mark.parametrize(("letter", "signature", "whole"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_stands_below_the_mark_and_nothing_stands_twice(letter: str, signature: str, whole: str) -> None:
    assert signed(letter, signature, owner=OWNER) == whole


def test_a_letter_without_the_usual_end_keeps_all_its_lines() -> None:
    odd = "Hoi,\n\nTot dinsdag.\n"
    assert signed(odd, "Met vriendelijke groet,\nMarleen", owner=OWNER) == (
        "Hoi,\n\nTot dinsdag.\n\n-- \nMet vriendelijke groet,\nMarleen\n"
    )


def test_an_owner_without_a_name_loses_no_line() -> None:
    assert signed(LETTER, "Veen Advies", owner="").startswith(LETTER)
