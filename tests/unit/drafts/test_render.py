"""From facts to a tidy letter, whatever stands in facts or template."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.render import render, tidy
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import TemplateFile, TemplateSet, shipped_templates
from crmlink.drafts.validate import validate_templates
from crmlink.model.errors import TemplateError

FACTS = next(iter(sample_letters("nl", "missed")))


def own(text: str, name: str = "nl/missed.txt.j2") -> TemplateSet:
    return shipped_templates().overridden_by([TemplateFile(name, f"/home/marleen/{name}", text, shipped=False)])


def rendered(text: str, facts: LetterFacts = FACTS) -> str:
    return render(facts, own(text))


def test_the_owners_file_takes_the_place_of_the_shipped_one() -> None:
    assert rendered("{{ salutation }}\n\nZo.") == f"{FACTS.salutation}\n\nZo.\n"


def test_the_owner_may_replace_a_shared_part_only() -> None:
    parts = shipped_templates()
    assert render(FACTS, own("{{ salutation }} {% block opening %}{% endblock %}", "nl/_letter.txt.j2")).startswith(
        FACTS.salutation
    )
    assert parts.all_shipped


def test_the_owner_may_replace_the_shared_sentences_only() -> None:
    parts = next(file.text for file in shipped_templates().files if file.name == "nl/_parts.txt.j2")
    mine = own(parts.replace("Schikt een van deze momenten u?", "Kunt u op een van deze momenten?"), "nl/_parts.txt.j2")
    assert "Kunt u op een van deze momenten?" in render(FACTS, mine)
    assert validate_templates(mine) == ()


TIDY = {
    "lines of a paragraph are joined": ("Een\ntwee\n", "Een twee\n"),
    "empty lines part paragraphs": ("Een\n\n\n\ntwee", "Een\n\ntwee\n"),
    "double spaces from absent parts vanish": ("Een   twee \t drie", "Een twee drie\n"),
    "items stand alone": ("Kies:\n\n- a\n- b\n\nGroet", "Kies:\n\n- a\n- b\n\nGroet\n"),
    "a backslash keeps the break": ("Groet,\\\nMarleen", "Groet,\nMarleen\n"),
    "a paragraph of blanks vanishes": ("Een\n\n   \n\ntwee", "Een\n\ntwee\n"),
}


@pytest.mark.parametrize(("text", "tidied"), TIDY.values(), ids=TIDY)
def test_a_text_is_tidied(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


HOSTILE = ("{{ 7*7 }}", "{% include 'x' %}", "<script>alert(1)</script>", "{# comment #}", "%} {{", "${HOME}", "\\")


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_stranger_wrote_is_never_read_as_a_template(words: str) -> None:
    asked = replace(next(iter(sample_letters("nl", "unanswered"))), quote=words)
    assert f'"{words}"' in render(asked, shipped_templates())


BROKEN = {
    "an unknown variable": ("Beste,\n{{ nmae }}", "line 2: 'nmae' is undefined"),
    "a syntax error": ("Beste,\n\n{% if %}", "line 3"),
    "an unclosed block": ("{% if late %}", "line 1"),
    "a division by zero": ("Beste,\n{{ 1/0 }}", "line 2: division by zero"),
    "the inside of an object": ("{{ ''.__class__ }}", "line 1: access to attribute '__class__'"),
    "a missing part": ("x\n{% include 'nl/none' %}", "line 2: there is no template nl/none"),
    "a call of itself": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "line 1: maximum recursion"),
    "changing a fact": ("{{ options.append('x') }}", "line 1"),
    "no end of text": ("{{ 'a' * 30000 }}", "more than 20000 characters"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_template_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(text)
    assert message in str(caught.value)
    assert "nl/missed.txt.j2" in str(caught.value)
    assert caught.value.exit_code == 78


def test_an_error_in_a_shared_part_names_that_part() -> None:
    with pytest.raises(TemplateError, match="_letter"):
        render(FACTS, own("Beste,\n{{ nmae }}", "nl/_letter.txt.j2"))


def test_an_unknown_letter_is_refused() -> None:
    with pytest.raises(TemplateError, match="no template nl/birthday"):
        render(replace(FACTS, template="birthday"), shipped_templates())


def test_validation_finds_what_only_some_facts_reveal() -> None:
    problems = validate_templates(own("Beste,{% if again and late %}\n{{ nmae }}{% endif %}"))
    assert [(problem.code, problem.subject) for problem in problems] == [("template.error", "nl/missed.txt.j2")]
    assert "/home/marleen/nl/missed.txt.j2, line 2" in problems[0].message


def test_validation_refuses_an_empty_letter() -> None:
    assert [problem.code for problem in validate_templates(own("{% if false %}x{% endif %}"))] == ["template.empty"]


def test_validation_names_files_that_no_letter_uses() -> None:
    assert [problem.code for problem in validate_templates(own("x", "nl/mised.txt.j2"))] == ["template.unused"]
    assert [problem.code for problem in validate_templates(own("x", "nl/_mine.txt.j2"))] == ["template.unused"]


@pytest.mark.parametrize("how", ["{% include 'nl/_mine.txt.j2' %}", "{% include 'nl/_' ~ 'mine.txt.j2' %}"])
def test_a_part_of_the_owner_that_a_letter_uses_is_not_called_unused(how: str) -> None:
    letter = TemplateFile("nl/missed.txt.j2", "/home/marleen/nl/missed.txt.j2", how, shipped=False)
    found = validate_templates(own("Zo.", "nl/_mine.txt.j2").overridden_by([letter]))
    assert {problem.code for problem in found} == {"template.tone"}


def test_validation_judges_the_tone_and_names_the_sentence() -> None:
    spoiled = "{% extends 'nl/_letter.txt.j2' %}{% block opening %}Je wachtte voor niets. Mijn fout, sorry. Laat het z.s.m. weten.{% endblock %}"
    found = validate_templates(
        own(spoiled + "{% block step %}Wanneer komt het {{ 'u' if formal else 'jou' }} uit?{% endblock %}")
    )
    presses = next(problem for problem in found if "presses" in problem.message)
    assert (presses.code, presses.subject) == ("template.tone", "nl/missed.txt.j2")
    assert presses.message == "Template /home/marleen/nl/missed.txt.j2: It presses: “Laat het z.s.m. weten.”"


def test_a_file_that_could_not_be_read_breaks_the_letters_that_use_it_and_no_others() -> None:
    parts = TemplateFile("nl/_parts.txt.j2", "/home/marleen/nl/_parts.txt.j2", "", shipped=False, error="is no text")
    found = validate_templates(shipped_templates().overridden_by([parts]))
    assert {problem.subject.partition("/")[0] for problem in found} == {"nl"}
    assert all("/home/marleen/nl/_parts.txt.j2, line 1: is no text" in problem.message for problem in found)


def test_a_language_without_all_letters_is_not_offered() -> None:
    assert "fr" not in own("x", "fr/missed.txt.j2").languages
