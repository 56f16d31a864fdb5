"""Whom a sentence calls by name."""

from __future__ import annotations

import pytest

from crmlink.language.addressing import Addressing, Reader, called

READERS = Addressing(owner_names=("Marleen", "Marleen van der Veen"), other_names=("Bo", "Bo Li", "Anna Smit"))


@pytest.mark.parametrize(
    ("sentence", "reader"),
    [
        pytest.param("Marleen, kun je bellen?", Reader.OWNER, id="the owner at the start"),
        pytest.param("Hoi Marleen,", Reader.OWNER, id="the owner greeted"),
        pytest.param("Geachte mevrouw Van der Veen,", Reader.OWNER, id="the owner greeted by surname"),
        pytest.param("Geachte heer Van der Smit,", Reader.OTHER, id="somebody else greeted by surname"),
        pytest.param("Geachte heer Van den Berg,", None, id="a particle is no name"),
        pytest.param("Beste Bo en Marleen,", Reader.OWNER, id="the owner greeted with somebody else"),
        pytest.param("Beste Bo en Anna,", Reader.OTHER, id="two others greeted"),
        pytest.param("hoi marleen kun je bellen", Reader.OWNER, id="the owner greeted in small letters"),
        pytest.param("Hi can you ask Bo", None, id="a greeting without a name"),
        pytest.param("@marleen wil jij dit doen?", Reader.OWNER, id="the owner with an at sign"),
        pytest.param("Bo: graag een akkoord", Reader.OTHER, id="somebody else with a colon"),
        pytest.param("Dear Anna,", Reader.OTHER, id="somebody else greeted by first name"),
        pytest.param("Wil jij @Chris vragen?", Reader.OTHER, id="an unknown name with an at sign"),
        pytest.param("Mail naar bo@club.example, graag.", None, id="an address calls nobody"),
        pytest.param("Overigens, kun je bellen?", None, id="an opener calls nobody"),
        pytest.param("Kees, kun je bellen?", None, id="an unknown name may be a nickname of the owner"),
        pytest.param("Anna heeft gebeld.", None, id="a name that is talked about"),
    ],
)
def test_called(sentence: str, reader: Reader | None) -> None:
    assert called(sentence, READERS) is reader
