"""Templates of the owner that go wrong cannot take the program with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from crmlink.app.own_templates import all_templates, misplaced_files
from crmlink.app.template_guard import broken_letters, check_templates, renderer
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import TemplateFile, TemplateSet, shipped_templates
from crmlink.model.errors import TemplateError

GOOD = """{{ salutation }}

{{ "U hebt" if formal else "Jullie hebben" if plural else "Je hebt" }} op mij gewacht. Dat was mijn fout, sorry.

Kan het op {{ options | join(' of ') or new_day }}? Anders hoor ik graag wat {{ "u" if formal else "jou" }} past.

Groet,\\
{{ signature }}
"""
FACTS = next(iter(sample_letters("nl", "missed")))
ENDLESS = (
    "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% for c in 'x' * 9999 %}{% endfor %}{% endfor %}{% endfor %}"
)


def own(text: str) -> TemplateSet:
    file = TemplateFile("nl/missed.txt.j2", "/home/marleen/nl/missed.txt.j2", text, shipped=False)
    return shipped_templates().overridden_by([file])


def test_a_good_template_of_the_owner_is_rendered() -> None:
    templates = own(GOOD)
    assert check_templates(templates) == ()
    assert renderer(templates)(FACTS) == render(FACTS, templates)


def test_shipped_templates_need_no_guard() -> None:
    assert check_templates(shipped_templates()) == ()
    assert renderer(shipped_templates())(FACTS) == render(FACTS, shipped_templates())


def test_a_broken_template_is_a_problem_and_an_error_with_its_line() -> None:
    templates = own("Beste,\n{{ nmae }}")
    (problem,) = check_templates(templates)
    assert problem.code == "template.error"
    assert "/home/marleen/nl/missed.txt.j2, line 2" in problem.message
    with pytest.raises(TemplateError, match="line 2"):
        renderer(templates)(FACTS)


@pytest.mark.parametrize("text", [ENDLESS, "{{ 'a' * 10**9 }}"], ids=["a loop without end", "a gigabyte of text"])
def test_a_template_that_takes_too_much_is_stopped(text: str) -> None:
    assert check_templates(own(text))
    with pytest.raises(TemplateError, match=r"nl/missed\.txt\.j2"):
        renderer(own(text))(FACTS)


def test_an_endless_template_is_named_with_its_line_and_the_other_letters_are_proven_too() -> None:
    second = TemplateFile("nl/promise.txt.j2", "/home/marleen/nl/promise.txt.j2", "{{ nmae }}", shipped=False)
    found = check_templates(own("Beste,\n" + ENDLESS).overridden_by([second]))
    assert [problem.subject for problem in found] == ["nl/missed.txt.j2", "nl/promise.txt.j2"]
    assert "/home/marleen/nl/missed.txt.j2, line 2: it takes longer than 2 seconds" in found[0].message


def test_what_cannot_be_interrupted_is_ended_and_the_other_letters_are_proven_too() -> None:
    second = TemplateFile("nl/promise.txt.j2", "/home/marleen/nl/promise.txt.j2", "{{ nmae }}", shipped=False)
    found = check_templates(own("{{ 10 ** (10 ** 9) }}").overridden_by([second]))
    assert [(problem.code, problem.subject) for problem in found] == [
        ("template.endless", "nl/missed.txt.j2"),
        ("template.error", "nl/promise.txt.j2"),
    ]
    assert "/home/marleen/nl/missed.txt.j2" in found[0].message


def test_bad_tone_is_a_warning_that_breaks_no_letter() -> None:
    found = check_templates(own(GOOD.replace("sorry.", "sorry. Laat het z.s.m. weten.")))
    assert [problem.code for problem in found] == ["template.tone"]
    assert "“Laat het z.s.m. weten.”" in found[0].message
    assert broken_letters(found) == ()


def test_a_letter_that_proved_broken_is_refused_untried_and_another_one_is_written() -> None:
    templates = own("{{ nmae }}")
    write = renderer(templates, check_templates(templates))
    with pytest.raises(TemplateError, match="line 1: 'nmae' is undefined"):
        write(FACTS)
    other = next(iter(sample_letters("nl", "promise")))
    assert write(other) == render(other, templates)


def test_a_directory_that_is_gone_stops_every_letter(tmp_path: Path) -> None:
    templates = all_templates(tmp_path / "gone")
    (problem,) = check_templates(templates)
    assert (problem.code, "gone" in problem.message) == ("template.directory", True)
    with pytest.raises(TemplateError, match="gone"):
        renderer(templates, [problem])(FACTS)


ODD_FILES = {
    "not UTF-8": (lambda path: path.write_bytes(b"Beste,\n\xe9\n"), "is no text in UTF-8 (see line 2)"),
    "a folder": (lambda path: path.mkdir(), "is no ordinary file"),
    "a pipe": (os.mkfifo, "is no ordinary file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is no ordinary file"),
    "a dangling link": (lambda path: path.symlink_to("/no/such/file"), "is no ordinary file"),
    "very large": (lambda path: path.write_text("x" * 200_000), "is larger than"),
}


@pytest.mark.parametrize(("make", "why"), ODD_FILES.values(), ids=ODD_FILES)
def test_a_file_that_cannot_be_read_is_named_and_breaks_only_its_letter(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    path = tmp_path / "nl" / "missed.txt.j2"
    path.parent.mkdir()
    make(path)
    (problem,) = check_templates(all_templates(tmp_path))
    assert (problem.code, problem.subject) == ("template.error", "nl/missed.txt.j2")
    assert f"Template {path}, line 1: {why}" in problem.message


def test_files_that_stand_where_no_template_is_looked_for_are_named(tmp_path: Path) -> None:
    for name in (
        "missed.txt.j2",
        "nl/missed.j2",
        "nl/missed.txt.j2",
        "nl/.hidden.j2",
        "nl/missed.txt.j2~",
        "README.md",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    named = [problem.subject for problem in misplaced_files(tmp_path)]
    assert named == [str(tmp_path / "missed.txt.j2"), str(tmp_path / "nl" / "missed.j2")]
