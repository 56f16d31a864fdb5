"""The script holds together: names, people, threads."""

from __future__ import annotations

from collections import Counter

from tests.unit.demo.week_in_memory import SCRIPT


def test_names_are_unique() -> None:
    assert max(Counter(letter.name for letter in SCRIPT.letters).values()) == 1
    assert max(Counter(booking.name for booking in SCRIPT.bookings).values()) == 1


def test_every_answer_and_every_invitation_is_about_something_that_is_there() -> None:
    letters = {letter.name for letter in SCRIPT.letters}
    bookings = {booking.name for booking in SCRIPT.bookings}
    assert {letter.answers for letter in SCRIPT.letters if letter.answers} <= letters
    assert {letter.event for letter in SCRIPT.letters if letter.event} <= bookings


def test_an_answer_comes_later_than_its_question() -> None:
    order = [letter.name for letter in SCRIPT.letters]
    assert all(order.index(letter.answers) < order.index(letter.name) for letter in SCRIPT.letters if letter.answers)


def test_nobody_in_it_can_exist() -> None:
    people = {one for letter in SCRIPT.letters for one in (letter.sender, *letter.to, *letter.cc)}
    people |= {one for booking in SCRIPT.bookings for one in (booking.organizer, *booking.guests)}
    assert all(one.name and one.address.endswith(".example") for one in people)


def test_the_week_is_a_full_one_in_two_languages() -> None:
    assert len(SCRIPT.letters) >= 30
    assert len(SCRIPT.bookings) >= 12
    assert {letter.language for letter in SCRIPT.letters} == {"nl", "en"}
