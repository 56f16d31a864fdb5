"""What of somebody's words a letter may repeat."""

from __future__ import annotations

import pytest

from crmlink.drafts.quoting import one_line, short_quote

QUOTES = {
    "a question stays as it is": ("Welke bijlage mogen wij citeren?", "Welke bijlage mogen wij citeren?"),
    "a greeting falls away": ("Hoi Els, kun je vrijdag?", "Kun je vrijdag?"),
    "the question among other sentences": ("Leuk je te zien. Kun je vrijdag? Dan regel ik het.", "Kun je vrijdag?"),
    "a wish without a question": ("Laat me even weten of het lukt.", "Laat me even weten of het lukt"),
    "exclamation marks at the end": ("Stuur me die stukken!!", "Stuur me die stukken"),
    "too many question marks": ("Kun je dat???", "Kun je dat?"),
    "line breaks": ("Kun je\n  vrijdag\nom tien uur?", "Kun je vrijdag om tien uur?"),
    "quotation marks inside": ('Mag ik "bijlage A" citeren?', "Mag ik 'bijlage A' citeren?"),
    "what follows a semicolon": ("Kun je me bellen; ik ben er tot vijf.", "Kun je me bellen"),
    "a page number": ("Moet op p. 4 gaslicht staan?", "Moet op p. 4 gaslicht staan?"),
    "a number with a point": ("Kan versie 1.2 mee?", "Kan versie 1.2 mee?"),
    "a link is never repeated": ("Kun je https://evil.example openen?", ""),
    "an address is never repeated": ("Kun je eve@evil.example mailen?", ""),
    "thirty words are too many": ("Kun je " + "heel " * 30 + "snel?", ""),
    "template text is only text": ("Kun je {{ 7*7 }} sturen?", "Kun je {{ 7*7 }} sturen?"),
    "direction characters fall away": ("Kun je \u202edit\u202c lezen?", "Kun je dit lezen?"),
    "nothing": ("", ""),
    "only marks": ("?!?", ""),
}


@pytest.mark.parametrize(("words", "quote"), QUOTES.values(), ids=QUOTES)
def test_a_quote_is_short_literal_and_on_one_line(words: str, quote: str) -> None:
    assert short_quote(words) == quote


def test_one_line_holds_no_control_characters_and_has_an_end() -> None:
    assert one_line("a\r\nBcc: x@y\x00\u2028\u200bb" + "c" * 100, 20) == "a Bcc: x@y bcccccccc"
