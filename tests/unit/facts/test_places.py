"""Whether a location is a place to travel to."""

from __future__ import annotations

import pytest

from crmlink.facts.places import is_online, place_of

ONLINE = (
    *("https://meet.example/abc", "Microsoft Teams-vergadering", "Zoom", "Google Meet", "Webex", "Online", "Videocall"),
    *(
        "Telefonisch",
        "Telefoon",
        "By phone",
        "Conference call",
        "Bellen",
        "Beeldbellen",
        "Virtueel",
        "Anruf",
        "WhatsApp",
    ),
    *("06 1234 5678", "+31 (0)35 123 45 67", "www.example.nl/kamer"),
)
PLACES = (
    *(
        "Vaartweg 1, Hilversum",
        "Markt 1, Bergen op Zoom",
        "Callantsoog",
        "Vergaderzaal 3",
        "Beeld en Geluid, Hilversum",
    ),
    *("Kantoor", "Café Meeting Point, Utrecht", "Kamer 2.14", "1211 JH 1"),
)


@pytest.mark.parametrize("location", ONLINE)
def test_nobody_travels_to_a_screen_or_a_telephone(location: str) -> None:
    assert is_online(location)
    assert place_of(location) == ""


@pytest.mark.parametrize("location", PLACES)
def test_a_place_is_where_somebody_goes(location: str) -> None:
    assert not is_online(location)
    assert place_of(location)


def test_one_place_is_one_place_however_it_is_typed() -> None:
    assert place_of(" vaartweg 1,  HILVERSUM") == place_of("Vaartweg 1, Hilversum")
    assert place_of("Vaartweg 3, Hilversum") != place_of("Vaartweg 1, Hilversum")


def test_nothing_given_is_nowhere() -> None:
    assert place_of("  ") == ""
