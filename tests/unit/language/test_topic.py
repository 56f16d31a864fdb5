"""Content words, and what two texts have in common."""

from __future__ import annotations

from crmlink.language.topic import share_topic, topic_words


def test_what_every_mail_is_full_of_is_no_topic() -> None:
    assert topic_words("Ik stuur je morgen even het voorstel.") == {"voorstel"}
    assert topic_words("I'll send you the slides on Friday, thanks!") == {"slides"}
    assert topic_words("ich schicke Ihnen das Angebot bis Freitag") == {"angebot"}


def test_a_compound_shares_its_parts() -> None:
    assert share_topic(topic_words("het huurcontract"), topic_words("Contract getekend")) == {"huurcontract"}
    assert not share_topic(topic_words("de offerte"), topic_words("de planning"))
