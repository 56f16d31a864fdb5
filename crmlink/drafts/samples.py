"""Sample facts: every combination of circumstances that a letter may meet, with invented people.

For checking templates before they are needed: whoever writes one learns at once what goes wrong, and where. In: a
language. Out: facts. Nothing here ever reaches a draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from crmlink.drafts.context import ASK, INTRODUCE, INTRODUCTIONS, LETTERS, SILENT, WAITING, LetterFacts

_WORDS = {
    "nl": {
        "formal": "Geachte heer Van der Berg,",
        "informal": "Hoi Jan,",
        "day": "dinsdag 3 maart",
        "when": "op dinsdag 3 maart",
        "due": "op vrijdag 6 maart",
        "quote": "Welke van de twee bijlagen mogen wij citeren?",
        "promise": "Vrijdag stuur ik het voorstel",
        "topic": "Kennismaking",
        "purpose": "Els zoekt iemand die al eens een landgoed heeft opengesteld.",
        "options": "dinsdag 24 maart om 10:00 uur|woensdag 25 maart om 14:00 uur|vrijdag 27 maart om 9:30 uur",
        "new_day": "donderdag 26 maart",
        "back": "maandag 23 maart",
    },
    "en": {
        "formal": "Dear Dr Hartley,",
        "informal": "Hi Jane,",
        "day": "Tuesday 3 March",
        "when": "on Tuesday 3 March",
        "due": "on Friday 6 March",
        "quote": "Which of the two appendices may we quote?",
        "promise": "I will send you the proposal on Friday",
        "topic": "Introduction",
        "purpose": "Els is looking for somebody who has opened an estate to visitors before.",
        "options": "Tuesday 24 March at 10:00|Wednesday 25 March at 14:00|Friday 27 March at 9:30",
        "new_day": "Thursday 26 March",
        "back": "Monday 23 March",
    },
    "de": {
        "formal": "Sehr geehrter Herr Müller,",
        "informal": "Hallo Jan,",
        "day": "Dienstag, 3. März",
        "when": "am Dienstag, 3. März",
        "due": "am Freitag, 6. März",
        "quote": "Welche der beiden Anlagen dürfen wir zitieren?",
        "promise": "Am Freitag kommt der Entwurf",
        "topic": "Kennenlernen",
        "purpose": "Els sucht jemanden, der schon einmal ein Gut für Besucher geöffnet hat.",
        "options": "Dienstag, 24. März um 10:00 Uhr|Mittwoch, 25. März um 14:00 Uhr|Freitag, 27. März um 9:30 Uhr",
        "new_day": "Donnerstag, 26. März",
        "back": "Montag, 23. März",
    },
}


def sample_facts(language: str) -> Iterator[LetterFacts]:
    """Facts for every letter in this language, with each optional part present and absent."""
    for letter in LETTERS:
        yield from sample_letters(language, letter)


def sample_letters(language: str, letter: str) -> Iterator[LetterFacts]:
    """Facts for one letter in this language."""
    if letter in INTRODUCTIONS:
        yield from _introductions(letter, language)
        return
    if letter == WAITING:
        yield from _nudges(language)
        return
    if letter == SILENT:
        yield from (_nothing_known(_plain(SILENT, language, formal=formal)) for formal in (True, False))
        return
    for formal in (True, False):
        plain = _plain(letter, language, formal=formal)
        for facts in _varied(plain):
            yield from (facts, _bare(facts))


def _introductions(letter: str, language: str) -> Iterator[LetterFacts]:
    words = _WORDS[language]
    for formal in (True, False):
        yield LetterFacts(
            template=letter,
            language=language,
            salutation=words["formal"] if formal else words["informal"],
            signature="Marleen van der Veen" if formal else "Marleen",
            formal=formal,
            plural=letter == INTRODUCE,
            mine=False,
            quote=words["purpose"],
            introduced="Els Smit" if letter == ASK else "",
        )


def _nudges(language: str) -> Iterator[LetterFacts]:
    for formal, plural in product((True, False), repeat=2):
        known = _plain(WAITING, language, formal=formal)
        facts = replace(
            _nothing_known(known), plural=plural, when=known.when, day=known.day, quote=known.quote, topic=known.topic
        )
        yield from (facts, replace(facts, quote=known.quote.replace("?", "")), replace(facts, quote=""))
        yield replace(facts, quote="", topic="")


def _nothing_known(facts: LetterFacts) -> LetterFacts:
    return LetterFacts(facts.template, facts.language, facts.salutation, facts.signature, facts.formal, mine=facts.mine)


def _plain(letter: str, language: str, *, formal: bool) -> LetterFacts:
    words = _WORDS[language]
    return LetterFacts(
        template=letter,
        language=language,
        salutation=words["formal"] if formal else words["informal"],
        signature="Marleen van der Veen" if formal else "Marleen",
        formal=formal,
        mine=letter not in {"they_cancelled", WAITING, SILENT},
        when=words["when"],
        day=words["day"],
        due=words["due"],
        quote=words["promise"] if letter == "promise" else words["quote"],
        topic=words["topic"],
        place="Hilversum",
        phone="06 1234 5678",
        options=tuple(words["options"].split("|")),
        new_day=words["new_day"],
        back=words["back"],
    )


def _varied(plain: LetterFacts) -> Iterator[LetterFacts]:
    switches = product((False, True), repeat=4)
    for late, again, silent, special in switches:
        facts = replace(plain, late=late, again=again, silent=silent, back=plain.back if late else "")
        match plain.template:
            case "missed":
                for reason in ("", "travel", "holiday", "leave", "double"):
                    yield replace(facts, they_came=special, reason=reason)
            case "clash":
                for reason in ("", "travel", "holiday", "leave", "double"):
                    yield replace(facts, ahead=True, reason=reason, plural=special)
            case "cancelled":
                for told in (False, True):
                    yield replace(facts, mine=not special, ahead=silent, told=told)
            case "they_cancelled":
                yield replace(facts, ahead=special)
            case _:
                for promise in ("", "send", "tell") if plain.template == "promise" else ("",):
                    yield replace(facts, by_phone=special, promise=promise)


def _bare(facts: LetterFacts) -> LetterFacts:
    """The same letter with nothing known beside the fact itself, to more people where it is about a meeting."""
    about_words = facts.template in {"promise", "unanswered"}
    return replace(
        facts,
        plural=not about_words,
        when=facts.when if about_words else "",
        day=facts.day if about_words else "",
        due="",
        quote="",
        topic="",
        place="",
        phone="",
        back="",
        options=facts.options[: 1 + facts.late] if facts.silent else (),
        few=facts.silent,
        calendar_known=facts.silent,
    )
