"""The rules of tone find what a letter may never say, and what it may not leave out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.tone import tone_problems


@dataclass(frozen=True)
class Good:
    """A good letter in its parts; a mutant has another part, or none."""

    facts: LetterFacts
    opening: str
    sorry: str
    step: str
    way_out: str
    closing: str

    def body(self, **parts: str) -> str:
        say = {name: parts.get(name, getattr(self, name)) for name in ("opening", "sorry", "step", "way_out")}
        moments = "\n".join(f"- {option}" for option in self.facts.options)
        listed = f"{moments}\n\n" if moments else ""
        return (
            f"{self.facts.salutation}\n\n{say['opening']} {say['sorry']}\n\n{say['step']}\n\n{listed}"
            f"{say['way_out']}\n\n{self.closing}\n{self.facts.signature}\n"
        )


def facts(language: str, salutation: str, option: str, *, formal: bool) -> LetterFacts:
    return LetterFacts("missed", language, salutation, "Marleen", formal=formal, options=(option,))


JE = Good(
    facts("nl", "Hoi Gijs,", "dinsdag 24 maart om 10:00 uur", formal=False),
    "Je stond vanmiddag voor een dichte deur.",
    "Dat is mijn fout, sorry.",
    "Komt dit moment uit?",
    "Lukt dat niet, noem dan gerust iets dat jou wel past.",
    "Groet,",
)
U = Good(
    facts("nl", "Geachte heer Smit,", "dinsdag 24 maart om 10:00 uur", formal=True),
    "Op 3 maart bent u voor niets gekomen.",
    "Daarvoor bied ik u mijn oprechte excuses aan.",
    "Schikt dit moment u?",
    "Past dit moment niet, dan richt ik mij graag naar uw agenda.",
    "Met vriendelijke groet,",
)
YOU = Good(
    facts("en", "Dear Dr Hartley,", "Tuesday 24 March at 10:00", formal=True),
    "On 3 March you came for nothing.",
    "I sincerely apologise.",
    "Would this time suit you?",
    "If it does not suit you, please name a time that does.",
    "Kind regards,",
)
SIE = Good(
    facts("de", "Sehr geehrter Herr Müller,", "Dienstag, 24. März um 10:00 Uhr", formal=True),
    "am 3. März sind Sie vergeblich gekommen.",
    "Dafür bitte ich Sie um Entschuldigung.",
    "Passt Ihnen dieser Termin?",
    "Passt er nicht, richte ich mich gern nach Ihnen.",
    "Mit freundlichen Grüßen",
)
DU = Good(
    facts("de", "Hallo Jan,", "Dienstag, 24. März um 10:00 Uhr", formal=False),
    "du hast vergeblich auf mich gewartet.",
    "Das war mein Fehler, es tut mir leid.",
    "Passt dir dieser Termin?",
    "Passt er nicht, nenn mir gern einen anderen.",
    "Viele Grüße",
)
ALL = {"je": JE, "u": U, "you": YOU, "Sie": SIE, "du": DU}


@pytest.mark.parametrize("good", ALL.values(), ids=ALL)
def test_a_good_letter_breaks_no_rule(good: Good) -> None:
    assert tone_problems(good.body(), good.facts) == ()


ADDED = {
    # nl
    "nl: an offer": (JE, "We hebben nu een mooie aanbieding.", "sells"),
    "nl: a price": (U, "Het tarief blijft gelijk.", "sells"),
    "nl: an amount": (JE, "Dat scheelt je € 200.", "sells"),
    "nl: by the way": (JE, "Trouwens, het loopt goed hier.", "sells"),
    "nl: a course": (U, "Onze nieuwe training begint in mei, dus denk aan onze diensten.", "sells"),
    "nl: circumstances": (U, "Dit kwam door omstandigheden.", "excuse"),
    "nl: if it caused trouble": (U, "Mocht dit tot ongemak hebben geleid, dan spijt mij dat.", "excuse"),
    "nl: busy": (JE, "Ik heb het erg druk gehad.", "excuse"),
    "nl: a civil servant": (U, "Naar aanleiding van uw bericht meld ik dit.", "excuse"),
    "nl: sorry if": (JE, "En sorry als ik je teleurgesteld heb.", "excuse"),
    "nl: something went wrong": (JE, "Er is iets misgegaan met de planning.", "first person"),
    "nl: mistakes were made": (U, "Er zijn fouten gemaakt.", "first person"),
    "nl: the secretary": (U, "Mijn secretaresse heeft het niet doorgegeven.", "first person"),
    "nl: the system": (JE, "Mijn computer gaf geen melding.", "first person"),
    "nl: a misunderstanding": (U, "Het was een misverstand.", "first person"),
    "nl: we apologise": (U, "Wij bieden u onze excuses aan.", "first person"),
    "nl: you could have called": (JE, "Je had me ook even kunnen bellen.", "blames"),
    "nl: because you": (JE, "Dat kwam omdat je niets liet weten.", "blames"),
    "nl: your mail was vague": (U, "Uw vraag was niet helemaal duidelijk.", "blames"),
    "nl: partly your fault": (U, "Het ligt deels ook aan u.", "blames"),
    "nl: as soon as possible": (JE, "Laat het z.s.m. weten.", "presses"),
    "nl: before Friday": (U, "Ik hoor graag voor vrijdag van u.", "presses"),
    "nl: a reminder": (JE, "Anders stuur ik je volgende week een herinnering.", "presses"),
    "nl: I shall assume": (U, "Anders ga ik ervan uit dat het niet meer hoeft.", "presses"),
    "nl: two reasons": (JE, "Ik was ziek en mijn trein had vertraging.", "more than one reason"),
    "nl: a long reason": (
        JE,
        "Ik was er niet omdat mijn zus die ochtend met de kinderen op de stoep stond en ik hen eerst naar school moest brengen voordat ik zelf kon vertrekken.",
        "reason is long",
    ),
    "nl: u among je": (JE, "Ik kom graag bij u langs.", "address"),
    "nl: je among u": (U, "Ik kom graag bij je langs.", "address"),
    "nl: two exclamation marks": (JE, "Echt! Heus!", "exclamation"),
    "nl: one in a formal letter": (U, "Echt!", "exclamation"),
    "nl: a link": (JE, "Kijk op https://plan.example.", "link"),
    "nl: a gap": (JE, "Tot  dan.", "gap"),
    "nl: a trace of the template": (JE, "Dag {{ naam }}.", "template"),
    "nl: nothing filled in": (JE, "Het was None.", "template"),
    "nl: too many words": (JE, "heel " * 120 + "erg.", "120 words"),
    # en
    "en: a discount": (YOU, "You get a discount next time.", "sells"),
    "en: by the way": (YOU, "By the way, business is going well.", "sells"),
    "en: our services": (YOU, "Our services have grown since.", "sells"),
    "en: circumstances": (YOU, "It was due to circumstances.", "excuse"),
    "en: sorry you feel": (YOU, "I am sorry you feel let down.", "excuse"),
    "en: any inconvenience": (YOU, "I regret any inconvenience.", "excuse"),
    "en: busy": (YOU, "I have been very busy.", "excuse"),
    "en: something went wrong": (YOU, "Something went wrong with my diary.", "first person"),
    "en: mistakes were made": (YOU, "Mistakes were made.", "first person"),
    "en: a mix-up": (YOU, "There was a mix-up.", "first person"),
    "en: my assistant": (YOU, "My assistant forgot to tell me.", "first person"),
    "en: we apologise": (YOU, "We apologise as a firm.", "first person"),
    "en: you should have": (YOU, "You could also have called me.", "blames"),
    "en: you did not": (YOU, "You did not confirm.", "blames"),
    "en: your mail": (YOU, "Your message was not clear.", "blames"),
    "en: asap": (YOU, "Please answer asap.", "presses"),
    "en: by Friday": (YOU, "Let me know by Friday.", "presses"),
    "en: I will assume": (YOU, "Otherwise I will assume you agree.", "presses"),
    "en: two reasons": (YOU, "I was ill and then stuck in traffic.", "more than one reason"),
    # de
    "de: an offer": (SIE, "Unser Angebot gilt noch.", "sells"),
    "de: by the way": (DU, "Übrigens läuft es gut hier.", "sells"),
    "de: circumstances": (SIE, "Das lag an den Umständen.", "excuse"),
    "de: if this": (SIE, "Falls dies Ärger gemacht hat, bedaure ich das.", "excuse"),
    "de: something went wrong": (DU, "Da ist etwas schiefgelaufen.", "first person"),
    "de: an error occurred": (SIE, "Es ist ein Fehler passiert.", "first person"),
    "de: the secretary": (SIE, "Meine Sekretärin hat es nicht notiert.", "first person"),
    "de: you could have": (DU, "Du hättest mich auch anrufen können.", "blames"),
    "de: your question": (SIE, "Ihre Frage war leider unklar.", "blames"),
    "de: at once": (SIE, "Ich bitte umgehend um Antwort.", "presses"),
    "de: until Friday": (DU, "Melde dich bis Freitag.", "presses"),
    "de: two reasons": (DU, "Ich war krank und mein Zug hatte Verspätung.", "more than one reason"),
    "de: du among Sie": (SIE, "Ich komme gern zu dir.", "address"),
    "de: Sie among du": (DU, "Ich komme gern zu Ihnen.", "address"),
    "de: an exclamation mark": (SIE, "Wirklich!", "exclamation"),
}


@pytest.mark.parametrize(("good", "words", "rule"), ADDED.values(), ids=ADDED)
def test_a_sentence_too_many_is_found_and_shown(good: Good, words: str, rule: str) -> None:
    found = tone_problems(good.body(sorry=f"{good.sorry} {words}"), good.facts)
    assert any(rule in breach.rule for breach in found), found


CHANGED = {
    "nl: no apology": (JE, {"sorry": "Dat was jammer."}, "does not say sorry"),
    "nl: sorry in nobody's name": (U, {"sorry": "Dat is betreurenswaardig."}, "does not say sorry"),
    "en: no apology": (YOU, {"sorry": "That was a pity."}, "does not say sorry"),
    "de: no apology": (DU, {"sorry": "Schade."}, "does not say sorry"),
    "nl: no way out": (JE, {"way_out": "Tot dan."}, "easy way out"),
    "nl: no way out, formally": (U, {"way_out": "Ik zie u dan."}, "easy way out"),
    "en: no way out": (YOU, {"way_out": "See you then."}, "easy way out"),
    "de: no way out": (SIE, {"way_out": "Bis dann."}, "easy way out"),
    "nl: the owner first": (JE, {"opening": "Ik was druk bezig met een verhaal."}, "begins with you"),
    "en: the owner first": (YOU, {"opening": "I was away."}, "begins with you"),
    "de: the owner first": (DU, {"opening": "ich war weg."}, "begins with you"),
    "nl: the offer first": (JE, {"opening": "Zullen we iets nieuws prikken? Je stond voor een dichte deur."}, "offers before"),
    "nl: the offer before the apology": (
        U,
        {"sorry": "Schikt een ander moment u?", "step": "Mijn excuses.", "way_out": "Past dat niet, dan hoor ik het graag."},
        "offers before",
    ),
    "en: the offer first": (YOU, {"opening": "Shall we meet again? You came for nothing."}, "offers before"),
    "de: the offer first": (SIE, {"opening": "wollen wir uns treffen? Sie kamen vergeblich."}, "offers before"),
}  # fmt: skip


@pytest.mark.parametrize(("good", "parts", "rule"), CHANGED.values(), ids=CHANGED)
def test_what_is_missing_or_in_the_wrong_place_is_found(good: Good, parts: dict[str, str], rule: str) -> None:
    found = tone_problems(good.body(**parts), good.facts)
    assert any(rule in breach.rule for breach in found), found


@pytest.mark.parametrize("good", ALL.values(), ids=ALL)
def test_a_letter_without_a_next_step_is_no_amends(good: Good) -> None:
    without = replace(good, facts=replace(good.facts, options=()), step="", way_out="")
    assert [breach.rule for breach in tone_problems(without.body(), without.facts)] == [
        "It holds no next step: no date, no call, no question for a date"
    ]


def test_the_sentence_that_breaks_a_rule_is_shown() -> None:
    (breach,) = tone_problems(JE.body(sorry=f"{JE.sorry} Laat het z.s.m. weten."), JE.facts)
    assert (breach.rule, breach.words) == ("It presses", "“Laat het z.s.m. weten.”")


def test_a_letter_without_salutation_or_name_is_incomplete() -> None:
    found = tone_problems("Sorry, mijn fout. Wanneer schikt het jou?", JE.facts)
    assert found[0].rule.startswith("It is no complete letter")


@pytest.mark.parametrize("good", ALL.values(), ids=ALL)
def test_nobody_apologises_for_what_was_not_their_fault(good: Good) -> None:
    found = tone_problems(good.body(), replace(good.facts, mine=False))
    assert [breach.rule for breach in found] == ["It apologises for what was not your fault"]


def test_one_exclamation_mark_is_allowed_to_friends() -> None:
    assert tone_problems(JE.body(sorry="Mijn fout, sorry!"), JE.facts) == ()


def test_the_words_of_the_other_are_not_judged() -> None:
    words = "Kun je de prijs z.s.m. sturen!"
    assert tone_problems(U.body(opening=f'U vroeg mij: "{words}"'), U.facts) == ()
    assert tone_problems(U.body(opening=f"U vroeg mij: {words}"), replace(U.facts, quote=words)) == ()


def test_moments_inside_a_sentence_count_as_offered() -> None:
    inline = JE.body(step=f"Kan het {JE.facts.options[0]}?").replace(f"- {JE.facts.options[0]}\n\n", "")
    assert tone_problems(inline, JE.facts) == ()
    assert tone_problems(inline.replace(JE.way_out, "Tot dan."), JE.facts) != ()
